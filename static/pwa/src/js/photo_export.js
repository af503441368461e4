/** How far a sheet or a bundle is, until it can be downloaded. */
import { call } from './api.js';
import { byId, show } from './screen.js';

const EVERY_MS = 1500;
const SLOWEST_MS = 10_000;
/** What data-said-* of the page has words for; of anything else the server only knows that it broke. */
const REASONS = { 'no-photos': 'saidNoPhotos', 'storage-full': 'saidStorageFull' };
/** An order that can never be made: there is nothing to come back for. */
const FINAL = ['no-photos', 'bad-order', 'too-many-photos'];

/** @param {HTMLElement} card */
export function progress(card) {
  let pause = EVERY_MS;
  const over = () => ['done', 'failed'].includes(card.dataset.state);

  /** @param {string} error code */
  function fail(error) {
    const final = FINAL.includes(error);
    byId('export-title').textContent = final ? card.dataset.saidFailed : card.dataset.saidAgain;
    byId('export-line').textContent = error in REASONS ? card.dataset[REASONS[error]] : final ? '' : card.dataset.saidFault;
    show(byId('export-hint'), false);
  }

  function draw({ state, done, total, url, error }) {
    const bar = card.querySelector('progress');
    if (bar.value !== done) pause = EVERY_MS;
    Object.assign(bar, { max: total, value: done });
    const words = card.dataset.said.replace('{all}', String(total)).replace('{done}', String(done));
    if (byId('export-line').textContent !== words) byId('export-line').textContent = words;
    card.dataset.state = state;
    if (state === 'failed') fail(error ?? '');
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
    if (!over()) setTimeout(turn, pause);
  }

  if (card.dataset.state === 'failed') fail(card.dataset.error);
  if (!over()) setTimeout(turn, pause);
}
