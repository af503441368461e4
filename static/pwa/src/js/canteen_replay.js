/** The demonstration's lunch: its clock, how fast it goes on, and from its beginning. Nobody else's canteen has it. */
import { call } from './api.js';
import { timeOf } from './canteen_view.js';
import { byId, show, toast } from './screen.js';

/**
 * @param {() => any} canteen that is shown
 * @param {() => void} again ask for its document
 */
export function replays(canteen, again) {
  const box = byId('replay');
  if (!box) return { draw() {} };
  const speeds = [...box.querySelectorAll('[name=speed]')];
  let speed = 0;

  /** @param {number} wanted @param {boolean} anew */
  async function play(wanted, anew) {
    speed = wanted; // whoever presses twice means the second with the first
    const { ok } = await call('PUT', `/api/canteen/replays/${canteen().id}`, { speed: wanted, anew });
    if (!ok) toast(box.dataset.failed);
    if (!ok) speed = 0; // what the document says is shown again
    again();
  }

  box.addEventListener('change', ({ target }) => play(Number(target.value), false));
  byId('replay-anew').addEventListener('click', () => play(speed || 1, true));

  return {
    /** @param {any} document @param {number} now the canteen's */
    draw(document, now) {
      const { played, speed: told } = document.clock;
      show(box, played === true);
      if (!played) return;
      byId('replay-clock').textContent = timeOf(now);
      if (told === speed) return;
      speed = told;
      for (const one of speeds) one.checked = Number(one.value) === told;
    },
  };
}
