/** "Tell me when the line is short": asked of the server once a day, taken back with one press. */
import { call } from './api.js';
import { byId, show, toast } from './screen.js';

/**
 * @param {() => {id: string, wish: number | null} | null} canteen the one that is shown
 * @param {(minutes: number | null) => void} changed
 */
export function wishes(canteen, changed) {
  const form = byId('wish-form');
  let busy = false;

  function draw() {
    const minutes = canteen()?.wish ?? null;
    show(form, minutes === null);
    show(byId('wish-set'), minutes !== null);
    if (minutes !== null) byId('wish-line').textContent = form.dataset.set.replace('{n}', String(minutes));
  }

  /** @param {'PUT' | 'DELETE'} method @param {number | null} minutes */
  async function ask(method, minutes) {
    if (busy || !canteen()) return;
    busy = true;
    const { ok, status, problem } = await call(method, `/api/canteen/wishes/${canteen().id}`, minutes === null ? undefined : { minutes });
    busy = false;
    if (!ok && !(method === 'DELETE' && status === 404)) {
      toast(problem.detail || problem.title || form.dataset.failed);
      return;
    }
    changed(minutes);
    draw();
    (minutes === null ? form.querySelector('button') : byId('wish-off')).focus();
    toast(minutes === null ? form.dataset.saidOff : form.dataset.set.replace('{n}', String(minutes)));
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    ask('PUT', Number(new FormData(form).get('minutes')));
  });
  byId('wish-off').addEventListener('click', () => ask('DELETE', null));
  return { draw };
}
