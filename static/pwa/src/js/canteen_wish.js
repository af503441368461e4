/** "Tell me when the line is short": asked of the server once a day, taken back with one press. */
import { call } from './api.js';
import { put } from './canteen_lines.js';
import { byId, show, toast } from './screen.js';

/**
 * @param {object} page
 * @param {() => {id: string, wish: number | null} | null} page.canteen the one that is shown
 * @param {(minutes: number | null) => void} page.changed
 * @param {(minutes: number) => boolean} page.under whether a line is that short already
 * @param {(words: string) => void} page.tell who listens
 */
export function wishes({ canteen, changed, under, tell }) {
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
    tell(minutes === null ? form.dataset.saidOff : form.dataset.set.replace('{n}', String(minutes)));
  }

  /** What is so already is said, and not waited for. @param {number} minutes */
  function wish(minutes) {
    const short = under(minutes);
    put(form, 'under', short ? form.dataset.under.replace('{n}', String(minutes)) : '');
    if (!short) ask('PUT', minutes);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    wish(Number(new FormData(form).get('minutes')));
  });
  form.addEventListener('change', () => put(form, 'under', ''));
  byId('wish-off').addEventListener('click', () => ask('DELETE', null));
  return { draw };
}
