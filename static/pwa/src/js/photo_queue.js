/**
 * The photos' queue as screens and the service worker see it. No session is needed to send, so what
 * waits outlives a log-out; neither `navigator.onLine` nor the `online` event is trusted.
 */
import { toHex } from './base32.js';
import { DbError, get, set } from './db.js';
import { DeviceError, getDevice } from './identity.js';
import { signRecord } from './photo_record.js';
import { Run, postable } from './photo_sender.js';
import * as store from './photo_store.js';
import { alone, keepSending } from './queue.js';
import { sha256 } from './token.js';

export { addShot, getBytes, listRecords, onPhotoChange, openDraft, removeShot, setBoard } from './photo_store.js';

/** @typedef {import('./photo_store.js').PhotoRecord} PhotoRecord @typedef {import('./photo_store.js').Shot} Shot */

const LOOK_MS = 60_000;
/** A new signature by the key that the phone has now may help. */
const RE_SIGN = ['key-revoked', 'unknown-key'];

/** @returns {any} what some browsers tell of the network */
const network = () => globalThis.navigator?.connection;
/** Whether this device can tell mobile data from Wi-Fi: else there is nothing to choose. */
export const canTellWifi = () => network()?.type !== undefined;
/** @returns {Promise<boolean>} whether photos wait for Wi-Fi: as chosen, else as the browser's data saver says */
export const wifiOnly = async () => (await get('photo-wifi')) ?? network()?.saveData === true;
/** @param {boolean} only @returns {Promise<void>} */
export const setWifiOnly = (only) => set('photo-wifi', only);
const heldForWifi = async () => network()?.type === 'cellular' && (await wifiOnly());

/** @param {PhotoRecord} record @param {Shot[]} shots in their order */
async function signed(record, shots) {
  const device = await getDevice(record.personId);
  if (!device?.enrolled) throw new DeviceError(device?.revoked ? 'key-revoked' : 'not-set-up');
  const bytes = await signRecord(record, shots, device);
  return { signed: bytes, sha256: toHex(await sha256(bytes)) };
}

/** @param {string} id @returns {Promise<import('./photo_store.js').Visit | undefined>} */
const whole = async (id) => (await store.listRecords()).find((record) => record.id === id);

/**
 * Freeze, sign, and have it sent. What is finished already is handed back as it is.
 * @param {string} recordId
 * @returns {Promise<PhotoRecord | null>} null: there is nothing to finish
 * @throws {DeviceError} not-set-up, key-revoked: the draft stays @throws {import('./db.js').DbError}
 */
export async function finish(recordId) {
  for (;;) {
    const draft = await whole(recordId);
    if (draft?.state !== 'draft') return draft ?? null;
    if (!draft.shots.length) return null;
    const record = await store.freeze(draft, await signed(draft, draft.shots));
    if (!record) continue; // a photo came in between
    store.tellPhoto(record, { fresh: true });
    return record;
  }
}

/**
 * Say the board of a finished visit anew: a record of its own, which sends no photo again and leaves all that was signed.
 * @param {string} recordId @param {[string, string][]} pairs
 * @returns {Promise<PhotoRecord | null>} on disk and waiting to be sent; null: nothing was changed
 * @throws {DeviceError} not-set-up, key-revoked @throws {import('./db.js').DbError} gone, board-too-large, quota, storage
 */
export async function correct(recordId, pairs) {
  const visit = await whole(recordId);
  if (!visit || visit.correction || visit.state === 'draft') throw new DbError('gone');
  const draft = store.correctionOf(visit, pairs);
  if (!draft) return null;
  const record = await store.addCorrection({ ...draft, ...(await signed(draft, [])) });
  store.tellPhoto(record, { fresh: true });
  return record;
}

/**
 * What nobody adds to any more is finished; what cannot be (no key) stays a draft.
 * @param {number} [now] unix ms; none: every draft, because its person leaves
 */
export async function finishAll(now) {
  for (const draft of await store.listRecords()) {
    const over = now === undefined || store.rests(draft, now);
    if (draft.state === 'draft' && over) await finish(draft.id).catch(() => {});
  }
}

/**
 * Send everything that is due, one at a time; at most one context does so.
 * @param {{now?: () => number, fetch?: typeof fetch, random?: () => number, force?: boolean, anyNetwork?: boolean}} [with_]
 *   force: do not wait for the back-off; a wait the server asked for stands. anyNetwork: do not wait for Wi-Fi
 * @returns {Promise<{sent: number, records: number, quarantined: number, stopped: string | null, busy: boolean}>}
 */
export const drain = ({ now = Date.now, fetch = globalThis.fetch, random = Math.random, force = false, anyNetwork = false } = {}) =>
  alone('photo-queue', async (mine) => {
    const held = async () => !anyNetwork && (await heldForWifi());
    const run = new Run({ now, fetch, random, force, held });
    if (!mine) return { ...run.result, busy: true };
    await finishAll(now());
    const result = await run.all();
    await store.forget(now());
    return result;
  });

/**
 * The browser woke the service worker. While a window of ours is seen, the page looks after its set; when
 * none is, a set that does not rest yet fails the wake-up, so that the browser comes again later (Chrome:
 * after 5 and 15 minutes), and with the browser's last try it is finished.
 * @param {{watched: boolean, last?: boolean} & Parameters<typeof drain>[0]} woken last: the browser will not come again
 * @throws {Error} a set rests not yet
 */
export async function wake({ watched, last = false, ...options }) {
  const result = await drain({ ...options, force: true });
  const drafts = watched ? [] : (await store.listRecords()).filter(({ state, photos }) => state === 'draft' && photos.length);
  if (!drafts.length) return result;
  if (!last) throw new Error('a set rests not yet');
  await finishAll();
  return drain({ ...options, force: true });
}

/** Ask the browser to wake the service worker for the sets of a page that is out of sight. */
async function askWake() {
  if ((await summary()).nextAt === null) return;
  const { sync } = await globalThis.navigator.serviceWorker.ready;
  await sync?.register('photos');
}

/**
 * @param {{personId?: string, now?: () => number}} [of] default: everyone's
 * @returns {Promise<{drafts: number, waiting: number, sending: number, quarantined: number, bytes: number,
 *   oldest: number | null, nextAt: number | null, wifi: boolean,
 *   records: {id: string, state: string, sent: number, total: number}[]}>} counts of photos; drafts: not finished yet;
 *   quarantined: they or their record; bytes: all that is unsent; oldest: unix seconds; nextAt: unix ms of the next own
 *   try, null when nothing waits or all waits for Wi-Fi (`wifi`)
 */
export async function summary({ personId } = {}) {
  const [records, hold, wifi] = await Promise.all([store.listRecords({ personId }), get('photo-queue'), heldForWifi()]);
  const unsent = records.flatMap((record) => record.shots.filter((shot) => shot.unsent).map((shot) => ({ shot, record })));
  const count = (test) => unsent.filter(test).length;
  const stuck = ({ shot, record }) => shot.state === 'quarantined' || record.state === 'quarantined';
  const queued = unsent.filter((one) => !stuck(one) && one.record.state !== 'draft');
  const heldBack = wifi && queued.length > 0;
  const posts = postable(records);
  const sends = wifi ? [] : queued.filter(({ record }) => record.state === 'received').map(({ shot }) => shot);
  const times = [...posts, ...sends].map(({ nextAt }) => Math.max(nextAt, hold?.until ?? 0));
  const rest = records.filter(({ state, photos }) => state === 'draft' && photos.length).map(({ touchedAt }) => touchedAt + store.REST_MS);
  return {
    drafts: count(({ record }) => record.state === 'draft'),
    waiting: queued.length,
    sending: count(({ shot }) => shot.state === 'sending'),
    quarantined: count(stuck),
    bytes: unsent.reduce((sum, { shot }) => sum + shot.size, 0),
    oldest: unsent.length ? Math.min(...unsent.map(({ shot }) => shot.capturedAt)) : null,
    nextAt: times.length || rest.length ? Math.min(...times, ...rest) : null,
    wifi: heldBack,
    records: records.map(({ id, state, sent, photos }) => ({ id, state, sent, total: photos.length })),
  };
}

/**
 * Take a refused record (with its photos) or photo up again, or a waiting one at once.
 * @param {string} id @param {Parameters<typeof drain>[0]} [options]
 */
export async function retry(id, options) {
  const fresh = { state: 'ready', tries: 0, nextAt: 0, lastError: null };
  for (const record of await store.listRecords()) {
    const entire = record.id === id;
    if (entire && record.state !== 'draft') {
      const again = RE_SIGN.includes(record.lastError?.code) ? await signed(record, record.shots) : {};
      await store.patchRow('records', id, { ...fresh, ...again });
    }
    const shots = record.shots.filter((shot) => shot.unsent && (entire || shot.id === id));
    for (const shot of shots) await store.patchRow('shots', shot.id, fresh);
  }
  await set('photo-queue', undefined);
  return drain({ ...options, force: true });
}

let ending = null;
/** Keep sending for as long as this page lives; asked twice it goes on as it does. @returns {() => void} ends it */
export function start() {
  if (ending) return ending;
  const look = async () => {
    const { nextAt, wifi } = await summary();
    return { nextAt: nextAt ?? (wifi ? Date.now() + LOOK_MS : null) };
  };
  const end = keepSending({ drain, summary: look, onChange: store.onPhotoChange });
  const changed = () => void drain().catch(() => {});
  const hidden = () => document.hidden && askWake().catch(() => {});
  globalThis.document?.addEventListener('visibilitychange', hidden);
  network()?.addEventListener?.('change', changed);
  ending = () => {
    end();
    globalThis.document?.removeEventListener('visibilitychange', hidden);
    network()?.removeEventListener?.('change', changed);
    ending = null;
  };
  return ending;
}
