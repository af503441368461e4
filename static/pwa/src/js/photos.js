/** What waits to be sent: each set with how much of it has arrived, its age and its next try; what the server refused, with the reason. */
import { siteOf } from './board.js';
import { canTellWifi, drain, finish, retry, setWifiOnly, summary, wifiOnly } from './photo_queue.js';
import { discard, getBytes, listRecords, tellPhoto } from './photo_store.js';
import { counted, t } from './photo_words.js';
import { reasonOf } from './records.js';
import { age, byId, clock, dateTime, korean, make, nextTime, show, toast } from './screen.js';
import { thumbUrl } from './strip.js';

const TICK_MS = 10_000;
const ARRIVED_SHOWN = 3;
const BETWEEN_MS = 400; // browsers drop downloads that come all at once
const KEEP_URL_MS = 60_000;

/** @typedef {import('./photo_store.js').PhotoRecord & {shots: import('./photo_store.js').Shot[], sent: number}} Visit */

const isStuck = ({ state, shots }) => state === 'quarantined' || shots.some((shot) => shot.state === 'quarantined');
const isDone = ({ state, shots, sent }) => state === 'received' && sent === shots.length;
const unsent = ({ shots, sent }) => shots.length - sent;
const total = (visits) => visits.reduce((sum, visit) => sum + unsent(visit), 0);

/** @param {Visit} visit @returns {'draft' | 'stuck' | 'sent' | 'sending' | 'wait'} */
function standing(visit) {
  if (visit.state === 'draft') return 'draft';
  if (isStuck(visit)) return 'stuck';
  if (isDone(visit)) return 'sent';
  const moving = visit.state === 'sending' || visit.shots.some(({ state }) => state === 'sending');
  return moving ? 'sending' : 'wait';
}

/** @param {Visit} visit @returns {string} what the person calls it */
const nameOf = ({ board, place, trip }) => siteOf(board) || place || trip || t('series.unnamed');

const TONES = { draft: 'info', stuck: 'bad', sent: 'good', sending: 'info', wait: 'warn' };

/** @param {Visit} visit @param {string} at @returns {HTMLElement} */
function words(visit, at) {
  const facts = { total: visit.shots.length, arrived: visit.sent };
  const count = at === 'draft' ? t('wait.draft', facts) : t('wait.arrived', facts);
  const time = make('time', { datetime: new Date(visit.capturedAt * 1000).toISOString() }, clock(visit.capturedAt));
  const below = make('span', { class: 'small muted num' }, time, ` · ${age(Date.now() / 1000 - visit.capturedAt)} · ${count}`);
  const what = make('span', { class: 'what' }, make('b', korean(nameOf(visit)), nameOf(visit)), below);
  if (at === 'sending' || at === 'wait') {
    const label = t('wait.arrived', facts);
    what.append(make('progress', { max: String(facts.total), value: String(facts.arrived), 'aria-label': label }));
  }
  return what;
}

/** @param {Visit} visit @param {() => unknown} again @returns {HTMLElement} li */
function visitRow(visit, again) {
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
  }
  return make('li', {}, row);
}

/** @param {Visit} visit @returns {any} why it, or a photo of it, was refused */
const refusalOf = (visit) => (visit.state === 'quarantined' ? visit : visit.shots.find(({ state }) => state === 'quarantined')).lastError;

/** What will not be accepted: the record whole, or of a record that was the refused photos. @param {Visit} visit */
const hopeless = (visit) => visit.shots.filter(({ unsent: left, state }) => left && (visit.state === 'quarantined' || state === 'quarantined'));

/** Says what is lost and does it only when that is confirmed. @param {Visit} visit */
function drop(visit) {
  const shots = hopeless(visit);
  const dialog = /** @type {HTMLDialogElement} */ (byId('drop'));
  byId('drop-title').textContent = counted('wait.drop-title', shots.length);
  byId('drop-line').textContent = t('wait.drop-line', { name: nameOf(visit), count: shots.length });
  byId('drop-do').onclick = async () => {
    dialog.close();
    try {
      const count = await discard(visit.id, shots.map(({ id }) => id));
      tellPhoto(visit, { state: 'removed' });
      toast(counted('wait.dropped', count));
    } catch (error) {
      toast(reasonOf(error));
    }
  };
  byId('drop-keep').onclick = () => dialog.close();
  dialog.showModal();
}

/** @param {Visit} visit @returns {HTMLElement} li */
function stuckRow(visit) {
  const error = refusalOf(visit);
  const again = make('button', { class: 'btn', type: 'button' }, t('queue.retry'));
  again.addEventListener('click', () => retry(visit.id).catch((problem) => toast(reasonOf(problem))));
  const away = make('button', { class: 'btn bad', type: 'button', 'aria-haspopup': 'dialog' }, t('wait.drop'));
  away.addEventListener('click', () => drop(visit));
  const count = t('wait.arrived', { total: visit.shots.length, arrived: visit.sent });
  const detail = [error?.detail, count].filter(Boolean).join(' · ');
  const what = make('span', { class: 'what' }, make('b', korean(nameOf(visit)), nameOf(visit)), make('span', {}, reasonOf(error)), make('span', { class: 'small' }, detail));
  return make('li', { class: 'row' }, what, again, away);
}

/** Whether this phone promised to keep what is stored; one that cannot tell did not say no. @returns {Promise<boolean>} */
const persisted = async () => (await navigator.storage?.persisted?.().catch(() => true)) ?? true;

/** @param {string} id @param {string} text */
function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
  show(byId(id), text !== '');
}

/** @param {Visit[]} waiting @param {boolean} arrived whether all that was sent has arrived, and something was @returns {string} */
function line(waiting, arrived) {
  const count = total(waiting);
  if (!count) return t(arrived ? 'wait.all' : 'wait.none');
  const oldest = Math.min(...waiting.map(({ capturedAt }) => capturedAt));
  return t(count === 1 ? 'wait.line-one' : 'wait.line', { count, age: age(Date.now() / 1000 - oldest) });
}

/** Why it waits and when it is tried next; changes with every try, so it is not read out. @param {Visit[]} waiting @param {{nextAt: number | null, wifi: boolean}} told */
function why(waiting, { nextAt, wifi: held }) {
  if (!waiting.length) return '';
  if (waiting.some((visit) => standing(visit) === 'sending')) return t('queue.sending');
  if (held) return t('wait.wifi');
  const failed = waiting.flatMap((visit) => [visit, ...visit.shots]).find(({ lastError, state }) => lastError && state !== 'received');
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
    const name = t('export.name', { time: dateTime(shot.capturedAt).replace(/\D/g, '-'), n: count });
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' })), download: name });
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
 * @param {() => string} person "" while nobody uses the phone @param {{current: () => string[]}} now the set in the finder is not listed
 * @returns {() => void} draws anew
 */
export function photoList(person, { current }) {
  let stuck = [];
  let drawing = Promise.resolve();
  const draw = async () => {
    const all = (person() ? await listRecords({ personId: person() }) : []).filter((visit) => !current().includes(visit.id) && visit.shots.length);
    const waiting = all.filter((visit) => ['wait', 'sending'].includes(standing(visit)));
    const at = (name) => all.filter((visit) => standing(visit) === name);
    const listed = [...at('draft'), ...waiting, ...at('sent').slice(0, ARRIVED_SHOWN)];
    stuck = at('stuck');
    show(byId('waiting'), Boolean(person()));
    say('wait-line', line(waiting, at('sent').length > 0 && !stuck.length));
    say('wait-why', why(waiting, await summary({ personId: person() })));
    say('wait-keep', all.some(unsent) && !(await persisted()) ? t('wait.keep') : '');
    show(byId('wait-send'), waiting.length > 0);
    show(byId('wait-list'), listed.length > 0);
    byId('wait-list').replaceChildren(...listed.map((visit) => visitRow(visit, again)));
    show(byId('stuck'), stuck.length > 0);
    byId('stuck-line').textContent = t('wait.stuck', { count: total(stuck) });
    byId('stuck-list').replaceChildren(...stuck.map(stuckRow));
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
  byId('export').addEventListener('click', () => exportAll(stuck));
  wifi().catch(() => {});
  setInterval(again, TICK_MS);
  return again;
}
