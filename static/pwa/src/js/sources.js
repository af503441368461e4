/** How far the reading of a source is; the page is opened anew when it is over. */
import './boot.js';
import { byId } from './screen.js';

const EVERY_MS = 1500;
const SLOWEST_MS = 8000;

/** @param {HTMLElement} card */
function watch(card) {
  const bar = card.querySelector('progress');
  const line = byId('reading-line');
  let pause = EVERY_MS;

  async function turn() {
    if (!document.hidden) await look();
    pause = Math.min(SLOWEST_MS, pause * 1.2);
    setTimeout(turn, pause);
  }

  async function look() {
    const answer = await fetch(card.dataset.url, { headers: { Accept: 'application/json' } }).catch(() => null);
    if (!answer?.ok) return;
    const { running, done, total } = await answer.json();
    if (!running) return location.reload();
    if (bar.value !== done) pause = EVERY_MS;
    Object.assign(bar, { max: total, value: done });
    const words = card.dataset.said.replace('{all}', String(total)).replace('{done}', String(done));
    if (line.textContent !== words) line.textContent = words;
  }

  setTimeout(turn, pause);
}

const card = byId('reading');
if (card) watch(card);
