/** Which trip a stamp belongs to and which kind is likely next: rules only, nothing is read or stored here. */
import { encode as base32 } from './base32.js';
import { dayOf } from './screen.js';

/** @typedef {import('./db.js').Item} Item */
/** @typedef {'start' | 'arrive' | 'return'} Kind */

const TRIP_MS = 36 * 3_600_000; // a trip without a return stays open this long

/** @param {number} now unix ms @returns {string} YYYYMMDD in Seoul */
const compactDay = (now) => dayOf(now / 1000).replaceAll('-', '');

/**
 * @typedef {object} Trip the last stamp's
 * @property {string} trip
 * @property {Kind} kind
 * @property {boolean} practice
 * @property {number} at unix ms
 */

/** @param {Trip | undefined} last @param {number} now unix ms @returns {boolean} it goes on */
const isOpen = (last, now) =>
  !!last && last.kind !== 'return' && (now - last.at < TRIP_MS || compactDay(last.at) === compactDay(now));

/**
 * The trip a stamp belongs to: the open one, or a new one for a start or when none is open.
 * @param {Trip | undefined} last @param {Kind} kind @param {boolean} practice @param {number} now unix ms
 * @returns {string} the date in Seoul + "-" + six base32 characters
 */
export function tripFor(last, kind, practice, now) {
  if (isOpen(last, now) && last.practice === practice && kind !== 'start') return last.trip;
  const random = base32(crypto.getRandomValues(new Uint8Array(5))).slice(0, 6);
  return `${compactDay(now)}-${random}`;
}

/**
 * What likely follows the last stamp that stands; practice and real trips do not follow each other.
 * @param {Trip | undefined} last @param {boolean} practice how the next one will be made
 * @param {number} now unix ms @returns {Kind}
 */
export function kindAfter(last, practice, now) {
  if (!isOpen(last, now) || last.practice !== practice) return 'start';
  return last.kind === 'start' ? 'arrive' : 'return';
}

/**
 * What decides the next stamp's trip and kind: the last one that was not cancelled.
 * @param {Item[]} items of one person, in any order
 * @returns {Trip | undefined}
 */
export function lastTrip(items) {
  const standing = items.filter(({ type, voidedAt }) => type === 'stamp' && !voidedAt);
  const last = standing.sort((a, b) => a.capturedAt - b.capturedAt || a.seq - b.seq).at(-1);
  return last && { trip: last.trip, kind: last.kind, practice: last.practice, at: last.capturedAt * 1000 };
}
