/** How far a sheet or a bundle is, until it can be downloaded. */
import { call } from './api.js';
import { byId, show } from './screen.js';

const EVERY_MS = 1500;
const SLOWEST_MS = 10_000;
/** Stages at which nothing more comes. */
const OVER = ['done', 'never', 'gave-up'];
/** Stages at which the page says how far it is; at all others, what broke. */
const COUNTED = ['making', 'done'];

/** @param {string} id @param {string} words said once */
function say(id, words) {
  if (byId(id).textContent !== words) byId(id).textContent = words;
}

/** @param {HTMLElement} card */
export function progress(card) {
  let pause = EVERY_MS;
  const over = () => OVER.includes(card.dataset.stage);

  /** What data-said-… of the page says of a stage or of a fault. @param {string} code @returns {string|undefined} */
  const said = (code) => card.dataset[`said-${code}`.replace(/-(.)/g, (_all, letter) => letter.toUpperCase())];

  /** @param {{done: number, total: number}} made @returns {string} */
  const counted = ({ done, total }) => card.dataset.said.replace('{all}', String(total)).replace('{done}', String(done));

  function draw({ stage, done, total, url, error }) {
    const bar = card.querySelector('progress');
    if (bar.value !== done || card.dataset.stage !== stage) pause = EVERY_MS;
    Object.assign(bar, { max: total, value: done });
    card.dataset.stage = stage;
    say('export-title', said(stage));
    say('export-line', COUNTED.includes(stage) ? counted({ done, total }) : (said(error) ?? said('fault')));
    show(byId('export-hint'), COUNTED.includes(stage));
    if (stage !== 'done') return;
    say('export-hint', card.dataset.until);
    byId('download').setAttribute('href', url);
    show(byId('download').parentElement, true);
  }

  async function turn() {
    if (!document.hidden) {
      const { ok, data } = await call('GET', `/api/photos/exports/${card.dataset.id}`);
      if (ok) draw(data);
    }
    pause = Math.min(SLOWEST_MS, pause * 1.2);
    if (!over()) setTimeout(turn, pause);
  }

  if (!over()) setTimeout(turn, pause);
}
