/** The camera page: shutter, board, finish. A shot is spoken of as saved only when it is on the disk. */
import { state } from './boot.js';
import { BoardSheet, drawPlate, freshSettings, isBlank, isSame, knownSettings, plateOf, remember, remembered, withVisit } from './board.js';
import { blankOf } from './darkroom.js';
import { corrector } from './correcting.js';
import { withLock } from './db.js';
import { Film } from './film.js';
import { getDevice, getIdentity } from './identity.js';
import { Finder } from './finder.js';
import { guardLeaving } from './leaving.js';
import { drain, finish, start, summary } from './photo_queue.js';
import { REST_MS, addShot, listRecords, onPhotoChange, openDraft, removeShot, setBoard } from './photo_store.js';
import { PHOTO_WORDS, counted, t } from './photo_words.js';
import { photoList } from './photos.js';
import { PickedError, readPicked } from './picked.js';
import { onChange } from './queue.js';
import { byId, dateTime, dayOf, korean, show, toast } from './screen.js';
import { Look, drawStrip, forgetThumb } from './strip.js';
import { NO_VISIT, isAnchored, visitNow } from './visit.js';

const MOST_SHOTS = 60; // of one signed record
const SOURCES = ['camera', 'picked'];
const CODE_DIGITS = 8; // of a photo's id, burnt into it
const area = byId('camera');
const finder = new Finder(() => tell());
const film = new Film(area.dataset.worker);
/**
 * What the page knows; `drafts` is the set that is being taken: the camera's photos, and in a record of their own
 * those picked, which an office may refuse.
 */
const self = {
  ...{ identity: undefined, device: undefined, signedIn: undefined, entered: '' },
  ...{ settings: { board: [], picked: false }, memory: { board: {}, series: [] }, visit: NO_VISIT },
  ...{ series: '', drafts: { camera: null, picked: null }, shots: [], pending: 0, saving: null, sending: false },
};
const look = new Look(() => self.shots, { board: (seconds) => plateNow(seconds), remove: dropShot });
const sheet = new BoardSheet(boardSaved);

/** @returns {'ready' | 'wait' | 'sign-in' | 'setup' | 'revoked'} */
function readiness() {
  if (!self.identity) return self.signedIn === undefined ? 'wait' : self.signedIn ? 'setup' : 'sign-in';
  if (self.device?.revoked) return 'revoked';
  return self.device?.enrolled ? 'ready' : 'setup';
}

const chosenPhase = () => document.querySelector('[name=phase]:checked').value;
const nowSeconds = () => Math.floor(Date.now() / 1000);
const plateNow = (seconds = nowSeconds()) => plateOf(self.settings.board, self.memory.board, seconds);

/** @param {string} words into the page's live line; said once */
function say(words) {
  if (byId('said').textContent !== words) byId('said').textContent = words;
}

function tell() {
  const count = self.shots.length;
  const idle = { live: 'camera.empty', wait: 'camera.wait' }[area.dataset.state];
  if (self.pending) say(t('camera.saving', { count, more: self.pending }));
  else say(count ? counted('camera.saved', count) : idle ? t(idle) : '');
  byId('finish').disabled = count === 0;
  byId('open-board').disabled = !self.entered;
}

const openDrafts = () => Object.values(self.drafts).filter(Boolean);
const shotsOf = (draft) => self.shots.filter(({ recordId }) => recordId === draft.id);

/** The thin line at a picture's foot; it ends in the code by which the office finds the photo. @param {{id: string, capturedAt: number, source: string}} what */
function lineOf({ id, capturedAt: seconds, source }) {
  const doubt = source === 'picked' ? PHOTO_WORDS['camera.picked'][0] : isAnchored(self.identity) ? '' : PHOTO_WORDS['trip.no-anchor'][0];
  const where = self.visit.place ?? self.visit.trip ?? PHOTO_WORDS['line.place'][0];
  return [`${dateTime(seconds)} KST`, doubt, where, id.slice(0, CODE_DIGITS)].filter(Boolean).join(' · ');
}

function strips() {
  drawStrip(byId('strip'), self.shots, (index) => look.open(index));
}

/** A record of the set is closed: the next photo opens another of the same job. @param {import('./photo_store.js').PhotoRecord} [draft] */
function begunAnew(draft) {
  if (!draft) return;
  for (const source of SOURCES) if (self.drafts[source]?.id === draft.id) self.drafts[source] = null;
  for (const { id } of shotsOf(draft)) forgetThumb(id);
  self.shots = self.shots.filter(({ recordId }) => recordId !== draft.id);
  strips();
}

/** The record that takes this photo; begun with its first. @param {'camera' | 'picked'} source */
async function draftNow(source) {
  if (self.drafts[source] && shotsOf(self.drafts[source]).length >= MOST_SHOTS) {
    await sendSet(true);
    toast(t('camera.full'));
  }
  if (!self.drafts[source]) await redrawVisit(); // its stamp may have got a name meanwhile
  self.series ||= crypto.randomUUID(); // held here alone: a draft on the disk joins another one by the board
  self.drafts[source] ??= await openDraft({
    ...{ identity: self.identity, trip: self.visit.trip, stampSha256: self.visit.stampSha256, place: self.visit.place },
    ...{ practice: self.visit.practice, board: plateNow(), series: self.series },
  });
  return self.drafts[source];
}

/** @param {{bytes: ArrayBuffer, thumb: ArrayBuffer, kind?: 'heic'}} made @param {{id: string, capturedAt: number, phase: string, source: 'camera' | 'picked'}} what */
async function store({ bytes, thumb, kind }, what) {
  const add = async () => addShot((await draftNow(what.source)).id, { bytes, thumb, kind, ...what });
  const shot = await add().catch((error) => {
    if (!['frozen', 'gone', 'full'].includes(error.code)) throw error;
    begunAnew(self.drafts[what.source]); // it was finished behind our back, after a long rest or in another tab
    return add();
  });
  self.shots.push(shot);
  strips();
}

/**
 * @param {{frame: ImageBitmap | HTMLCanvasElement} | {bytes: ArrayBuffer}} picture bytes: of a HEIC, kept as they are
 * @param {{capturedAt: number, phase: string, source: string}} facts
 */
async function keep({ frame, bytes }, facts) {
  const what = { id: crypto.randomUUID(), ...facts };
  // An update of the app, which would load the page anew, waits until the last one is on the disk.
  self.saving ??= withLock('capture', () => film.settled()).finally(() => {
    self.saving = null;
  });
  if (frame) await film.add(frame, lineOf(what), (made) => store(made, what));
  else await film.inTurn(async () => store({ bytes, thumb: await blankOf('HEIC'), kind: 'heic' }, what));
}

/** @param {any} error of lens, darkroom or store */
function failed(error) {
  if (error.code === 'quota') return finder.problem('storage');
  if (['not-set-up', 'key-revoked'].includes(error.code)) return finder.refuse(error.code === 'key-revoked' ? 'revoked' : 'setup');
  return toast(t(error.code === 'not-ready' ? 'camera.not-ready' : 'camera.lost-one'));
}

/** One shot. Nothing here waits for the one before it. */
async function shoot() {
  if (!finder.live) return readiness() === 'ready' && finder.open();
  const what = { capturedAt: nowSeconds(), phase: chosenPhase(), source: 'camera' };
  self.pending += 1;
  finder.flash();
  tell();
  try {
    await keep({ frame: await finder.lens.capture(film.crowded) }, what);
  } catch (error) {
    failed(error);
  } finally {
    self.pending -= 1;
    tell();
  }
}

/** Pictures from the gallery, where the office allows it; marked as such for good. */
async function pick({ target }) {
  const files = [...target.files];
  target.value = '';
  const left = { unreadable: 0, 'too-large': 0 };
  for (const file of files) {
    const capturedAt = Math.min(nowSeconds(), Math.floor(file.lastModified / 1000) || nowSeconds());
    self.pending += 1;
    tell();
    try {
      await keep(await readPicked(file), { capturedAt, phase: chosenPhase(), source: 'picked' });
    } catch (error) {
      if (error instanceof PickedError) left[error.code] += 1;
      else failed(error);
    } finally {
      self.pending -= 1;
      tell();
    }
  }
  const said = [['camera.picked-bad', left.unreadable], ['camera.picked-large', left['too-large']]];
  const words = said.filter(([, count]) => count).map(([key, count]) => t(key, { count }));
  if (words.length) toast(words.join(' '));
}

/** @param {string} id */
async function dropShot(id) {
  try {
    await removeShot(id);
  } catch (error) {
    failed(error);
    return;
  }
  self.shots = self.shots.filter((shot) => shot.id !== id);
  forgetThumb(id);
  strips();
  tell();
  toast(t('camera.removed'));
}

/** What a later visit may go on from. @param {import('./photo_store.js').Shot[]} shots of the set's series */
async function noteVisit(shots) {
  const phases = {};
  for (const { phase } of shots) phases[phase] = (phases[phase] ?? 0) + 1;
  const visit = { id: self.series, board: self.memory.board, at: shots.at(-1).capturedAt, phases };
  await remember(self.entered, (memory) => withVisit(memory, visit)).catch(() => {});
  self.memory = await remembered(self.entered).catch(() => self.memory);
}

/** Sign the set and let it go; the next photo begins a new one. @param {boolean} [goesOn] @returns {Promise<number>} how many photos */
async function sendSet(goesOn = false) {
  let count = 0;
  for (const draft of openDrafts()) {
    const shots = shotsOf(draft);
    if (!shots.length) continue;
    self.sending = true; // the news of it is our own
    try {
      await setBoard(draft.id, plateNow(shots[0].capturedAt), self.series);
      await finish(draft.id);
      begunAnew(draft);
    } finally {
      self.sending = false;
    }
    await noteVisit(shots);
    count += shots.length;
  }
  if (!count) return 0;
  if (!goesOn) Object.assign(self, { series: '', drafts: { camera: null, picked: null } });
  drain({}).catch(() => {});
  return count;
}

/** @returns {Promise<boolean>} whether everything that was taken is on its way */
async function send() {
  byId('finish').disabled = true;
  try {
    await film.settled();
    const count = await sendSet();
    tell();
    if (count) say(counted('camera.finished', count));
    return true;
  } catch (error) {
    failed(error);
    tell();
    return false;
  }
}

function boardWords() {
  const blank = isBlank(self.settings.board, self.memory.board);
  byId('open-board').setAttribute('aria-label', t(blank ? 'board.fill' : 'board.edit'));
  drawPlate(byId('plate'), plateNow());
}

/** @param {import('./board.js').Values} values @param {string} chosen series, "": a new one */
async function boardSaved(values, chosen) {
  const joined = self.memory.series.some(({ id }) => id === self.series);
  self.memory = { ...self.memory, board: values };
  self.series = chosen || (joined ? crypto.randomUUID() : self.series);
  boardWords();
  toast(t('board.saved'));
  await remember(self.entered, (memory) => ({ ...memory, board: values })).catch(() => {});
  for (const draft of openDrafts()) await setBoard(draft.id, plateNow(shotsOf(draft)[0]?.capturedAt), self.series).catch(failed);
}

/**
 * What comes next goes on from what a board should have said: a later visit of that series, and the board that is ready
 * for the next photo, unless it says something else or photos bear it already.
 * @param {string} series @param {import('./board.js').Values} was @param {import('./board.js').Values} board
 */
async function learn(series, was, board) {
  const change = (one) => (one.id === series ? { ...one, board } : one);
  const next = !self.shots.length && !self.pending && isSame(self.settings.board, self.memory.board, was);
  await remember(self.entered, (memory) => ({ ...memory, series: memory.series.map(change), ...(next && { board }) })).catch(() => {});
  self.memory = await remembered(self.entered).catch(() => self.memory);
  boardWords();
}

async function redrawVisit() {
  if (!self.entered) return;
  self.visit = await visitNow(self.entered).catch(() => NO_VISIT);
  const { trip, place, practice } = self.visit;
  byId('visit-trip').textContent = trip ? t('trip.tied', { trip }) : t('trip.none');
  const below = [place && t('trip.place', { place }), practice && t('trip.practice'), !isAnchored(self.identity) && t('trip.no-anchor')];
  byId('visit-place').textContent = below.filter(Boolean).join(' · ');
  byId('visit-place').lang = korean(place ?? '').lang ?? document.documentElement.lang;
  show(byId('visit'), true);
}

/** Photos of this trip and day that were taken and not sent: go on with them. @param {string} personId */
async function resume(personId) {
  const records = await listRecords({ personId });
  const today = dayOf(Date.now() / 1000);
  const mine = ({ state: at, trip, capturedAt }) => at === 'draft' && (trip ?? null) === self.visit.trip && dayOf(capturedAt) === today;
  const drafts = records.filter((record) => mine(record) && record.shots.length && Date.now() - record.touchedAt < REST_MS);
  if (!drafts.length || openDrafts().length) return;
  self.series = drafts[0].series;
  for (const draft of drafts.filter(({ series }) => series === self.series)) {
    const source = draft.shots.every((shot) => shot.source === 'picked') ? 'picked' : 'camera';
    if (self.drafts[source]) continue;
    self.drafts[source] = draft;
    self.shots.push(...draft.shots);
  }
  strips();
  if (self.shots.length) toast(t('camera.resumed', { count: self.shots.length }));
}

/** @param {{board: import('./board.js').Field[], picked: boolean}} settings */
function apply(settings) {
  self.settings = settings;
  show(byId('pick'), settings.picked && readiness() === 'ready');
  boardWords();
}

/** This person takes photos on this phone. */
async function enter() {
  const personId = self.identity.person.id;
  if (self.entered === personId) return;
  self.entered = personId;
  navigator.storage?.persist?.().catch(() => {}); // some browsers grant it only to an app that is used
  self.memory = await remembered(personId);
  await redrawVisit();
  await resume(personId).catch(failed);
  apply(await knownSettings());
  tell();
}

/** Out of sight the camera is off; back in sight it goes on where nobody would be asked again. */
async function seen() {
  if (document.hidden) return finder.pause();
  await redrawVisit();
  return readiness() === 'ready' ? finder.back() : undefined;
}

/** Another tab, or a long rest, closed the set. @param {import('./photo_store.js').PhotoNews} news */
function heard({ id, state: now }) {
  const draft = openDrafts().find((one) => one.id === id);
  if (!draft || now === 'draft' || self.sending) return;
  const shots = shotsOf(draft);
  begunAnew(draft);
  tell();
  if (shots.length) noteVisit(shots);
}

async function read() {
  self.identity = await getIdentity();
  self.device = self.identity && (await getDevice(self.identity.person.id));
}

/** What is missing, or the camera. */
async function settle() {
  const ready = readiness();
  if (ready === 'wait') return undefined;
  if (ready !== 'ready') return finder.refuse(ready);
  const opening = self.entered ? null : finder.open();
  await enter();
  return opening;
}

function listen() {
  byId('shutter').addEventListener('click', shoot);
  byId('finish').addEventListener('click', send);
  byId('picked').addEventListener('change', pick);
  byId('open-board').addEventListener('click', () => {
    sheet.open(self.settings.board, self.memory.board, self.memory, self.series);
  });
  document.addEventListener('visibilitychange', seen);
  addEventListener('pagehide', () => finder.pause());
  addEventListener('pageshow', ({ persisted }) => persisted && seen());
  guardLeaving({ unsaved: () => self.pending, draft: () => self.shots.length, waiting: async () => (await summary({ personId: self.entered })).waiting, send });
}

async function begin() {
  listen();
  start();
  await read();
  const waiting = photoList(() => self.entered, {
    current: () => openDrafts().map(({ id }) => id),
    correct: corrector(sheet, () => self.settings.board, learn),
  });
  onChange(() => redrawVisit());
  onPhotoChange((news) => {
    heard(news);
    waiting();
  });
  await settle();
  waiting();
  const told = await state;
  self.signedIn = Boolean(told?.signed_in);
  await read();
  await settle();
  waiting();
  if (told?.signed_in) apply(await freshSettings());
}

begin();
