/** Keys of the grid (arrows, Enter, Space, a, Esc) and the count of what is chosen. */
import { byId, show, toast } from './screen.js';

const boxes = () => [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('.shot input[name=photo]:enabled'))];
const looks = () => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#photos .look'))];
const boxOf = (look) => look.closest('.shot').querySelector('input[name=photo]:enabled');

/**
 * The card nearest in a direction, as the eye sees it: the next row is found by its place on the page,
 * because groups break the rows.
 * @param {HTMLElement[]} all @param {HTMLElement} from @param {1 | -1} way
 */
function beside(all, from, way) {
  const own = from.getBoundingClientRect();
  const rows = all.map((node) => ({ node, box: node.getBoundingClientRect() })).filter(({ box }) => (box.top - own.top) * way > own.height / 2);
  if (!rows.length) return undefined;
  const nearest = rows.reduce((best, { box }) => (way > 0 ? Math.min(best, box.top) : Math.max(best, box.top)), way > 0 ? Infinity : -Infinity);
  const row = rows.filter(({ box }) => Math.abs(box.top - nearest) < own.height / 2);
  return row.reduce((best, one) => (Math.abs(one.box.left - own.left) < Math.abs(best.box.left - own.left) ? one : best)).node;
}

/** @param {HTMLElement} look @param {string} key @returns {HTMLElement | undefined} where a key leads */
function target(look, key) {
  const all = looks();
  const at = all.indexOf(look);
  if (key === 'ArrowRight') return all[at + 1];
  if (key === 'ArrowLeft') return all[at - 1];
  if (key === 'ArrowDown') return beside(all, look, 1);
  if (key === 'ArrowUp') return beside(all, look, -1);
  if (key === 'Home') return all[0];
  return key === 'End' ? all.at(-1) : undefined;
}

/** @param {boolean} on */
function tick(on) {
  for (const box of boxes()) box.checked = on;
  byId('make').dispatchEvent(new Event('change'));
}

/** @param {KeyboardEvent} event @param {HTMLElement} look */
function act(event, look) {
  const box = boxOf(look);
  if (event.key === ' ' && box) box.click();
  else if (event.key === 'a') tick(true);
  else if (event.key === 'Escape') tick(false);
  else {
    const next = target(look, event.key);
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  }
  event.preventDefault();
}

/** Single letters work only while a photo has the focus. @param {HTMLElement} inbox */
export function keys(inbox) {
  inbox.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const look = event.target.closest?.('.look');
    if (look) act(event, look);
    else if (event.key === 'Escape' && event.target.matches?.('input[name=photo]')) tick(false);
  });
}

/** @param {HTMLElement} inbox */
export function chosen(inbox) {
  const form = byId('make');
  const line = byId('chosen');
  const first = line.textContent;
  const count = () => {
    const number = boxes().filter((box) => box.checked).length;
    line.textContent = number ? inbox.dataset.saidChosen.replace('{count}', String(number)) : first;
    show(byId('clear'), number > 0);
    if (number) form.dataset.count = String(number);
    else delete form.dataset.count;
  };
  document.addEventListener('change', ({ target: box }) => box.name === 'photo' && count());
  form.addEventListener('change', count);
  byId('clear').addEventListener('click', () => {
    tick(false);
    /** @type {HTMLElement} */ (document.querySelector('#wish > summary')).focus(); // the button itself is gone
  });
  form.addEventListener('submit', (event) => {
    const all = /** @type {HTMLInputElement} */ (form.querySelector('[name=all]')).checked;
    if (all || boxes().some((box) => box.checked)) return;
    event.preventDefault();
    toast(inbox.dataset.saidNothing);
  });
  count();
}
