/** The demonstration's lunch: its clock, how fast it goes on, and from its beginning. Nobody else's canteen has it. */
import { call } from './api.js';
import { timeOf } from './canteen_view.js';
import { byId, show, toast } from './screen.js';

const SOON_MS = 6000;

/**
 * @param {() => any} canteen that is shown
 * @param {() => void} again ask for its document
 */
export function replays(canteen, again) {
  const box = byId('replay');
  if (!box) return { draw() {} };
  const speeds = [...box.querySelectorAll('[name=speed]')];
  let speed = 0;
  let until = 0; // what was pressed is shown until the document has had time to say so

  /** @param {number} wanted @param {boolean} anew */
  async function play(wanted, anew) {
    speed = wanted;
    until = Date.now() + SOON_MS;
    const { ok } = await call('PUT', `/api/canteen/replays/${canteen().id}`, { speed: wanted, anew });
    if (!ok) toast(box.dataset.failed);
    if (!ok) speed = until = 0;
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
      if (told === speed || Date.now() < until) return;
      speed = told;
      for (const one of speeds) one.checked = Number(one.value) === told;
    },
  };
}
