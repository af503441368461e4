/** The stamp screen. A stamp comes from a tap on the seal or from the shortcut's count-down, never from anything else. */
import { state } from './boot.js';
import { withLock } from './db.js';
import { getDevice, getIdentity, standing } from './identity.js';
import { countDown, launched } from './launch.js';
import { queuePanel } from './queue_panel.js';
import { onChange } from './queue.js';
import { localRows, merge, serverRows, summaryOf } from './records.js';
import { drawStamps } from './rows.js';
import { byId, copy, dayOf, distance, longDay, show } from './screen.js';
import { t } from './words.js';

const LIMIT_S = 12;
const DONE_MS = 2500;
const BEHIND_MS = 100; // the QR is painted before the screen under it changes
const NO_BREAK = '\u00a0'; // keeps the line, so that nothing moves
const area = byId('stamp');
const seal = byId('seal');
const place = /** @type {HTMLSelectElement | null} */ (byId('place'));
/** What the phone knows of its user; read from the disk, so it stands without a network. */
const self = { identity: undefined, device: undefined, signedIn: undefined };
let busy = false;
let taps = 0;
let stop = new AbortController();
let remote = [];
let offered = '';
let listening = false;
let warmed = null; // metres: how well a tap would be stamped now

const tools = () => import('./stamping.js');

/** @returns {'sign-in' | ReturnType<typeof standing>} */
const readiness = () => (!self.identity && self.signedIn === false ? 'sign-in' : standing(self.identity, self.device));

const practising = () => place !== null && place.value !== 'gps';
const chosenKind = () => document.querySelector('[name=kind]:checked').value;

/** @param {string} name of a card in #problems, "" for none @param {string} [detail] */
function problem(name, detail = '') {
  for (const card of document.querySelectorAll('[data-problem]')) show(card, card.dataset.problem === name);
  if (name === 'other') document.querySelector('[data-problem=other] [data-part=detail]').textContent = detail;
  if (name === 'denied') {
    const here = /iPhone|iPad/.test(navigator.userAgent) ? 'ios' : /Android/.test(navigator.userAgent) ? 'android' : 'desktop';
    for (const help of document.querySelectorAll('[data-device]')) help.open = help.dataset.device === here;
  }
}

/**
 * @param {'ready' | 'wait' | 'locating' | 'done' | 'failed'} name @param {string} word @param {string} below
 * @param {string} hint key of WORDS @param {Record<string, string>} [facts] for the hint
 */
function look(name, word, below, hint, facts) {
  area.dataset.state = name;
  byId('seal-word').textContent = word;
  byId('seal-kind').textContent = below;
  const words = t(hint, facts);
  if (byId('hint').textContent !== words) byId('hint').textContent = words;
  byId('hint').dataset.key = hint;
  show(byId('stop'), name === 'locating');
}

function rest() {
  const ready = readiness();
  if (ready === 'ready' && warmed !== null) return look('ready', t('seal.ready'), t(chosenKind()), 'hint.warm', { accuracy: distance(warmed) });
  if (ready === 'ready') return look('ready', t('seal.ready'), t(chosenKind()), practising() ? 'hint.practice' : 'hint.ready');
  return look('wait', t(`seal.${ready}`), NO_BREAK, `hint.${ready}`);
}

/** The ring and the seconds while the position is taken. @returns {{progress: (p: any) => void, end: () => void}} */
function ring() {
  const begun = performance.now();
  const circle = area.querySelector('.ring .done');
  let below = t('seal.searching');
  const tick = () => {
    const seconds = (performance.now() - begun) / 1000;
    circle.setAttribute('stroke-dasharray', `${Math.min(100, (seconds / LIMIT_S) * 100)} 100`);
    look('locating', t('seal.locating', { seconds: Math.floor(seconds) }), below, 'hint.locating');
  };
  const timer = setInterval(tick, 250);
  tick();
  return {
    progress: ({ accuracy }) => {
      if (accuracy !== null) below = t('accuracy.about', { accuracy: distance(accuracy) });
      tick();
    },
    end: () => clearInterval(timer),
  };
}

/** @returns {Promise<import('./fix.js').FixResult>} measured, or chosen in the demo */
async function position() {
  const { chosenFix, fixer } = await tools();
  if (practising()) return chosenFix(place);
  const shown = ring();
  stop = new AbortController();
  try {
    return await fixer.collect({ onProgress: shown.progress, signal: stop.signal });
  } finally {
    shown.end();
  }
}

/** @param {any} error of fix, device or store */
function failed({ code, title, detail }) {
  if (code === 'aborted') return look('ready', t('seal.ready'), t(chosenKind()), 'hint.stopped');
  look('failed', t('seal.again'), NO_BREAK, 'hint.failed');
  const own = { denied: 'denied', timeout: 'timeout', unavailable: 'unavailable', unsupported: 'unsupported', quota: 'storage', storage: 'storage' };
  const setup = { 'not-set-up': 'setup', 'consent-missing': 'unagreed', 'key-revoked': 'revoked' };
  problem(own[code] ?? setup[code] ?? 'other', detail || title || t('problem.other', { code: code ?? '?' }));
  return document.querySelector('[data-problem]:not([hidden]) h2')?.focus();
}

/** @param {Awaited<ReturnType<typeof tools>>} tools @param {import('./db.js').Item} item */
async function shown({ showStamp }, item) {
  await showStamp(item, place, () => seal.focus());
  performance.mark('stamp:shown');
  setTimeout(behind, BEHIND_MS, item);
}

/** Drawings put off while a tap is under way. @type {Set<() => unknown>} */
const putOff = new Set();

/** Draws at once, but not between a tap and its QR. @param {() => any} draw @returns {() => any} */
const calm = (draw) => () => (busy ? void putOff.add(draw) : draw());

function catchUp() {
  if (busy) return;
  for (const draw of putOff) draw();
  putOff.clear();
}

/** The screen under the sheet follows: done, then what is likely next. @param {import('./db.js').Item} item */
function behind(item) {
  if (!busy) look('done', t('seal.done'), t(item.kind), 'hint.done');
  setTimeout(() => area.dataset.state === 'done' && offerAndRest(true), DONE_MS);
}

async function stampNow() {
  if (busy) return;
  busy = true;
  taps++;
  warmed = null;
  problem('');
  const kind = chosenKind();
  const practice = practising();
  try {
    const made = await tools();
    const item = await withLock('capture', async () => {
      const parts = made.readParts();
      parts.catch(() => {}); // told below, when the position is there
      const fixResult = await position();
      performance.mark('stamp:fix');
      return made.makeStamp({ kind, fixResult, practice, parts });
    });
    await shown(made, item);
  } catch (error) {
    failed(error);
  } finally {
    busy = false;
    putOff.add(trip);
    setTimeout(catchUp, BEHIND_MS);
    front();
  }
}

function tapped() {
  const ready = readiness();
  if (ready === 'ready') stampNow();
  else location.assign(ready === 'sign-in' ? '/login?next=/today' : '/start');
}

const covered = () => document.hidden || byId('sheet').open;
const permitted = async () => (await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null))?.state === 'granted';

/**
 * Listen for a position only while this screen is in front (no QR over it), permitted, and a measured position is
 * wanted; decided by what holds when everything is at hand. A tap measures by itself, and comes here when it is over.
 */
async function front() {
  if (busy || (readiness() !== 'ready' && !listening)) return;
  const [{ fixer }, allowed] = await Promise.all([tools(), permitted()]);
  if (busy) return;
  listening = allowed && !covered() && readiness() === 'ready' && !practising();
  if (!listening) {
    fixer.cool();
    warmed = null;
    return;
  }
  fixer.warm(({ accuracy, error }) => {
    if (error) fixer.cool(); // the tap asks anew and is told the reason
    warmed = accuracy ?? null;
    if (['hint.ready', 'hint.warm'].includes(byId('hint').dataset.key)) rest();
  });
}

/** Preselect what is likely next; another choice stands until that changes. @param {boolean} [anew] after a stamp */
async function offerKind(anew = false) {
  if (readiness() !== 'ready') return;
  const { nextKind } = await tools();
  const next = await nextKind(self.identity.person.id, practising());
  if (!anew && next === offered) return;
  offered = next;
  document.querySelector(`[name=kind][value=${next}]`).checked = true;
}

/** Never over what a tap since has to say. @param {boolean} [anew] after a stamp @returns {Promise<boolean>} whether it rests */
async function offerAndRest(anew = false) {
  const before = taps;
  await offerKind(anew);
  const calmed = !busy && taps === before;
  if (calmed) rest();
  return calmed;
}

/** A stamp may have been cancelled in the sheet: then another kind is next. */
const closed = () => !busy && ['ready', 'done'].includes(area.dataset.state) && offerAndRest(area.dataset.state === 'done');

async function trip() {
  const id = self.identity?.person.id;
  const today = dayOf(Date.now() / 1000);
  const rows = merge(id ? await localRows(id) : [], remote).filter((row) => dayOf(row.capturedAt) === today);
  show(byId('trip'), rows.length > 0);
  show(byId('copy-day'), rows.length > 0);
  show(byId('trip-empty'), rows.length === 0);
  drawStamps(byId('trip'), rows.reverse());
  byId('copy-day').onclick = () => copy(summaryOf(rows), 'copied.summary');
}

/** Below the problem, what the phone knows is shown at once with it, so that nothing moves. */
const settle = () => byId('side').removeAttribute('data-unsettled');

async function read() {
  self.identity = await getIdentity();
  self.device = self.identity && (await getDevice(self.identity.person.id));
}

/** As the server told last: a phone without a network still has the same clock. */
const noteClock = calm(() => readiness() === 'ready' && tools().then(({ clockNote }) => clockNote(self.identity.serverOffset)).catch(() => {}));

function listen() {
  seal.addEventListener('click', tapped);
  byId('stop').addEventListener('click', () => stop.abort());
  byId('kinds').addEventListener('change', () => !busy && rest());
  byId('problems').addEventListener('click', ({ target }) => target.closest('[data-do=again]') && tapped());
  document.addEventListener('visibilitychange', front);
  byId('sheet').addEventListener('close', closed);
  new MutationObserver(front).observe(byId('sheet'), { attributeFilter: ['open'] }); // whoever opens it
  place?.addEventListener('change', async () => {
    sessionStorage.setItem('place', place.value);
    if (practising()) warmed = null;
    await offerAndRest();
    front();
  });
}

async function begin() {
  const launch = launched();
  byId('date').textContent = longDay(Date.now() / 1000);
  if (place) place.value = sessionStorage.getItem('place') ?? (matchMedia('(pointer: coarse)').matches ? 'gps' : place.options[0].value);
  await read();
  listen();
  await offerKind();
  rest();
  const redraw = queuePanel(() => self.identity?.person.id, calm);
  import('./photo_card.js').then(({ photoCard }) => photoCard(() => self.identity?.person.id, calm)).catch(() => {});
  import('./canteen_card.js').then(({ canteenCard }) => canteenCard(state, getIdentity)).catch(() => {});
  onChange(calm(trip));
  await Promise.all([redraw(), trip()]);
  if (self.identity && readiness() !== 'ready') problem(readiness());
  if (self.identity) settle();
  noteClock();
  if (launch && readiness() === 'ready' && (await countDown(chosenKind()))) stampNow();
  front();
  if (readiness() === 'ready') tools().then(({ warm }) => warm()).catch(() => {});
  const told = await state;
  self.signedIn = told ? told.signed_in : undefined;
  await read();
  const calmed = !busy && area.dataset.state !== 'failed' && (await offerAndRest());
  if (calmed && told) problem(readiness() === 'ready' ? '' : readiness());
  settle();
  redraw();
  front();
  noteClock();
  if (!told?.signed_in) return;
  remote = (await serverRows(dayOf(Date.now() / 1000).slice(0, 7))).rows;
  await trip();
}

begin();
