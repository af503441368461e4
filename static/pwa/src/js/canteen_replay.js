/** The demonstration's lunch: its clock, how fast it goes on, and from its beginning. Nobody else's canteen has it. */
import { call } from './api.js';
import { timeOf } from './canteen_view.js';
import { byId, show, toast } from './screen.js';

const SOON_MS = 6000;

/** Whether a document tells of what was asked for. @param {any} document @param {number} now the canteen's @param {{speed: number, before: number}} wanted `before`: the canteen's time it is to be earlier than */
export const isSo = ({ clock }, now, { speed, before }) => clock.speed === speed && now < before;

/**
 * @param {object} page
 * @param {() => any} page.canteen that is shown
 * @param {() => void} page.again ask for its document
 * @param {(words: string) => void} page.tell who listens
 */
export function replays({ canteen, again, tell }) {
  const box = byId('replay');
  if (!box) return { draw() {} };
  const controls = [...box.querySelectorAll('input, button')];
  const speeds = [...box.querySelectorAll('[name=speed]')];
  let shown = 0; // the canteen's time
  let speed = 0;
  /** What was asked for, until the document says so or that takes too long. @type {{speed: number, before: number, until: number} | null} */
  let wanted = null;

  /** @param {boolean} on */
  function busy(on) {
    const focused = controls.find((one) => one === document.activeElement);
    box.setAttribute('aria-busy', String(on));
    byId('replay-word').textContent = on ? box.dataset.busy : box.dataset.clock;
    for (const one of controls) one.disabled = on;
    if (focused) box.dataset.focused = String(controls.indexOf(focused));
    else if (!on && document.activeElement === document.body) controls[Number(box.dataset.focused ?? -1)]?.focus();
    if (!on) delete box.dataset.focused;
  }

  /** @param {boolean} done */
  function end(done) {
    const { speed: now, before } = wanted;
    wanted = null;
    if (!done) speed = 0; // as the document says
    busy(false);
    if (done) tell(before < Infinity ? box.dataset.saidAnew : box.dataset.saidSpeed.replace('{n}', String(now)));
  }

  /** @param {number} to @param {boolean} anew */
  async function play(to, anew) {
    if (wanted) return;
    speed = to;
    wanted = { speed: to, before: anew ? shown : Infinity, until: Date.now() + SOON_MS };
    busy(true);
    const { ok } = await call('PUT', `/api/canteen/replays/${canteen().id}`, { speed: to, anew });
    if (!ok) toast(box.dataset.failed);
    if (!ok) end(false);
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
      shown = now;
      byId('replay-clock').textContent = timeOf(now);
      if (wanted && (isSo(document, now, wanted) || Date.now() > wanted.until)) end(isSo(document, now, wanted));
      if (told === speed || wanted) return;
      speed = told;
      for (const one of speeds) one.checked = Number(one.value) === told;
    },
  };
}
