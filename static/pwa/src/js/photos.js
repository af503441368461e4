/** What waits to be sent: each set with how much of it has arrived, its age and its next try; what the server refused, with the reason. */
import { siteOf } from './board.js';
import { canTellWifi, drain, finish, retry, setWifiOnly, summary, wifiOnly } from './photo_queue.js';
import { boardNow, discard, discardCorrection, getBytes, listRecords, tellPhoto } from './photo_store.js';
import { counted, t } from './photo_words.js';
import { reasonOf } from './records.js';
import { age, byId, clock, dateTime, korean, make, nextTime, show, toast } from './screen.js';
import { thumbUrl } from './strip.js';

const TICK_MS = 10_000;
const ARRIVED_SHOWN = 3;
const BETWEEN_MS = 400; // browsers drop downloads that come all at once
const KEEP_URL_MS = 60_000;

/** @typedef {import('./photo_store.js').Visit} Visit @typedef {import('./photo_store.js').PhotoRecord} PhotoRecord */

const isStuck = ({ state, shots }) => state === 'quarantined' || shots.some((shot) => shot.state === 'quarantined');
const isOwed = ({ state }) => state === 'ready' || state === 'sending';
const owed = ({ corrections }) => corrections.filter(isOwed);
const isDone = (visit) => visit.state === 'received' && visit.sent === visit.shots.length && !owed(visit).length;
const unsent = ({ shots, sent }) => shots.length - sent;
const total = (visits) => visits.reduce((sum, visit) => sum + unsent(visit), 0);

/** @param {Visit} visit @returns {'draft' | 'stuck' | 'sent' | 'sending' | 'wait'} */
function standing(visit) {
  if (visit.state === 'draft') return 'draft';
  if (isStuck(visit)) return 'stuck';
  if (isDone(visit)) return 'sent';
  const moving = [visit, ...visit.shots, ...visit.corrections].some(({ state }) => state === 'sending');
  return moving ? 'sending' : 'wait';
}

/** @param {Visit} visit @returns {string} what the person calls it */
const nameOf = (visit) => siteOf(boardNow(visit)) || visit.place || visit.trip || t('series.unnamed');

/** What became of the last correction of its board. @param {Visit} visit @returns {string} */
function boardWords({ corrections }) {
  const last = corrections.at(-1);
  if (!last) return '';
  return ` · ${t(isOwed(last) ? 'board.wait' : last.state === 'received' ? 'board.sent' : 'board.stuck')}`;
}

const TONES = { draft: 'info', stuck: 'bad', sent: 'good', sending: 'info', wait: 'warn' };

/** @param {Visit} visit @param {string} at @returns {HTMLElement} */
function words(visit, at) {
  const facts = { total: visit.shots.length, arrived: visit.sent };
  const count = at === 'draft' ? t('wait.draft', facts) : t('wait.arrived', facts);
  const time = make('time', { datetime: new Date(visit.capturedAt * 1000).toISOString() }, clock(visit.capturedAt));
  const below = make('span', { class: 'small muted num' }, time, ` · ${age(Date.now() / 1000 - visit.capturedAt)} · ${count}${boardWords(visit)}`);
  const what = make('span', { class: 'what' }, make('b', korean(nameOf(visit)), nameOf(visit)), below);
  if (['sending', 'wait'].includes(at) && unsent(visit)) {
    const label = t('wait.arrived', facts);
    what.append(make('progress', { max: String(facts.total), value: String(facts.arrived), 'aria-label': label }));
  }
  return what;
}

/** @param {Visit} visit @param {() => unknown} again @param {(visit: Visit) => void} correct @returns {HTMLElement} li */
function visitRow(visit, again, correct) {
  const at = standing(visit);
  const key = at === 'sending' ? 'short.sending' : `short.${at}`;
  const shown = visit.shots.find(({ thumb }) => thumb);
  const picture = shown ? [make('img', { class: 'thumb', src: thumbUrl(shown), alt: '', width: '56', height: '56' })] : [];
  const row = make('div', { class: 'item' }, ...picture, words(visit, at), make('span', { class: 'marks' }, make('span', { class: `badge ${TONES[at]}` }, t(key))));
  if (at === 'draft') {
    const send = make('button', { class: 'btn', type: 'button' }, t('wait.send'));
    send.addEventListener('click', async () => {
      await finish(visit.id).catch((error) => toast(reasonOf(error)));
      again();
    });
    row.append(send);
  } else {
    const edit = make('button', { class: 'btn', type: 'button', 'aria-haspopup': 'dialog', 'aria-label': t('board.correct-of', { site: nameOf(visit) }) }, t('board.edit'));
    edit.addEventListener('click', () => correct(visit));
    row.append(edit);
  }
  return make('li', {}, row);
}

/** @param {Visit} visit @returns {any} why it, or a photo of it, was refused */
const refusalOf = (visit) => (visit.state === 'quarantined' ? visit : visit.shots.find(({ state }) => state === 'quarantined')).lastError;

/** What will not be accepted: the record whole, or of a record that was the refused photos. @param {Visit} visit */
const hopeless = (visit) => visit.shots.filter(({ unsent: left, state }) => left && (visit.state === 'quarantined' || state === 'quarantined'));

/** Says what is lost and does it only when that is confirmed. @param {string} title @param {string} line @param {() => Promise<string>} work what it says then */
function drop(title, line, work) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('drop'));
  byId('drop-title').textContent = title;
  byId('drop-line').textContent = line;
  byId('drop-do').onclick = () => {
    dialog.close();
    work().then(toast, (error) => toast(reasonOf(error)));
  };
  byId('drop-keep').onclick = () => dialog.close();
  dialog.showModal();
}

/** @param {Visit} visit */
function dropPhotos(visit) {
  const shots = hopeless(visit);
  const line = counted('wait.drop-line', shots.length, { name: nameOf(visit) });
  drop(counted('wait.drop-title', shots.length), line, async () => {
    const count = await discard(visit.id, shots.map(({ id }) => id));
    tellPhoto(visit, { state: 'removed' });
    return counted('wait.dropped', count);
  });
}

/** @param {Visit} visit @param {PhotoRecord} correction of its board */
const dropBoard = (visit, correction) =>
  drop(t('wait.drop-board'), t('wait.drop-board-line', { name: nameOf(visit) }), async () => {
    await discardCorrection(correction.id);
    tellPhoto(correction, { state: 'removed' });
    return t('wait.board-dropped');
  });

/** Corrections that the server refused. @param {Visit} visit */
const refusedBoards = ({ corrections }) => corrections.filter(({ state }) => state === 'quarantined');

/**
 * What the server refused. @param {Visit} visit @param {any} error @param {string} id of what is sent again @param {string} count how much arrived
 * @param {() => void} discarding @returns {HTMLElement} li
 */
function stuckRow(visit, error, id, count, discarding) {
  const again = make('button', { class: 'btn', type: 'button' }, t('queue.retry'));
  again.addEventListener('click', () => retry(id).catch((problem) => toast(reasonOf(problem))));
  const away = make('button', { class: 'btn bad', type: 'button', 'aria-haspopup': 'dialog' }, t('wait.drop'));
  away.addEventListener('click', discarding);
  const detail = [error?.detail, dateTime(visit.capturedAt), count].filter(Boolean).join(' · ');
  const what = make('span', { class: 'what' }, make('b', korean(nameOf(visit)), nameOf(visit)), make('span', {}, reasonOf(error)), make('span', { class: 'small' }, detail));
  return make('li', { class: 'row' }, what, again, away);
}

/** @param {Visit} visit @returns {HTMLElement} li */
const stuckPhotos = (visit) =>
  stuckRow(visit, refusalOf(visit), visit.id, t('wait.arrived', { total: visit.shots.length, arrived: visit.sent }), () => dropPhotos(visit));

/** @param {Visit} visit @returns {HTMLElement[]} li */
const stuckBoards = (visit) =>
  refusedBoards(visit).map((one) => stuckRow(visit, one.lastError, one.id, t('board.stuck'), () => dropBoard(visit, one)));

/** Whether this phone promised to keep what is stored; one that cannot tell did not say no. @returns {Promise<boolean>} */
const persisted = async () => (await navigator.storage?.persisted?.().catch(() => true)) ?? true;

/** @param {string} id @param {string} text */
function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
  show(byId(id), text !== '');
}

/** @param {Visit[]} waiting @param {string} rest key of what is said when nothing waits @returns {string} */
function line(waiting, rest) {
  const count = total(waiting);
  const boards = waiting.flatMap(owed).length;
  if (!count && boards) return t('wait.boards', { count: boards });
  if (!count) return t(rest);
  const oldest = Math.min(...waiting.map(({ capturedAt }) => capturedAt));
  return t(count === 1 ? 'wait.line-one' : 'wait.line', { count, age: age(Date.now() / 1000 - oldest) });
}

/** Why it waits and when it is tried next; changes with every try, so it is not read out. @param {Visit[]} waiting @param {{nextAt: number | null, wifi: boolean}} told */
function why(waiting, { nextAt, wifi: held }) {
  if (!waiting.length) return '';
  if (waiting.some((visit) => standing(visit) === 'sending')) return t('queue.sending');
  if (held) return t('wait.wifi');
  const failed = waiting.flatMap((visit) => [visit, ...visit.shots, ...owed(visit)]).find(({ lastError, state }) => lastError && state !== 'received');
  const stays = t('SyncManager' in globalThis ? 'wait.auto' : 'wait.open');
  return [reasonOf(failed?.lastError), nextAt && nextTime(nextAt), stays].filter(Boolean).join(' ');
}

/** @param {Visit[]} stuck of which everything unsent is written to files */
async function exportAll(stuck) {
  let count = 0;
  for (const shot of stuck.flatMap(({ shots }) => shots).filter((one) => one.unsent)) {
    const bytes = await getBytes(shot.id);
    if (!bytes) continue;
    count += 1;
    const name = t('export.name', { time: dateTime(shot.capturedAt).replace(/\D/g, '-'), n: count, ending: shot.kind ?? 'jpg' });
    const file = new Blob([bytes], { type: `image/${shot.kind ?? 'jpeg'}` });
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEEP_URL_MS);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  toast(count ? t('export.done', { count }) : t('export.none'));
}

async function wifi() {
  const box = /** @type {HTMLInputElement} */ (byId('wifi-only'));
  box.checked = canTellWifi() && (await wifiOnly());
  show(byId('wifi'), canTellWifi());
  if (!canTellWifi()) byId('wifi-hint').textContent = t('wifi.unknown');
  box.addEventListener('change', async () => {
    await setWifiOnly(box.checked);
    drain({}).catch(() => {});
  });
}

/**
 * @param {() => string} person "" while nobody uses the phone
 * @param {{current: () => string[], correct: (visit: Visit) => void}} now current: the set in the finder, which is not listed
 * @returns {() => void} draws anew
 */
export function photoList(person, { current, correct }) {
  let stuck = [];
  let entire = false; // all that arrived lately is listed
  let drawing = Promise.resolve();
  const draw = async () => {
    const all = (person() ? await listRecords({ personId: person() }) : []).filter((visit) => !current().includes(visit.id) && visit.shots.length);
    const waiting = all.filter((visit) => ['wait', 'sending'].includes(standing(visit)));
    const at = (name) => all.filter((visit) => standing(visit) === name);
    const arrived = at('sent');
    const listed = [...at('draft'), ...waiting, ...arrived.slice(0, entire ? arrived.length : ARRIVED_SHOWN)];
    show(byId('wait-more'), !entire && arrived.length > ARRIVED_SHOWN);
    byId('wait-more').textContent = t('wait.more', { count: arrived.length - ARRIVED_SHOWN });
    stuck = at('stuck');
    show(byId('waiting'), Boolean(person()));
    const rest = stuck.length ? 'wait.below' : current().length ? 'wait.current' : arrived.length ? 'wait.all' : 'wait.none';
    say('wait-line', line(waiting, rest));
    say('wait-why', why(waiting, await summary({ personId: person() })));
    say('wait-keep', all.some(unsent) && !(await persisted()) ? t('wait.keep') : '');
    show(byId('wait-send'), waiting.length > 0);
    show(byId('wait-list'), listed.length > 0);
    byId('wait-list').replaceChildren(...listed.map((visit) => visitRow(visit, again, correct)));
    const boards = all.flatMap(stuckBoards);
    show(byId('stuck'), stuck.length + boards.length > 0);
    const told = [stuck.length && counted('wait.stuck', total(stuck)), boards.length && t('wait.stuck-boards', { count: boards.length })];
    byId('stuck-line').textContent = told.filter(Boolean).join(' ');
    byId('stuck-list').replaceChildren(...stuck.map(stuckPhotos), ...boards);
  };
  /** Many news come at once; one drawing after the last is enough. */
  let wanted = false;
  const again = () => {
    if (wanted) return;
    wanted = true;
    drawing = drawing.then(() => {
      wanted = false;
      return draw().catch(() => say('wait-line', t('wait.failed')));
    });
  };
  byId('wait-send').addEventListener('click', () => drain({ force: true }).then(again, again));
  byId('wait-more').addEventListener('click', () => {
    entire = true;
    byId('wait-list').focus();
    again();
  });
  byId('export').addEventListener('click', () => exportAll(stuck));
  wifi().catch(() => {});
  setInterval(again, TICK_MS);
  return again;
}
