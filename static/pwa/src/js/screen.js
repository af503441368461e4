/** Small things that every screen does: find, show, tell, and write times and distances as people read them. */
import { encode as base32, fromHex } from './base32.js';
import { language, t } from './words.js';

const ZONE = 'Asia/Seoul';
const TOAST_MS = 4000;
const SOON_MS = 120_000;

/** @param {string} id @returns {HTMLElement | null} */
export const byId = (id) => document.getElementById(id);

/** @param {Element | null} node @param {boolean} visible */
export function show(node, visible) {
  if (node) node.hidden = !visible;
}

/**
 * An element with text, attributes and children; never markup from a string.
 * @param {string} name @param {Record<string, string>} [attributes] @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** For `make`: Korean data on an English page says so. @param {string} text @returns {{lang?: 'ko'}} */
export const korean = (text) => (language() === 'en' && /\p{Script=Hangul}/u.test(text) ? { lang: 'ko' } : {});

let toastTimer;
/** Says something shortly, to screen readers too; inside the open dialog, which makes the rest inert. @param {string} words */
export function toast(words) {
  const node = byId('toast');
  if (!node) return;
  (document.querySelector('dialog[open]') ?? document.body).append(node);
  clearTimeout(toastTimer);
  requestAnimationFrame(() => {
    node.textContent = words;
  });
  toastTimer = setTimeout(() => {
    node.textContent = '';
  }, TOAST_MS);
}

/** @param {string} words @param {string} done key of WORDS @returns {Promise<void>} */
export async function copy(words, done) {
  try {
    await navigator.clipboard.writeText(words);
    toast(t(done));
  } catch {
    toast(t('copy.failed'));
  }
}

const formats = new Map();
/** @param {Intl.DateTimeFormatOptions} options @returns {(seconds: number) => string} in Seoul's time */
function format(options) {
  const key = JSON.stringify(options) + language();
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language(), { timeZone: ZONE, ...options }));
  return (seconds) => formats.get(key).format(seconds * 1000);
}

/** @param {number} s unix seconds */
export const longDay = (s) => format({ month: 'long', day: 'numeric', weekday: 'long' })(s);
/** @param {number} s unix seconds */
export const clock = (s) => format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })(s);
/** @param {number} s unix seconds */
export const clockExact = (s) => format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })(s);
/** @param {number} at unix ms of the next try @returns {string} "" when it is now; seconds only when it is soon */
export function nextTime(at) {
  const left = at - Date.now();
  return left > 0 ? t('queue.next', { time: (left < SOON_MS ? clockExact : clock)(at / 1000) }) : '';
}
/** @param {string} month YYYY-MM */
export const longMonth = (month) => format({ year: 'numeric', month: 'long' })(Date.parse(`${month}-15T00:00:00Z`) / 1000);

const isoDay = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' });
/** @param {number} s unix seconds @returns {string} YYYY-MM-DD in Seoul */
export const dayOf = (s) => isoDay.format(s * 1000);

/** @param {number} s unix seconds */
export const dateTime = (s) => `${dayOf(s)} ${clockExact(s)}`;

/** @param {number} s unix seconds @returns {string} names the zone where the device lives in another */
export function dateTimeHere(s) {
  const abroad = Intl.DateTimeFormat().resolvedOptions().timeZone !== ZONE;
  return abroad ? t('time.seoul', { time: dateTime(s) }) : dateTime(s);
}

/** @param {number | null | undefined} metres @returns {string} "12 m", "1.5 km", never broken at a line's end */
export function distance(metres) {
  if (metres === null || metres === undefined) return t('accuracy.unknown');
  return metres < 1000 ? `${Math.max(1, Math.round(metres))}\u00a0m` : `${(metres / 1000).toFixed(1)}\u00a0km`;
}

/** @param {number} seconds since then @returns {string} */
export function age(seconds) {
  if (seconds < 60) return t('age.now');
  if (seconds < 3600) return t('age.minutes', { n: Math.floor(seconds / 60) });
  if (seconds < 172_800) return t('age.hours', { n: Math.floor(seconds / 3600) });
  return t('age.days', { n: Math.floor(seconds / 86_400) });
}

/** The code to read out on the phone, as the verdict shows it. @param {string} sha256 hex of the token */
export const shortCode = (sha256) => base32(fromHex(sha256.slice(0, 10))).replace(/^(.{4})/, '$1-');
