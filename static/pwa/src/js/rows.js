/** A stamp as one row of a list; a tap opens it. */
import { accuracyOf, placeOf, stateOf } from './records.js';
import { clock, korean, make } from './screen.js';
import { t } from './words.js';

const TONES = { ready: 'warn', sending: 'info', received: 'good', quarantined: 'bad', void: '', practice: 'info' };

/** @param {import('./records.js').Row} row @returns {HTMLElement[]} */
function badges(row) {
  const state = stateOf(row);
  const all = [make('span', { class: `badge ${TONES[state]}` }, t(`short.${state}`))];
  const { state: voiding } = row.voiding ?? {};
  if (['ready', 'sending', 'quarantined'].includes(voiding)) all.push(make('span', { class: `badge ${TONES[voiding]}` }, t(`short.${voiding}`)));
  if (row.practice && state !== 'practice') all.push(make('span', { class: 'badge info' }, t('short.practice')));
  if (row.coarse) all.push(make('span', { class: 'badge warn' }, t('short.coarse')));
  if (state === 'received' && all.length > 1) all.shift(); // goes without saying beside another
  return all;
}

/** @param {import('./records.js').Row} row @returns {HTMLElement} li */
export function stampRow(row) {
  const what = make(
    'span',
    { class: 'what' },
    make('b', korean(row.place), placeOf(row)),
    make('span', { class: 'small muted num' }, make('time', {}, clock(row.capturedAt)), ` · ${accuracyOf(row)}`),
  );
  const mark = make('span', { class: 'mark' }, t(row.kind));
  const open = make('button', { class: `item${row.voidedAt ? ' void' : ''}`, type: 'button' }, mark, what, make('span', { class: 'marks' }, ...badges(row)));
  open.onclick = async ({ currentTarget }) => (await import('./sheet.js')).openSheet(row, () => currentTarget.focus());
  return make('li', { 'data-id': row.id }, open);
}

/** A row that is there already becomes as a new one; only what differs is exchanged. @param {HTMLElement | undefined} old @param {HTMLElement} now */
function renewed(old, now) {
  if (!old) return now;
  const [kept, made] = [old.firstElementChild, now.firstElementChild];
  kept.className = made.className;
  kept.onclick = made.onclick;
  [...made.children].forEach((part, at) => kept.children[at].isEqualNode(part) || kept.children[at].replaceWith(part));
  return old;
}

/**
 * Draw stamps as a list. A row that was there stays the same button: a finger that goes down on it before a new
 * drawing and up after it has still pressed it, and the focus stays.
 * @param {HTMLElement} list @param {import('./records.js').Row[]} rows
 */
export function drawStamps(list, rows) {
  const old = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = rows.map((row) => renewed(old.get(row.id), stampRow(row)));
  for (const item of [...list.children]) if (!items.includes(item)) item.remove();
  items.forEach((item, at) => {
    if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
  });
}
