/**
 * The phone as a witness: its chain and the stamp itself. Only what was measured is signed; all
 * that can be prepared before the tap is prepared before it, so that from the last sample to the
 * stored stamp there is one signature, one encryption and one write to disk.
 */
import { fromB64u, fromHex, toHex } from './base32.js';
import * as store from './db.js';
import { DeviceError, getDevice, getIdentity } from './identity.js';
import { tell } from './queue.js';
import * as coin from './token.js';
import { kindAfter, tripFor } from './trip.js';

export { DeviceError, enrol, ensureKey, getDevice, getIdentity, refreshState } from './identity.js';

/** @typedef {import('./db.js').Item} Item */
/** @typedef {import('./identity.js').Identity} Identity */
/** @typedef {import('./identity.js').DeviceKey} DeviceKey */
/** @typedef {'start' | 'arrive' | 'return'} Kind */

/** Seconds within which a stamp can be cancelled. */
export const VOID_S = 300;

const KEY_YOUNG_MS = 600_000;
const TRIES = 20; // how often other contexts may move the chain before us, where Web Locks are missing
const REST_MS = 1000; // after a stamp, before the next sealing key is made
const TELL_MS = 300; // a new stamp's QR is drawn first
const ZEROS = new Uint8Array(8);

/** The sealing key made ahead, for one stamp. @type {{to: string, ready: Promise<any>} | null} */
let ahead = null;

/** @param {Identity['auditKey']} auditKey */
function prepare({ kid, x, y }) {
  const ready = coin.prepareSeal({ auditKid: fromHex(kid), auditX: fromB64u(x), auditY: fromB64u(y) });
  ready.catch(() => {});
  return { to: kid + x + y, ready };
}

/** Takes the prepared key away: none ever seals two tokens. @param {Identity['auditKey']} auditKey */
function takePrepared(auditKey) {
  const { to, ready } = ahead?.to === auditKey.kid + auditKey.x + auditKey.y ? ahead : prepare(auditKey);
  ahead = null;
  return ready;
}

/** Do ahead what a stamp needs: the store opened, the sealing key derived. Call it when the stamp screen shows. */
export async function warm() {
  const identity = await getIdentity();
  if (identity?.auditKey) ahead ??= prepare(identity.auditKey);
  await ahead?.ready.catch(() => {});
  await readParts();
}

/** Who stamped or was ready to stamp last: lets a tap read all it needs at once. */
let guess = { id: '', kid: '' };

/**
 * Everything a stamp stands on, in one read when the guess is right. A tap reads it while the position is measured.
 * @returns {Promise<any[]>} identity, device, last trip, the queue's hold, the chain's end
 */
export async function readParts() {
  const { id, kid } = guess;
  const parts = await store.getMany(['identity', `device:${id}`, `trip:${id}`, 'queue', `chain:${kid}`]);
  const [identity, device] = parts;
  const right = !identity || (identity.person.id === id && device?.kid === kid);
  if (right) return parts;
  const known = identity.person.id === id ? device : await store.get(`device:${identity.person.id}`);
  guess = { id: identity.person.id, kid: known?.kid ?? '' };
  return known ? readParts() : [identity, undefined, undefined, parts[3], undefined];
}

/** The next likely kind. @param {string} personId @param {boolean} practice @param {number} [now] @returns {Promise<Kind>} */
export const nextKind = async (personId, practice, now = Date.now()) =>
  kindAfter(await store.get(`trip:${personId}`), practice, now);

/** @param {number} seconds @returns {number} what the format can hold */
const uint32 = (seconds) => Math.min(0xffffffff, Math.max(0, Math.floor(seconds)));

/** @param {import('./fix.js').Sample} best @param {number} now unix ms @returns {coin.Fix} */
const fixClaim = ({ lat, lon, accuracy, alt, altAcc, heading, speed, time }, now) => {
  const age = uint32(Math.floor(now / 1000) - Math.floor(time / 1000));
  return { lat, lon, accuracy, alt, altAcc, heading, speed, time: uint32(time / 1000), age };
};

/** @param {Identity | undefined} identity @param {DeviceKey | undefined} device @param {boolean} send */
function mayStamp(identity, device, send) {
  if (!identity?.auditKey || !device) throw new DeviceError('not-set-up');
  if (device.revoked) throw new DeviceError('key-revoked');
  if (send && !device.enrolled) throw new DeviceError('not-set-up');
  if (send && !identity.consentAgreed) throw new DeviceError('consent-missing');
}

/** @param {object} parts @returns {coin.Claims} */
function claimsOf({ identity, device, chain, trip, cti, kind, fixResult: { best, ...stats }, practice, offline, now }) {
  const young = now - device.createdAt < KEY_YOUNG_MS ? 1 << 12 : 0; // signal 13
  const set = { offline, practice, coarse: stats.coarse };
  const flags = Object.keys(set).reduce((sum, flag) => sum + (set[flag] ? coin.KIND[flag] : 0), 0);
  return {
    organisation: identity.organisation.code,
    staffNumber: identity.person.staff_number,
    capturedAt: Math.floor(now / 1000),
    cti,
    fix: fixClaim(best, now),
    trip,
    seq: (chain?.seq ?? 0) + 1,
    prev: chain?.prev ?? ZEROS,
    beacon: ZEROS,
    kind: coin.KIND[kind] | flags,
    samples: [stats.samples, stats.jitterDm, stats.signals | young],
    name: identity.person.name,
    department: identity.person.department,
    consent: fromHex(identity.consentVersion.slice(0, 16) || '0'.repeat(16)),
  };
}

/** Sign and seal on top of a chain's end. @returns {Promise<Item>} not yet stored */
async function forge(parts) {
  const { identity, device, kind, practice, offline, send, fixResult } = parts;
  const cti = crypto.getRandomValues(new Uint8Array(8));
  const auditKidLength = identity.auditKey.kid.length / 2;
  const claims = coin.fitClaims(claimsOf({ ...parts, cti }), coin.LIMIT, auditKidLength);
  const cose = await coin.signPayload(device.privateKey, fromHex(device.kid), coin.encodeClaims(claims));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const token = await coin.sealPrepared(await takePrepared(identity.auditKey), cose, iv);
  const { lat, lon, accuracy } = fixResult.best;
  const { seq, trip, capturedAt } = claims;
  return {
    ...{ id: toHex(cti), type: 'stamp', personId: identity.person.id, kid: device.kid },
    ...{ state: send ? 'ready' : 'practice', token, cose, sha256: toHex(await coin.sha256(token)) },
    ...{ url: coin.tokenUrl(identity.publicUrl, token), stampId: null, seq, trip, kind, practice, offline },
    ...{ coarse: fixResult.coarse, capturedAt, lat, lon, accuracy, tries: 0, nextAt: 0, lastError: null },
    ...{ receipt: null, server: null, voidedAt: null },
  };
}

/** Forge on the chain's end and store. @returns {Promise<Item>} @throws {store.DbError} chain-moved, quota, storage */
async function append(parts, end) {
  const { kind, practice, now, send, forged } = parts;
  const item = await forge({ ...parts, chain: end });
  if (!send) return item;
  const chain = { seq: item.seq, prev: fromHex(item.sha256.slice(0, 16)) };
  await store.addStamp(item, chain, { trip: item.trip, kind, practice, at: now }, () => forged(item));
  return item;
}

/** On the chain's end as it was read; the store refuses when another context moved it since: then again, in turn. */
async function appendInTurn(parts) {
  const key = `chain:${parts.device.kid}`;
  const moved = (error) => {
    if (error.code !== 'chain-moved') throw error;
  };
  const first = await append(parts, parts.chain).catch(moved);
  return first ?? store.withLock(key, async () => {
    for (let left = TRIES; left > 1; left--) {
      const item = await append(parts, await store.get(key)).catch(moved);
      if (item) return item;
      await new Promise((resolve) => setTimeout(resolve, 30 * Math.random()));
    }
    return append(parts, await store.get(key));
  });
}

/**
 * The stamp. When it returns, the stamp is on disk (unless it is not to be sent) and its QR may be
 * shown; the queue has been told.
 * @param {object} what
 * @param {Kind} what.kind
 * @param {import('./fix.js').FixResult} what.fixResult
 * @param {boolean} [what.practice] marked in the token and in the verdict
 * @param {boolean} [what.offline] default: no network, as the browser says or as the last sending found
 * @param {boolean} [what.send] false: only shown, neither stored nor counted in the chain; always so for a
 *   practice stamp outside demo mode
 * @param {string} [what.trip] default: the open trip, or a new one
 * @param {ReturnType<typeof readParts>} [what.parts] default: read now
 * @param {(item: Item) => void} [what.forged] called while the disk writes: what it makes of the item must not be shown
 *   before the stamp is returned, and is for nothing when the write fails
 * @returns {Promise<Item>}
 * @throws {DeviceError} not-set-up, key-revoked, consent-missing
 * @throws {store.DbError} quota, storage: nothing was stamped
 */
export async function makeStamp(what) {
  const { kind, fixResult, practice = false, offline, send = true, trip, forged = () => {} } = what;
  const now = Date.now();
  const [identity, device, last, hold, chain] = await (what.parts ?? readParts());
  const sent = send && (!practice || identity?.demo === true);
  mayStamp(identity, device, sent);
  const parts = { identity, device, chain, kind, fixResult, practice, send: sent, now, forged };
  parts.offline = offline ?? (!navigator.onLine || hold?.offline === true);
  parts.trip = trip ?? tripFor(last, kind, practice, now);
  const item = await appendInTurn(parts);
  if (sent) setTimeout(tell, TELL_MS, item);
  setTimeout(warm, REST_MS).unref?.();
  return item;
}

/**
 * Cancel a stamp within five minutes, as a record of its own that goes through the same queue.
 * @param {Item} item the stamp @param {string} reason cut at 200 characters
 * @returns {Promise<Item>} the void; the first one when there is one already
 * @throws {DeviceError} too-late, not-mine
 */
export async function makeVoid(item, reason) {
  const voidedAt = Math.floor(Date.now() / 1000);
  if (voidedAt - item.capturedAt > VOID_S) throw new DeviceError('too-late');
  const device = await getDevice(item.personId);
  if (device?.kid !== item.kid || item.state === 'practice') throw new DeviceError('not-mine');
  const { privateKey, kid } = device;
  const digest = fromHex(item.sha256);
  const cose = await coin.voidRecord({ privateKey, kid: fromHex(kid), sha256: digest, voidedAt, reason });
  const made = {
    ...{ ...item, id: `void-${item.id}`, type: 'void', stampId: item.id, state: 'ready', token: null, cose },
    ...{ sha256: toHex(await coin.sha256(cose)), lat: null, lon: null, accuracy: null, tries: 0, nextAt: 0 },
    ...{ lastError: null, receipt: null, server: null, voidedAt },
  };
  const stored = await store.addVoid(made);
  tell(stored);
  return stored;
}
