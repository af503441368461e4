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
  open.addEventListener('click', async () => (await import('./sheet.js')).openSheet(row, () => open.focus()));
  return make('li', {}, open);
}
