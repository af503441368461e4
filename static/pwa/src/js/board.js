/**
 * The board (보드판): data beside the picture, never in it. Its fields come from the office's template;
 * what a person wrote last is kept on the phone for the next visit.
 */
import { call } from './api.js';
import { get, set, withLock } from './db.js';
import { byId, dayOf, korean, make, show } from './screen.js';
import { PHOTO_WORDS, t } from './photo_words.js';

const LONGEST_VALUE = 200; // what a signed record takes
const KEPT_SERIES = 20;
const DEFAULT = ['work', 'trade', 'where', 'what', 'date'].map((key) => ({
  name: PHOTO_WORDS[`field.${key}`][0], // data of the record: Korean on every page
  kind: key === 'date' ? 'date' : 'text',
}));

/**
 * @typedef {{name: string, kind: string, choices?: string[]}} Field
 * @typedef {Record<string, string>} Values by field, read through `written`: an office may call a field as it likes
 * @typedef {object} Series photos of one place over time
 * @property {string} id UUID
 * @property {Values} board
 * @property {number} at unix seconds of its last visit
 * @property {Record<string, number>} phases how many photos of each
 * @typedef {{board: Values, series: Series[]}} Memory of one person
 */

/** @param {any} told @returns {{board: Field[], picked: boolean}} what an office may set; ours where it says nothing usable */
function sound(told) {
  const fields = Array.isArray(told?.board) ? told.board.filter((one) => typeof one?.name === 'string' && one.name) : [];
  return { board: fields.length ? fields : DEFAULT, picked: told?.picked === true };
}

/** @returns {Promise<{board: Field[], picked: boolean}>} as last heard */
export const knownSettings = async () => sound(await get('photo-settings').catch(() => undefined));

/** Ask the office; what it says is kept for the time without a network. @returns {Promise<{board: Field[], picked: boolean}>} */
export async function freshSettings() {
  const { ok, data } = await call('GET', '/api/photos/settings');
  if (ok && data) await set('photo-settings', data).catch(() => {});
  return knownSettings();
}

const memoryKey = (personId) => `photo-memory:${personId}`;

/** @param {string} personId @returns {Promise<Memory>} */
export const remembered = async (personId) => ({ board: {}, series: [], ...(await get(memoryKey(personId))) });

/** @param {string} personId @param {(memory: Memory) => Memory} change @returns {Promise<void>} */
export const remember = (personId, change) =>
  withLock('photo-memory', async () => set(memoryKey(personId), change(await remembered(personId))));

/** @param {Memory} memory @param {Series} visit @returns {Memory} with the visit as the newest of its series */
export function withVisit(memory, visit) {
  const old = memory.series.find(({ id }) => id === visit.id);
  const phases = { ...old?.phases };
  for (const [phase, count] of Object.entries(visit.phases)) phases[phase] = (phases[phase] ?? 0) + count;
  const others = memory.series.filter(({ id }) => id !== visit.id);
  return { ...memory, series: [{ ...visit, phases }, ...others].slice(0, KEPT_SERIES) };
}

/** @param {Values} values @param {string} name even `constructor` @returns {string} */
const written = (values, name) => (Object.hasOwn(values, name) ? values[name] : '');

/** @param {Field} field */
const isDate = ({ kind }) => kind === 'date';

/**
 * The board as it stands in the record: the template's order, nothing that the template does not have.
 * In pairs, because an object puts names that are numbers first.
 * @param {Field[]} fields @param {Values} values @param {number} seconds of the photo @returns {[string, string][]}
 */
export const pairsOf = (fields, values, seconds) =>
  fields.map((field) => [field.name, isDate(field) ? dayOf(seconds) : written(values, field.name).trim().slice(0, LONGEST_VALUE)]);

/** The same by name. @param {Field[]} fields @param {Values} values @param {number} seconds @returns {Values} */
export const boardOf = (fields, values, seconds) => Object.fromEntries(pairsOf(fields, values, seconds));

/** What the person wrote, without what fills itself in. @param {Field[]} fields @param {Values} values */
export const isBlank = (fields, values) => fields.every((field) => isDate(field) || !written(values, field.name).trim());

/**
 * What is signed of a board: where nothing is written, the date that fills itself in is not signed either; it would be the
 * site's name. @param {Field[]} fields @param {Values} values @param {number} seconds of the photo @returns {[string, string][]}
 */
export const plateOf = (fields, values, seconds) => (isBlank(fields, values) ? [] : pairsOf(fields, values, seconds));

/** @param {Values | [string, string][]} board @returns {[string, string][]} */
const inOrder = (board) => (Array.isArray(board) ? board : Object.entries(board));

/** @param {Values | [string, string][]} board @returns {string} how photos of one place are called */
export const siteOf = (board) => inOrder(board).find(([, value]) => value.trim())?.[1] ?? '';

/** @param {string} name of a field @returns {string} ours in the page's language, an office's as it is */
function labelOf(name) {
  const ours = Object.keys(PHOTO_WORDS).find((key) => key.startsWith('field.') && PHOTO_WORDS[key][0] === name);
  return ours ? t(ours) : name;
}

/** Whether two boards say the same in what a person writes. @param {Field[]} fields @param {Values} one @param {Values} other */
export const isSame = (fields, one, other) => fields.every((field) => isDate(field) || written(one, field.name).trim() === written(other, field.name).trim());

/** The board over a picture. @param {HTMLElement} plate a <dl> @param {Values | [string, string][]} board */
export function drawPlate(plate, board) {
  const filled = inOrder(board).filter(([, value]) => value);
  const row = ([name, value]) => [make('dt', korean(labelOf(name)), labelOf(name)), make('dd', korean(value), value)];
  plate.replaceChildren(...filled.flatMap(row));
  show(plate, filled.length > 0);
}

/**
 * The fields of a board that was signed: its own, as the template knows them, then what the template has besides.
 * @param {Field[]} template @param {Values | [string, string][]} board @returns {Field[]}
 */
export function fieldsOf(template, board) {
  const names = inOrder(board).map(([name]) => name);
  const own = names.map((name) => template.find((field) => field.name === name) ?? { name, kind: 'text' });
  return [...own, ...template.filter(({ name }) => !names.includes(name))];
}

/**
 * That board as it was written anew; its day stays, with what a person wrote and not alone.
 * @param {Field[]} fields @param {Values} values @param {Values} board @param {number} seconds of the visit @returns {[string, string][]}
 */
export const corrected = (fields, values, board, seconds) =>
  plateOf(fields, values, seconds).map(([name, value], place) => [name, (isDate(fields[place]) && written(board, name)) || value]);

/** @param {Field} field @param {number} index @param {Values} values @param {string} [day] today @returns {HTMLElement} label and input */
function fieldRow(field, index, values, day = dayOf(Date.now() / 1000)) {
  const id = `board-${index}`;
  const label = make('label', { for: id, ...korean(labelOf(field.name)) }, labelOf(field.name));
  if (isDate(field)) {
    const output = make('output', { id, class: 'num' }, day);
    return make('div', { class: 'field' }, label, make('p', {}, output, ' ', make('span', { class: 'small muted' }, t('board.auto'))));
  }
  const value = written(values, field.name);
  const attributes = { class: 'input', id, name: field.name, autocomplete: 'off' };
  if (!field.choices?.length) {
    const input = make('input', { ...attributes, maxlength: String(LONGEST_VALUE), enterkeyhint: 'next', ...korean(value) });
    input.value = value;
    return make('div', { class: 'field' }, label, input);
  }
  const all = ['', ...new Set([...field.choices, value].filter(Boolean))];
  const select = make('select', attributes, ...all.map((one) => make('option', { value: one, ...korean(one) }, one || t('board.none'))));
  select.value = value;
  return make('div', { class: 'field' }, label, select);
}

/** @param {Series} series @param {Field[]} fields @returns {HTMLOptionElement} */
function seriesOption(series, fields) {
  const parts = ['before', 'during', 'after', ''].filter((phase) => series.phases[phase]);
  const counts = parts.map((phase) => t('phase.count', { phase: t(`phase.${phase || 'none'}`), count: series.phases[phase] })).join(' ');
  const named = fields.map(({ name }) => [name, written(series.board, name)]);
  const site = siteOf(named) || siteOf(series.board) || t('series.unnamed');
  return make('option', { value: series.id, ...korean(site) }, t('series.option', { site, day: dayOf(series.at), counts }));
}

/** The sheet in which the board is written. */
export class BoardSheet {
  /** @param {(values: Values, series: string) => unknown} saved series: "" for a new one */
  constructor(saved) {
    this.dialog = /** @type {HTMLDialogElement} */ (byId('board'));
    const words = Object.fromEntries(['board-title', 'board-hint', 'board-save'].map((id) => [id, byId(id).textContent]));
    Object.assign(this, { saved, words, done: saved, past: {}, fields: [], memory: { board: {}, series: [] } });
    byId('board-form').addEventListener('submit', () => {
      const [values, series] = [this.values(), byId('series').value];
      this.dialog.addEventListener('close', () => this.done(values, series), { once: true }); // what it says is not said in here
    });
    byId('series').addEventListener('change', () => this.chosen());
    this.dialog.addEventListener('click', ({ target }) => {
      if (target === this.dialog || target.closest('[data-do=close-board]')) this.dialog.close();
    });
  }

  /** @returns {Values} */
  values() {
    return Object.fromEntries(new FormData(byId('board-form')).entries().filter(([name]) => name !== ''));
  }

  /** An earlier series was chosen: its board is written in, except what only this visit knows. */
  chosen() {
    const earlier = this.memory.series.find(({ id }) => id === byId('series').value);
    if (earlier) this.draw({ ...this.values(), ...earlier.board });
  }

  /** @param {Values} values */
  draw(values) {
    byId('board-fields').replaceChildren(...this.fields.map((field, index) => fieldRow(field, index, values, this.past[field.name])));
  }

  /**
   * @param {Field[]} fields @param {Values} values @param {Memory} memory
   * @param {string} series of the set, as long as it is not sent; one that the memory does not know is a new one
   */
  open(fields, values, memory, series) {
    Object.assign(this, { fields, memory, past: {}, done: this.saved });
    this.say(this.words);
    this.draw(values);
    const offered = memory.series;
    byId('series').replaceChildren(make('option', { value: '' }, t('series.new')), ...offered.map((one) => seriesOption(one, fields)));
    byId('series').value = offered.some(({ id }) => id === series) ? series : '';
    show(byId('series-field'), offered.length > 0);
    this.show();
  }

  /** The board of a visit that was sent. @param {Field[]} fields @param {Values} board @param {(values: Values) => unknown} done */
  correct(fields, board, done) {
    Object.assign(this, { fields, past: board, done });
    this.say({ 'board-title': t('board.correct'), 'board-hint': t('board.correct-hint'), 'board-save': t('board.correct-send') });
    this.draw(board);
    byId('series').value = '';
    show(byId('series-field'), false);
    this.show();
  }

  /** @param {Record<string, string>} words by id */
  say(words) {
    for (const [id, text] of Object.entries(words)) byId(id).textContent = text;
  }

  show() {
    this.dialog.showModal();
    this.dialog.scrollTop = 0;
  }
}
