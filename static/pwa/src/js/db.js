/**
 * The phone's store (IndexedDB "office"). A stamp that was shown must never be lost, so every write
 * that matters waits for the disk (strict durability), and no connection is trusted to live: iOS
 * kills them under memory pressure, another tab may upgrade. Each operation is run again once on a
 * fresh connection, then fails with words a person can be told.
 */
import { lastTrip } from './trip.js';

const NAME = 'office';
const IDLE_MS = 3000; // a connection is closed after this long without use
const OPEN_MS = 4000; // a browser that never answers `open` (seen on iOS) is asked again

/** Additive only: step n brings version n to n+1 and never drops what an older app queued. */
const MIGRATIONS = [
  (/** @type {IDBDatabase} */ db) => {
    db.createObjectStore('kv');
    const items = db.createObjectStore('items', { keyPath: 'id' });
    for (const field of ['state', 'personId', 'capturedAt']) items.createIndex(field, field);
  },
  (/** @type {IDBDatabase} */ db) => {
    db.createObjectStore('records', { keyPath: 'id' }).createIndex('personId', 'personId');
    const shots = db.createObjectStore('shots', { keyPath: 'id' });
    // "unsent" holds the person until the server has signed for the photo: a count reads no rows
    for (const field of ['recordId', 'personId', 'unsent']) shots.createIndex(field, field);
    db.createObjectStore('bytes'); // of a shot, by its id: what lists shots need not read megabytes
  },
];

/**
 * @typedef {object} Item a stamp or a void that this phone made; times ending in At are unix seconds
 * @property {string} id hex cti of a stamp; "void-" + cti of a void
 * @property {'stamp' | 'void'} type
 * @property {string} personId
 * @property {string} kid hex
 * @property {'ready' | 'sending' | 'received' | 'quarantined' | 'practice'} state practice: never stored or sent
 * @property {Uint8Array | null} token null in a void
 * @property {Uint8Array} cose COSE_Sign1
 * @property {string} sha256 hex of the token (stamp) or of cose (void)
 * @property {string} url what the QR holds
 * @property {string | null} stampId of a void: the stamp's id
 * @property {number} seq
 * @property {string} trip
 * @property {'start' | 'arrive' | 'return'} kind
 * @property {boolean} practice
 * @property {boolean} offline
 * @property {boolean} coarse
 * @property {number} capturedAt
 * @property {number | null} lat
 * @property {number | null} lon
 * @property {number | null} accuracy
 * @property {number} tries
 * @property {number} nextAt unix milliseconds of the next try; 0: at once
 * @property {{code: string, title: string, detail: string} | null} lastError
 * @property {Uint8Array | null} receipt
 * @property {object | null} server the stamp as the server tells it
 * @property {number | null} voidedAt
 * @property {boolean} [orphan] its person logged out: deleted as soon as it is received
 */

/**
 * Nothing was stored. Codes: quota (no room), storage (anything else), chain-moved (another tab was first), and of
 * photos those of photo_store.js.
 */
export class DbError extends Error {
  /** @param {string} code| 'storage' | 'chain-moved'} code @param {unknown} [cause] */
  constructor(code, cause) {
    super(`${code}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.code = code;
  }
}

/** @type {Promise<IDBDatabase> | null} */
let opening = null;
let idle;

/** Drop the connection; the next operation opens a new one. */
export function close() {
  clearTimeout(idle);
  opening?.then((db) => db.close(), () => {});
  opening = null;
}

/**
 * @param {number} [version] none: whatever stands there (an older app after a newer one)
 * @returns {Promise<IDBDatabase>}
 */
function connect(version) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, version);
    const late = setTimeout(() => reject(new Error('open timed out')), OPEN_MS);
    request.onupgradeneeded = ({ oldVersion }) => MIGRATIONS.slice(oldVersion).forEach((step) => step(request.result));
    request.onerror = () => {
      clearTimeout(late);
      reject(request.error);
    };
    request.onsuccess = () => {
      clearTimeout(late);
      const db = request.result;
      db.onclose = db.onversionchange = () => {
        db.close();
        opening = null;
      };
      resolve(db);
    };
  });
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  opening ??= connect(MIGRATIONS.length).catch((error) => {
    if (error?.name === 'VersionError') return connect();
    throw error;
  });
  return opening;
}

/**
 * One transaction. `work` gets the stores and issues its requests; what the function it returns
 * gives is handed out after the transaction is on disk.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(...stores: IDBObjectStore[]) => () => T} work
 * @param {string[]} [names] of the stores
 * @returns {Promise<T>}
 */
async function attempt(mode, work, names = ['kv', 'items']) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const tx = db.transaction(names, mode, { durability: mode === 'readonly' ? 'default' : 'strict' });
    const result = work(...names.map((name) => tx.objectStore(name)));
    tx.oncomplete = () => resolve(result());
    tx.onabort = () => reject(tx.refusal ?? tx.error ?? new Error('aborted'));
  });
}

/**
 * When `request` succeeds; what `then` throws (a full disk may) ends the transaction with that reason.
 * @param {IDBRequest} request @param {() => void} then
 */
export function after(request, then) {
  request.onsuccess = () => {
    try {
      then();
    } catch (error) {
      request.transaction.refusal = error;
      request.transaction.abort();
    }
  };
}

/**
 * One transaction, tried again once on a fresh connection.
 * @type {typeof attempt}
 * @throws {DbError}
 */
export async function run(mode, work, names) {
  clearTimeout(idle);
  try {
    return await attempt(mode, work, names).catch((error) => {
      if (error instanceof DbError || error?.name === 'QuotaExceededError') throw error;
      close();
      return attempt(mode, work, names);
    });
  } catch (error) {
    if (error instanceof DbError) throw error;
    throw new DbError(error?.name === 'QuotaExceededError' ? 'quota' : 'storage', error);
  } finally {
    clearTimeout(idle);
    idle = setTimeout(close, IDLE_MS);
    idle.unref?.();
  }
}

/** @param {string} key @returns {Promise<any>} undefined when absent */
export const get = async (key) => (await getMany([key]))[0];

/** All in one transaction. @param {string[]} keys @returns {Promise<any[]>} */
export const getMany = (keys) =>
  run('readonly', (kv) => {
    const requests = keys.map((key) => kv.get(key));
    return () => requests.map((request) => request.result);
  });

/** @param {string} key @param {unknown} value structured-cloneable; undefined deletes @returns {Promise<void>} */
export const set = (key, value) =>
  run('readwrite', (kv) => {
    if (value === undefined) kv.delete(key);
    else kv.put(value, key);
    return () => undefined;
  });

/**
 * The stamp, the chain's new end and the open trip, all or nothing. When another context moved the
 * chain meanwhile nothing is written, so the chain cannot fork even where Web Locks are missing.
 * @param {Item} item
 * @param {{seq: number, prev: Uint8Array}} chain the end after this item
 * @param {unknown} [trip] kept under "trip:<personId>"
 * @param {() => void} [meanwhile] called when the disk has been told to write: work that fills the wait
 * @returns {Promise<void>} resolves when it is on disk
 * @throws {DbError} chain-moved, quota, storage
 */
export const addStamp = (item, chain, trip, meanwhile = () => {}) =>
  run('readwrite', (kv, items) => {
    const key = `chain:${item.kid}`;
    const stored = items.getKey(item.id); // there already: our own second attempt
    const end = kv.get(key);
    after(end, () => {
      const follows = (end.result?.seq ?? 0) === item.seq - 1;
      if (stored.result === undefined && !follows) throw new DbError('chain-moved');
      items.put(item);
      kv.put(chain, key);
      if (trip) kv.put(trip, `trip:${item.personId}`);
      kv.transaction.commit?.(); // at once, not after the browser has told of each put
      queueMicrotask(meanwhile);
    });
    return () => undefined;
  });

/**
 * The void, the mark on its stamp, the trip as it was before. A second void of a stamp changes nothing.
 * @param {Item} item type "void" @returns {Promise<Item>} the one that is stored
 */
export const addVoid = (item) =>
  run('readwrite', (kv, items) => {
    const old = items.get(item.id);
    const mine = items.index('personId').getAll(item.personId);
    after(mine, () => {
      if (old.result) return;
      items.put(item);
      const stamp = mine.result.find(({ id }) => id === item.stampId);
      if (stamp) items.put({ ...stamp, voidedAt: item.voidedAt });
      const last = lastTrip(mine.result.filter(({ id }) => id !== item.stampId));
      if (last) kv.put(last, `trip:${item.personId}`);
      else kv.delete(`trip:${item.personId}`);
    });
    return () => old.result ?? item;
  });

/** @param {string} id @returns {Promise<Item | undefined>} */
export const getItem = (id) =>
  run('readonly', (_kv, items) => {
    const request = items.get(id);
    return () => request.result;
  });

/** @param {{personId?: string}} [of] default: everyone's @returns {Promise<Item[]>} oldest first */
export const listItems = ({ personId } = {}) =>
  run('readonly', (_kv, items) => {
    const request = personId === undefined ? items.getAll() : items.index('personId').getAll(personId);
    return () => request.result.sort((a, b) => a.capturedAt - b.capturedAt || a.seq - b.seq);
  });

/** Items still to be sent, whoever made them. @returns {Promise<Item[]>} */
export const listUnsent = () =>
  run('readonly', (_kv, items) => {
    const requests = ['ready', 'sending', 'quarantined'].map((state) => items.index('state').getAll(state));
    return () => requests.flatMap((request) => request.result);
  });

/** @param {string} id @param {Partial<Item>} patch @returns {Promise<Item | null>} null when it is gone */
export const patchItem = (id, patch) =>
  run('readwrite', (_kv, items) => {
    let next = null;
    const request = items.get(id);
    after(request, () => {
      next = request.result ? { ...request.result, ...patch } : null;
      if (next) items.put(next);
    });
    return () => next;
  });

/** @param {string} id @returns {Promise<void>} */
export const removeItem = (id) =>
  run('readwrite', (_kv, items) => {
    items.delete(id);
    return () => undefined;
  });

/** The server has had these for long. @param {number} before unix seconds @returns {Promise<void>} */
export const removeReceived = (before) =>
  run('readwrite', (_kv, items) => {
    const old = items.index('capturedAt').getAll(IDBKeyRange.upperBound(before));
    after(old, () => old.result.filter(({ state }) => state === 'received').forEach(({ id }) => items.delete(id)));
    return () => undefined;
  });

/** Whether a record is a corrected board that the server does not have. @param {any} record */
const owed = ({ correction, state }) => correction && state !== 'received';

/**
 * Log-out on a phone that others may use: what was received and the identity go; what is unsent stays,
 * without coordinates and small pictures, and still drains; with a corrected board its visit. The device key and its
 * chain stay for the next login.
 * @param {string} personId @returns {Promise<void>}
 */
export const removePerson = (personId) =>
  run('readwrite', (kv, items, records, shots) => {
    const identity = kv.get('identity');
    after(identity, () => identity.result?.person.id === personId && kv.delete('identity'));
    kv.delete(`photo-memory:${personId}`);
    kv.delete(`directory:${personId}`); // js/directory_store.js
    const mine = items.index('personId').getAll(personId);
    after(mine, () => {
      for (const item of mine.result) {
        if (item.state === 'received') items.delete(item.id);
        else items.put({ ...item, lat: null, lon: null, accuracy: null, orphan: true });
      }
    });
    const visits = records.index('personId').getAll(personId);
    const pictures = shots.index('personId').getAll(personId);
    after(pictures, () => {
      // a corrected board that is refused later is seen beside its visit only
      const left = new Set(visits.result.filter(owed).flatMap(({ id, replaces }) => [id, replaces]));
      for (const shot of pictures.result) {
        if (shot.unsent || left.has(shot.recordId)) shots.put({ ...shot, thumb: null });
        else shots.delete(shot.id);
      }
      for (const { unsent, recordId } of pictures.result) if (unsent) left.add(recordId);
      for (const visit of visits.result) {
        if (left.has(visit.id)) records.put({ ...visit, orphan: true });
        else records.delete(visit.id);
      }
    });
    return () => undefined;
  }, ['kv', 'items', 'records', 'shots']);

/**
 * @param {string} [personId] default: everyone's
 * @returns {Promise<{unsent: number, kept: number}>} photos and corrected boards that the server has not signed for; visits of
 *   anyone, sent or not
 */
export const countPhotos = (personId) =>
  run('readonly', (records, shots) => {
    const kept = records.count();
    const unsent = shots.index('unsent').count(personId);
    const mine = records.index('personId').getAll(personId);
    return () => ({ unsent: unsent.result + mine.result.filter(owed).length, kept: kept.result });
  }, ['records', 'shots']);

const tails = new Map();

/**
 * One at a time: a Web Lock where there are any, else a queue within this page.
 * @template T
 * @param {string} name @param {() => Promise<T>} work @returns {Promise<T>}
 */
export function withLock(name, work) {
  if (globalThis.navigator?.locks) return navigator.locks.request(name, work);
  const turn = (tails.get(name) ?? Promise.resolve()).then(work, work);
  tails.set(name, turn.catch(() => {}));
  return turn;
}
