/** The stamp on screen: QR, facts, and what can be done with it. One dialog in each shell that shows stamps. */
import { VOID_S, makeVoid } from './device.js';
import { getItem } from './db.js';
import { drawQr, qrPng } from './qr.js';
import { nextTry, onChange } from './queue.js';
import { accuracyOf, placeOf, reasonOf, rowOfItem, stateOf, summaryOf } from './records.js';
import { byId, copy, dateTime, dateTimeHere, korean, nextTime, shortCode, show, toast } from './screen.js';
import { sketch } from './sketch.js';
import { t } from './words.js';

const dialog = /** @type {HTMLDialogElement} */ (byId('sheet'));
const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
const button = (name) => dialog.querySelector(`[data-do="${name}"]`);

/** @type {import('./records.js').Row | null} */
let row = null;
let clockTimer;
let wakeLock;
let closed = () => {};

/**
 * On a phone the sheet covers the screen: what lies under it is not laid out then (CSS), so that
 * opening it does not cost a look at every element of the page.
 * @param {boolean} yes
 */
const cover = (yes) => document.documentElement.toggleAttribute('data-covered', yes);

function putAway() {
  cover(false); // first, so that the focus can go back to where it was
  dialog.close();
}

/** Keep the screen on while the QR is shown, where the browser can. */
async function stayAwake() {
  wakeLock = await navigator.wakeLock?.request('screen').catch(() => null);
}

/** @param {string} state of stateOf @returns {string} */
function stateWords(state) {
  if (state === 'void' && row.voiding?.state === 'quarantined') return t('state.void-refused', { reason: reasonOf(row.voiding.lastError) });
  if (state === 'void' && ['ready', 'sending'].includes(row.voiding?.state)) return t('state.void-waiting');
  return t(`state.${state}`, { reason: reasonOf(row.lastError) });
}

/** Why it waits and when it is tried next. */
async function why() {
  const item = row.voiding ?? row.item;
  const waits = item?.state === 'ready' && item.lastError;
  const next = waits ? nextTime(await nextTry(item)) : '';
  const detail = item?.state === 'quarantined' ? item.lastError?.detail ?? '' : '';
  const revoked = item?.server?.marks?.includes('key-revoked') ? t('sheet.key-revoked') : '';
  const line = waits ? `${reasonOf(item.lastError)} ${next}` : detail || revoked;
  part('why').textContent = line;
  show(part('why'), line !== '');
}

/** A stamp so inexact is better made again: told where one can, while its person still stands there. */
const mayAgain = () =>
  byId('seal') && row.coarse && !row.practice && !row.voidedAt && Date.now() / 1000 - row.capturedAt < VOID_S;

function words() {
  const state = stateOf(row);
  byId('sheet-title').textContent = t('sheet.title', { kind: t(row.kind) });
  part('place').textContent = placeOf(row);
  part('place').lang = korean(row.place).lang ?? document.documentElement.lang;
  part('time').textContent = dateTimeHere(row.capturedAt);
  part('time').setAttribute('datetime', new Date(row.capturedAt * 1000).toISOString());
  part('accuracy').textContent = accuracyOf(row);
  part('state').textContent = stateWords(state);
  part('code').textContent = shortCode(row.sha256);
  show(part('practice'), row.practice);
  show(part('coarse'), mayAgain());
  show(part('void'), state === 'void' && row.voiding?.state !== 'quarantined');
  why().catch(() => {});
}

/** A drawing made ahead, of a stamp that the disk is writing. @type {{url: string, drawn: Promise<Element>} | null} */
let ahead = null;

/** @param {{url: string, kind: string, sha256: string}} stamp @param {'M' | 'Q'} [level] @returns {Promise<Element>} */
function draw({ url, kind, sha256 }, level = 'M') {
  return drawQr(url, { level, label: t('sheet.qr', { kind: t(kind), code: shortCode(sha256) }) });
}

/** Draw, not show, while the disk writes. @param {import('./db.js').Item} item */
export function drawAhead(item) {
  ahead = { url: item.url, drawn: draw(item) };
  ahead.drawn.catch(() => {});
}

async function picture() {
  const large = button('zoom').getAttribute('aria-pressed') === 'true';
  const made = !large && ahead?.url === row.url ? ahead.drawn : draw(row, large ? 'Q' : 'M');
  ahead = null;
  part('paper').replaceChildren(await made);
}

function zoom(big) {
  button('zoom').setAttribute('aria-pressed', String(big));
  part('qr').classList.toggle('big', big);
}

/** @param {string} id @returns {Promise<import('./records.js').Row | null>} as this device has it now */
async function stored(id) {
  const [item, voiding] = await Promise.all([getItem(id), getItem(`void-${id}`)]);
  return item && rowOfItem(item, voiding);
}

/** The five minutes in which a wrong tap can be taken back. */
function countDown() {
  const left = row.capturedAt + VOID_S - Math.floor(Date.now() / 1000);
  const may = left > 0 && !row.voidedAt && row.item && row.state !== 'practice';
  show(part('cancel'), Boolean(may));
  if (!may) return clearInterval(clockTimer);
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  part('left').textContent = `(${t('sheet.left', { left: time })})`;
}

function askVoid(open) {
  show(byId('void-form'), open);
  button('ask-void').setAttribute('aria-expanded', String(open));
  if (!open) return;
  byId('void-form').querySelector('input:checked').focus({ preventScroll: true });
  byId('void-form').scrollIntoView({ block: 'end' });
}

/** @param {SubmitEvent} event */
async function cancel(event) {
  event.preventDefault();
  const reason = new FormData(event.target).get('reason');
  try {
    await makeVoid(row.item, String(reason));
    row = await stored(row.id);
    words();
    countDown();
    toast(t('sheet.voided'));
    button('close').focus({ preventScroll: true });
    dialog.scrollTop = 0;
  } catch (error) {
    const known = ['too-late', 'not-mine'].includes(error.code);
    part('problem').textContent = t(known ? `sheet.${error.code}` : 'sheet.void-failed');
    show(part('problem'), true);
  }
}

async function file() {
  const name = t('file.name', { time: dateTime(row.capturedAt).replace(/[^\d]/g, '-') });
  return new File([await qrPng(row.url)], name, { type: 'image/png' });
}

const ACTS = {
  close: putAway,
  again: putAway, // the focus goes back to the seal
  keep: () => askVoid(false),
  'ask-void': () => askVoid(byId('void-form').hidden),
  link: () => copy(row.url, 'copied.link'),
  summary: () => copy(summaryOf([row]), 'copied.summary'),
  zoom: async () => {
    zoom(button('zoom').getAttribute('aria-pressed') !== 'true');
    await picture();
    part('qr').scrollIntoView({ block: 'start' });
  },
  save: async () => {
    const picture = await file();
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(picture), download: picture.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    toast(t('saved.picture'));
  },
  picture: async () => {
    try {
      const png = qrPng(row.url); // not awaited: Safari wants the promise, within the tap
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
      toast(t('copied.picture'));
    } catch {
      toast(t('copy.failed'));
    }
  },
  share: async () => {
    try {
      await navigator.share({ files: [await file()], text: `${summaryOf([row])}\n${row.url}` });
    } catch (error) {
      if (error.name !== 'AbortError') toast(t('share.failed'));
    }
  },
};

async function map() {
  const wanted = row.id;
  part('map').replaceChildren();
  show(part('map'), false);
  show(part('map-later'), false);
  const figure = await sketch(row);
  if (row?.id !== wanted) return;
  show(part('map-later'), figure === 'later');
  if (!figure || figure === 'later') return;
  part('map').replaceChildren(figure);
  show(part('map'), true);
}

/** The server has it now, or refused it: say so while the sheet is open. */
async function refresh(id) {
  if (!dialog.open || (row.id !== id && `void-${row.id}` !== id)) return;
  const now = await stored(row.id);
  if (!now) return;
  const hadOutline = row.outline;
  row = { ...now, place: now.place || row.place };
  words();
  if (!hadOutline) await map();
}

function listen() {
  dialog.addEventListener('click', (event) => {
    const name = event.target.closest('[data-do]')?.dataset.do;
    if (name) ACTS[name]?.();
    else if (event.target === dialog) putAway();
  });
  byId('void-form').addEventListener('submit', cancel);
  dialog.addEventListener('cancel', () => cover(false)); // Escape, or Android's back
  dialog.addEventListener('close', () => {
    cover(false);
    clearInterval(clockTimer);
    wakeLock?.release();
    closed();
  });
  const probe = new File([], 'a.png', { type: 'image/png' });
  show(button('share'), Boolean(navigator.canShare?.({ files: [probe] })));
  show(button('picture'), 'ClipboardItem' in globalThis && Boolean(navigator.clipboard?.write));
  onChange(({ id }) => refresh(id));
}

/**
 * @param {import('./records.js').Row} shown
 * @param {() => void} [whenClosed]
 * @returns {Promise<void>} resolves when the QR is drawn
 */
export async function openSheet(shown, whenClosed = () => {}) {
  row = shown;
  closed = whenClosed;
  askVoid(false);
  show(part('problem'), false);
  zoom(false);
  words();
  const drawn = picture();
  clearInterval(clockTimer);
  clockTimer = setInterval(countDown, 1000);
  countDown();
  await drawn;
  if (dialog.open) dialog.scrollTop = 0;
  else {
    cover(true);
    dialog.showModal(); // its title has the focus then (autofocus)
  }
  requestAnimationFrame(() => setTimeout(painted, 0, shown.id));
}

/** What can wait until the QR is painted. @param {string} id of the stamp that is shown */
function painted(id) {
  if (!dialog.open || row.id !== id) return;
  stayAwake();
  map();
}

if (dialog) listen();
