/** How far a sheet or a bundle is, until it can be downloaded. */
import { call } from './api.js';
import { byId, show } from './screen.js';

const EVERY_MS = 1500;
const SLOWEST_MS = 10_000;
/** What data-said-* of the page has words for; of anything else the server only knows that it broke. */
const REASONS = {
  ...{ 'no-photos': 'saidNoPhotos', 'bad-order': 'saidBadOrder' },
  ...{ 'too-many-photos': 'saidTooMany', 'storage-full': 'saidStorageFull' },
};
/** An order that can never be made: there is nothing to come back for. What failed otherwise is made again. */
const FINAL = ['no-photos', 'bad-order', 'too-many-photos'];
const TITLES = { done: 'saidDone', failed: 'saidAgain' };

/** @param {string} id @param {string} words said once */
function say(id, words) {
  if (byId(id).textContent !== words) byId(id).textContent = words;
}

/** @param {HTMLElement} card */
export function progress(card) {
  let pause = EVERY_MS;
  const hopeless = ({ state, error }) => state === 'failed' && FINAL.includes(error);
  const over = () => card.dataset.state === 'done' || hopeless(card.dataset);

  /** @param {{done: number, total: number}} made @returns {string} */
  const counted = ({ done, total }) => card.dataset.said.replace('{all}', String(total)).replace('{done}', String(done));

  /** @param {{state: string, done: number, total: number, error: string}} told */
  function tell(told) {
    const { state, error } = told;
    say('export-title', card.dataset[hopeless(told) ? 'saidFailed' : (TITLES[state] ?? 'saidMaking')]);
    say('export-line', state === 'failed' ? card.dataset[REASONS[error] ?? 'saidFault'] : counted(told));
    show(byId('export-hint'), state !== 'failed' && state !== 'done');
  }

  function draw({ state, done, total, url, error }) {
    const bar = card.querySelector('progress');
    if (bar.value !== done || card.dataset.state !== state) pause = EVERY_MS;
    Object.assign(bar, { max: total, value: done });
    Object.assign(card.dataset, { state, error: error ?? '' });
    tell({ state, done, total, error: error ?? '' });
    if (state !== 'done') return;
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

  if (card.dataset.state === 'failed') tell({ state: 'failed', done: 0, total: 0, error: card.dataset.error });
  if (!over()) setTimeout(turn, pause);
}
