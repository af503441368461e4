/** What a set of photos belongs to: the open trip and its last stamp, as this phone has them. */
import { get, listItems } from './db.js';
import { WRONG_CLOCK_MS } from './identity.js';
import { placeName } from './records.js';
import { dayOf } from './screen.js';

const LONGEST_PLACE = 80; // what a signed record takes
const ANCHOR_MS = 12 * 3_600_000;
const KEPT = ['ready', 'sending', 'received']; // a practice stamp that is never sent proves nothing
const TRIP_MS = 36 * 3_600_000;

/**
 * @typedef {object} Visit
 * @property {string | null} trip
 * @property {string | null} stampSha256 hex of the stamp's token
 * @property {string | null} place its name, when the server has told it
 * @property {boolean} practice
 */

/** Photos that belong to no trip. @type {Visit} */
export const NO_VISIT = { trip: null, stampSha256: null, place: null, practice: false };

/** @param {import('./db.js').Item[]} items @param {string} trip @returns {import('./db.js').Item | undefined} its newest stamp that stands */
const lastStamp = (items, trip) =>
  items.filter((one) => one.type === 'stamp' && one.trip === trip && !one.voidedAt && KEPT.includes(one.state)).sort((a, b) => a.capturedAt - b.capturedAt || a.seq - b.seq).at(-1);

/**
 * @param {import('./trip.js').Trip | undefined} open the last stamp's trip @param {import('./db.js').Item[]} items
 * @param {number} now unix ms @returns {Visit}
 */
export function visitOf(open, items, now) {
  const fresh = open && (now - open.at < TRIP_MS || dayOf(open.at / 1000) === dayOf(now / 1000));
  if (!fresh || open.kind === 'return') return NO_VISIT;
  const stamp = lastStamp(items, open.trip);
  if (!stamp) return NO_VISIT;
  const place = placeName(stamp.server?.place).slice(0, LONGEST_PLACE);
  return { trip: stamp.trip, stampSha256: stamp.sha256, place: place || null, practice: stamp.practice };
}

/** @param {string} personId @returns {Promise<Visit>} now */
export async function visitNow(personId) {
  const [open, items] = await Promise.all([get(`trip:${personId}`), listItems({ personId })]);
  return visitOf(open, items, Date.now());
}

/**
 * Whether the phone's clock was held against the server's lately, and agreed with it.
 * @param {{fetchedAt: number, serverOffset: number} | undefined} identity @param {number} [now] unix ms
 */
export const isAnchored = (identity, now = Date.now()) =>
  Boolean(identity) && Math.abs(now - identity.fetchedAt) < ANCHOR_MS && Math.abs(identity.serverOffset) <= WRONG_CLOCK_MS;
