/** The stamps of a month, by day and trip, from this device and, when it can be reached, the server. */
import { state } from './boot.js';
import { getIdentity } from './identity.js';
import { onChange } from './queue.js';
import { localRows, merge, serverRows, summaryOf } from './records.js';
import { stampRow } from './rows.js';
import { byId, copy, dayOf, longDay, longMonth, make, show } from './screen.js';
import { t } from './history_words.js';

const thisMonth = () => dayOf(Date.now() / 1000).slice(0, 7);
const asked = new URL(location.href).searchParams.get('month') ?? '';
let month = /^\d{4}-(0[1-9]|1[0-2])$/.test(asked) ? asked : thisMonth();
let personId = '';
let remote = { rows: [], months: [], status: 0 };
let told = null;

/** @param {string} from YYYY-MM @param {number} by months @returns {string} */
function shift(from, by) {
  const [year, number] = from.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** @param {import('./records.js').Row[]} rows of one day, newest first @returns {HTMLElement} */
function daySection(rows) {
  const head = make('h2', {}, longDay(rows[0].capturedAt));
  const section = make('section', { class: 'stack tight' }, head);
  for (const trip of new Set(rows.map((row) => row.trip))) {
    const list = make('ol', { class: 'list' }, ...rows.filter((row) => row.trip === trip).reverse().map(stampRow));
    section.append(make('h3', { class: 'small muted' }, t('history.trip', { trip })), list);
  }
  return section;
}

function source() {
  if (told === null || (remote.status !== 200 && told.signed_in)) return t('history.local');
  return told.signed_in ? t('history.both') : t('history.session');
}

async function draw() {
  const local = personId ? await localRows(personId) : [];
  const rows = merge(local, remote.rows).filter((row) => dayOf(row.capturedAt).startsWith(month));
  const days = [...new Set(rows.map((row) => dayOf(row.capturedAt)))];
  byId('month').textContent = longMonth(month);
  byId('days').replaceChildren(...days.map((day) => daySection(rows.filter((row) => dayOf(row.capturedAt) === day))));
  show(byId('empty'), rows.length === 0 && Boolean(personId));
  show(byId('sign-in'), !personId && told !== null && !told.signed_in);
  show(byId('copy-month'), rows.length > 0);
  byId('newer').disabled = month >= thisMonth();
  byId('copy-month').onclick = () => copy(summaryOf(rows), 'copied.summary');
}

async function ask() {
  const wanted = month;
  const answer = told?.signed_in ? await serverRows(wanted) : { rows: [], months: [], status: 0 };
  if (wanted !== month) return;
  remote = answer;
  byId('source').textContent = personId ? source() : '';
  await draw();
}

/** @param {number} by months */
async function turn(by) {
  month = shift(month, by);
  remote = { ...remote, rows: [] };
  const here = new URL(location.href);
  here.searchParams.set('month', month);
  history.replaceState(history.state, '', here);
  await draw();
  await ask();
}

async function begin() {
  byId('older').addEventListener('click', () => turn(-1));
  byId('newer').addEventListener('click', () => turn(1));
  personId = (await getIdentity())?.person.id ?? '';
  await draw();
  onChange(() => draw());
  told = await state;
  personId = (await getIdentity())?.person.id ?? '';
  await ask();
}

begin();
