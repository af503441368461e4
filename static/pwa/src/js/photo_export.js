/** How far a sheet or a bundle is, until it can be downloaded. */
import { call } from './api.js';
import { byId, show } from './screen.js';

const EVERY_MS = 1500;
const SLOWEST_MS = 10_000;

/** @param {HTMLElement} card */
export function progress(card) {
  let pause = EVERY_MS;

  function draw({ state, done, total, url }) {
    const bar = card.querySelector('progress');
    if (bar.value !== done) pause = EVERY_MS;
    Object.assign(bar, { max: total, value: done });
    const words = card.dataset.said.replace('{all}', String(total)).replace('{done}', String(done));
    if (byId('export-line').textContent !== words) byId('export-line').textContent = words;
    card.dataset.state = state;
    if (state !== 'done') return;
    byId('export-title').textContent = card.dataset.saidDone;
    byId('download').setAttribute('href', url);
    show(byId('download').parentElement, true);
    show(byId('export-hint'), false);
  }

  async function turn() {
    if (!document.hidden) {
      const { ok, data } = await call('GET', `/api/photos/exports/${card.dataset.id}`);
      if (ok) draw(data);
    }
    pause = Math.min(SLOWEST_MS, pause * 1.2);
    if (card.dataset.state !== 'done') setTimeout(turn, pause);
  }

  if (card.dataset.state !== 'done') setTimeout(turn, pause);
}
