/** A file of officials that the worker is busy with: how far it is, until there is something to decide. */
import { call } from './api.js';
import { byId } from './screen.js';

const EVERY_MS = 1000;
const SLOWEST_MS = 8000;

/**
 * @param {HTMLElement} card its address, its state and its words stand in data-…
 * @param {() => void} [reload] what is done when the state is another one
 */
export function follow(card, reload = () => location.reload()) {
  const bar = card.querySelector('progress');
  const line = byId('progress-line');
  let pause = EVERY_MS;

  /** @param {{rows: number, done: number}} told */
  function draw({ rows, done }) {
    if (rows > 0 && bar.value !== done) {
      bar.max = rows;
      bar.value = done;
      pause = EVERY_MS;
    }
    const words = card.dataset.said.replace('{all}', rows.toLocaleString()).replace('{done}', done.toLocaleString());
    if (rows > 0 && line.textContent !== words) line.textContent = words;
  }

  async function turn() {
    if (!document.hidden) {
      const { ok, data } = await call('GET', card.dataset.url);
      if (ok && (data.state !== card.dataset.state || data.stuck)) return reload();
      if (ok) draw(data);
    }
    pause = Math.min(SLOWEST_MS, pause * 1.15);
    setTimeout(turn, pause);
  }

  setTimeout(turn, pause);
}
