/**
 * Visits and their photos on this phone's disk. A photo that was said to be saved must never be
 * lost: what `addShot` returns is on disk, with the hash of exactly these bytes; bytes leave only when
 * the server has signed for them. A visit is a draft until it is finished; then it never changes.
 *
 * Refusals (DbError): gone, frozen (finished already: open a new draft with the same `series`), full
 * (60 photos), empty and too-large (the picture), board-too-large; quota and storage of db.js.
 */
import { toHex } from './base32.js';
import { DbError, after, run } from './db.js';
import { MAX_PHOTOS, MAX_PHOTO_BYTES, PHASES, boardOf } from './photo_record.js';
import { news } from './queue.js';
import { sha256 } from './token.js';

const ALL = ['records', 'shots', 'bytes'];
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A draft without a new shot for so long is finished without being asked. */
export const REST_MS = 600_000;

/**
 * @typedef {object} PhotoRecord one visit; times ending in At are unix milliseconds, capturedAt unix seconds
 * @property {string} id uuid
 * @property {string} personId
 * @property {string} organisation code
 * @property {string} staffNumber
 * @property {'draft' | 'ready' | 'sending' | 'received' | 'quarantined'} state received: the record; its photos follow
 * @property {string} series uuid, the same in every record of one job
 * @property {string | null} replaces uuid
 * @property {boolean} [correction] it has no photos: it only says the board of the record that it replaces anew
 * @property {string | null} trip
 * @property {string | null} stampSha256 hex
 * @property {[string, string][]} board
 * @property {string | null} place
 * @property {boolean} practice
 * @property {string[]} photos ids in order
 * @property {number} capturedAt
 * @property {number} touchedAt of the last shot
 * @property {Uint8Array | null} signed COSE_Sign1, from `ready` on
 * @property {string} sha256 hex of `signed`
 * @property {string | null} ticket
 * @property {Uint8Array | null} receipt
 * @property {number} tries
 * @property {number} nextAt unix milliseconds of the next try; 0: at once
 * @property {{code: string, title: string, detail: string} | null} lastError
 * @property {boolean} [orphan] its person logged out: deleted as soon as all is received
 *
 * @typedef {object} Shot one photo; its bytes lie apart
 * @property {string} id uuid
 * @property {string} recordId
 * @property {string} personId
 * @property {string | null} unsent the person until the server has signed for it
 * @property {string} sha256 hex
 * @property {number} size
 * @property {number} capturedAt unix seconds
 * @property {'' | 'before' | 'during' | 'after'} phase
 * @property {'camera' | 'picked'} source
 * @property {'heic'} [kind] the picked file in its own bytes, which this browser could not draw; none: a JPEG of our making
 * @property {ArrayBuffer | null} thumb gone a day after the photo was received
 * @property {'ready' | 'sending' | 'received' | 'quarantined'} state
 * @property {string | null} uploadUrl
 * @property {number} offset as it was when the last attempt ended
 * @property {Uint8Array | null} receipt
 * @property {number | null} receivedAt unix milliseconds, of this phone
 * @property {number} tries
 * @property {number} nextAt
 * @property {{code: string, title: string, detail: string} | null} lastError
 *
 * @typedef {{id: string, recordId: string, personId: string, state: string, offset?: number, fresh?: boolean}} PhotoNews
 */

/** @type {{tell: (event: PhotoNews) => void, listen: (listener: (event: PhotoNews) => void) => () => void}} */
const channel = news('photos');
/** Each new state of a record or a photo, and the offset while one is sent, from whatever page or worker. */
export const onPhotoChange = channel.listen;

/** @param {PhotoRecord | Shot} row @param {Partial<PhotoNews>} [more] */
export const tellPhoto = ({ id, recordId = id, personId, state }, more) => channel.tell({ id, recordId, personId, state, ...more });

/** @typedef {PhotoRecord & {shots: Shot[], sent: number, corrections: PhotoRecord[]}} Visit corrections: of its board, the one that counts last */

const FRESH = { tries: 0, nextAt: 0, lastError: null, receipt: null };

/** What a record can hold; the time of storing when it cannot. @param {number} seconds @returns {number} */
const instant = (seconds) => Math.floor(seconds >= 1 && seconds < 2 ** 32 ? seconds : Date.now() / 1000);

/** @param {[string, string][]} pairs */
function boardFor(pairs) {
  const board = boardOf(pairs);
  if (!board) throw new DbError('board-too-large');
  return board;
}

/**
 * @param {{identity: import('./identity.js').Identity, trip?: string | null, stampSha256?: string | null,
 *   place?: string | null, practice?: boolean, board?: [string, string][], series?: string, replaces?: string | null}} visit
 * @returns {Promise<PhotoRecord>} a draft, on disk
 */
export async function openDraft({ identity, trip = null, stampSha256 = null, place = null, practice = false, board = [], series, replaces = null }) {
  const now = Date.now();
  /** @type {PhotoRecord} */
  const record = {
    ...{ id: crypto.randomUUID(), personId: identity.person.id, organisation: identity.organisation.code },
    ...{ staffNumber: identity.person.staff_number, state: 'draft', series: series ?? crypto.randomUUID(), replaces },
    ...{ trip, stampSha256, board: boardFor(board), place, practice, photos: [], capturedAt: Math.floor(now / 1000) },
    ...{ touchedAt: now, signed: null, sha256: '', ticket: null, ...FRESH },
  };
  await run('readwrite', (records) => {
    records.put(record);
    return () => undefined;
  }, ['records']);
  tellPhoto(record);
  return record;
}

/**
 * One change of a draft, all or nothing.
 * @template T
 * @param {string} id @param {(record: PhotoRecord, records: IDBObjectStore, shots: IDBObjectStore, bytes: IDBObjectStore) => T} work
 * @returns {Promise<T>} @throws {DbError} gone, frozen
 */
const onDraft = (id, work) =>
  run('readwrite', (records, shots, bytes) => {
    let result;
    const request = records.get(id);
    after(request, () => {
      if (request.result?.state !== 'draft') throw new DbError(request.result ? 'frozen' : 'gone');
      result = work(request.result, records, shots, bytes);
    });
    return () => result;
  }, ALL);

/**
 * When it returns, the photo is on disk and may be called saved.
 * @param {string} recordId of a draft
 * @param {{bytes: ArrayBuffer, id?: string, thumb?: ArrayBuffer | null, capturedAt: number, phase?: Shot['phase'], source?: Shot['source'], kind?: Shot['kind']}} picture
 *   id: a new UUID, when it was burnt into the picture already; capturedAt: unix seconds
 * @returns {Promise<Shot>}
 * @throws {DbError} gone, frozen, full, empty, too-large, quota, storage
 */
export async function addShot(recordId, { bytes, id = crypto.randomUUID(), thumb = null, capturedAt, phase = '', source = 'camera', kind }) {
  const size = bytes?.byteLength ?? 0;
  if (!size || size > MAX_PHOTO_BYTES) throw new DbError(size ? 'too-large' : 'empty');
  const own = bytes.slice(0); // nobody can change what was hashed
  const digest = toHex(await sha256(new Uint8Array(own)));
  const shot = await onDraft(recordId, (record, records, shots, files) => {
    const { personId, photos } = record;
    if (photos.length >= MAX_PHOTOS && !photos.includes(id)) throw new DbError('full');
    /** @type {Shot} */
    const made = {
      ...{ id, recordId, personId, unsent: personId, sha256: digest, size, capturedAt: instant(capturedAt) },
      ...{ phase: PHASES.includes(phase) ? phase : '', source: source === 'camera' ? source : 'picked' },
      ...{ ...(kind && { kind }), thumb, state: 'ready', uploadUrl: null, offset: 0, receivedAt: null, ...FRESH },
    };
    files.put(own, id);
    shots.put(made);
    records.put({ ...record, photos: [...photos.filter((one) => one !== id), id], touchedAt: Date.now() });
    records.transaction.commit?.();
    return made;
  });
  tellPhoto(shot);
  return shot;
}

/**
 * @param {string} recordId of a draft @param {[string, string][]} pairs @param {string} [series] of another job, none: as it is
 * @returns {Promise<PhotoRecord>} @throws {DbError}
 */
export async function setBoard(recordId, pairs, series) {
  const board = boardFor(pairs);
  return onDraft(recordId, (record, records) => {
    const next = { ...record, board, series: series || record.series };
    records.put(next);
    return next;
  });
}

/** @param {string} id of a photo of a draft @returns {Promise<void>} @throws {DbError} gone, frozen */
export async function removeShot(id) {
  const shot = await getRow('shots', id);
  if (!shot) return;
  await onDraft(shot.recordId, (record, records, shots, bytes) => {
    records.put({ ...record, photos: record.photos.filter((one) => one !== id) });
    shots.delete(id);
    bytes.delete(id);
  });
  tellPhoto(shot, { state: 'removed' });
}

/**
 * What was signed becomes the record, unless the draft changed meanwhile.
 * @param {PhotoRecord} seen the draft that was signed @param {Partial<PhotoRecord>} patch
 * @returns {Promise<PhotoRecord | null>} null: sign again
 */
export const freeze = (seen, patch) =>
  onDraft(seen.id, (record, records) => {
    const content = ({ photos, board, series }) => JSON.stringify([photos, board, series]);
    if (content(record) !== content(seen)) return null;
    const next = { ...record, ...patch, state: 'ready' };
    records.put(next);
    return next;
  });

/** The board of a visit as it counts. @param {Visit} visit @returns {[string, string][]} */
export const boardNow = ({ board, corrections }) => corrections.at(-1)?.board ?? board;

/**
 * A finished visit stays as it was signed; what is wrong on its board is said anew by a record beside it.
 * @param {Visit} visit @param {[string, string][]} pairs
 * @returns {PhotoRecord | null} to be signed; null: the board is as it was @throws {DbError} board-too-large
 */
export function correctionOf(visit, pairs) {
  const board = boardFor(pairs);
  if (JSON.stringify(board) === JSON.stringify(boardNow(visit))) return null;
  const { id, personId, organisation, staffNumber, series, trip, stampSha256, place, practice } = visit;
  const now = Date.now();
  const capturedAt = Math.max(Math.floor(now / 1000), ...visit.corrections.map((one) => one.capturedAt + 1)); // the latest counts
  return {
    ...{ id: crypto.randomUUID(), personId, organisation, staffNumber, series, trip, stampSha256, place, practice },
    ...{ state: 'ready', replaces: id, correction: true, board, photos: [], capturedAt, touchedAt: now },
    ...{ signed: null, sha256: '', ticket: null, ...FRESH },
  };
}

/**
 * When it returns, the correction is on disk and waits to be sent.
 * @param {PhotoRecord} record signed @returns {Promise<PhotoRecord>} @throws {DbError} gone, quota, storage
 */
export const addCorrection = (record) =>
  run('readwrite', (records) => {
    const old = records.getKey(record.replaces);
    after(old, () => {
      if (old.result === undefined) throw new DbError('gone');
      records.put(record);
      records.transaction.commit?.();
    });
    return () => record;
  }, ['records']);

/** @param {'records' | 'shots' | 'bytes'} name @param {string} id @returns {Promise<any>} undefined when it is gone */
export const getRow = (name, id) =>
  run('readonly', (rows) => {
    const request = rows.get(id);
    return () => request.result;
  }, [name]);

/** The picture itself, until it was received; for a last-resort export. @param {string} id @returns {Promise<ArrayBuffer | undefined>} */
export const getBytes = (id) => getRow('bytes', id);

/**
 * @param {'records' | 'shots'} name @param {string} id @param {Partial<PhotoRecord> | Partial<Shot>} patch
 * @returns {Promise<any>} as it is stored now; null when it is gone
 */
export const patchRow = (name, id, patch) =>
  run('readwrite', (rows) => {
    let next = null;
    const request = rows.get(id);
    after(request, () => {
      next = request.result ? { ...request.result, ...patch } : null;
      if (next) rows.put(next);
    });
    return () => next;
  }, [name]);

/**
 * The one place where bytes leave the phone. Call it with a verified receipt only.
 * @param {string} id of a photo @param {Uint8Array} receipt @param {number} now unix ms @returns {Promise<Shot | null>}
 */
export const keepReceipt = (id, receipt, now) =>
  run('readwrite', (shots, bytes) => {
    let next = null;
    const request = shots.get(id);
    after(request, () => {
      if (!request.result) return;
      const { size } = request.result;
      next = { ...request.result, ...FRESH, state: 'received', unsent: null, uploadUrl: null, offset: size, receipt, receivedAt: now };
      shots.put(next);
      bytes.delete(id);
    });
    return () => next;
  }, ['shots', 'bytes']);

/**
 * @param {{personId?: string}} [of] default: everyone's
 * @returns {Promise<Visit[]>} newest first, corrections too; shots in their order, without bytes
 */
export const listRecords = ({ personId } = {}) =>
  run('readonly', (records, shots) => {
    const [visits, pictures] = [records, shots].map((store) => (personId === undefined ? store.getAll() : store.index('personId').getAll(personId)));
    return () => {
      const known = new Map(pictures.result.map((shot) => [shot.id, shot]));
      const full = visits.result.map((record) => {
        const mine = record.photos.map((id) => known.get(id)).filter(Boolean);
        const corrections = visits.result.filter(({ correction, replaces }) => correction && replaces === record.id);
        corrections.sort((a, b) => a.capturedAt - b.capturedAt || (a.id < b.id ? -1 : 1));
        return { ...record, shots: mine, corrections, sent: record.photos.length - mine.filter(({ unsent }) => unsent).length };
      });
      return full.sort((a, b) => b.touchedAt - a.touchedAt);
    };
  }, ['records', 'shots']);

/**
 * Give up photos that the server refused, because their person said so: bytes and all. What was received or
 * was taken up again meanwhile stays.
 * @param {string} recordId @param {string[]} ids @returns {Promise<number>} how many went
 */
export const discard = (recordId, ids) =>
  run('readwrite', (records, shots, bytes) => {
    let gone = 0;
    const [visit, every, mine] = [records.get(recordId), records.getAll(), shots.index('recordId').getAll(recordId)];
    after(mine, () => {
      if (!visit.result) return; // another tab was first
      const refused = ({ id, unsent, state }) => ids.includes(id) && unsent && (state === 'quarantined' || visit.result.state === 'quarantined');
      const lost = mine.result.filter(refused);
      gone = lost.length;
      for (const { id } of lost) [shots, bytes].forEach((store) => store.delete(id));
      const photos = visit.result.photos.filter((id) => !lost.some((one) => one.id === id));
      if (photos.length) records.put({ ...visit.result, photos });
      else for (const { id, correction, replaces } of every.result) if (id === recordId || (correction && replaces === recordId)) records.delete(id);
    });
    return () => gone;
  }, ALL);

/** Give up a correction that the server refused, because its person said so. @param {string} id @returns {Promise<void>} */
export const discardCorrection = (id) =>
  run('readwrite', (records) => {
    const row = records.get(id);
    after(row, () => row.result?.correction && row.result.state === 'quarantined' && records.delete(id));
    return () => undefined;
  }, ['records']);

/** Whether something of that age may go; a clock that was set back keeps it. @param {number} at @param {number} now @param {number} ms */
const past = (at, now, ms) => at <= now - ms;

/** A draft that nobody adds to any more, as far as this clock can tell. @param {PhotoRecord} record @param {number} now unix ms */
export const rests = ({ orphan, touchedAt }, now) => orphan || past(touchedAt, now, REST_MS) || touchedAt > now + HOUR_MS;

/**
 * Small pictures and finished visits go a day after the server has signed for them; those of a person
 * who logged out, at once; drafts without a photo when they rest. A visit stays while a correction of it is not
 * received, and a correction as long as its visit.
 * @param {number} now unix ms @returns {Promise<void>}
 */
export async function forget(now) {
  const all = await listRecords();
  const gone = ({ replaces }) => !all.some(({ id }) => id === replaces);
  for (const record of all) {
    if (record.correction) {
      if (record.state === 'received' && (record.orphan || gone(record))) await removeVisit(record);
      continue;
    }
    if (record.corrections.some(({ state }) => state !== 'received')) continue;
    const done = record.shots.filter(({ unsent, receivedAt }) => !unsent && (record.orphan || past(receivedAt, now, DAY_MS)));
    const empty = record.state === 'draft' ? !record.photos.length && rests(record, now) : true;
    if (empty && done.length === record.shots.length) await removeVisit(record);
    else for (const { id, thumb } of done) if (thumb) await patchRow('shots', id, { thumb: null });
  }
}

/** @param {PhotoRecord & {shots: Shot[]}} record of which nothing is unsent @returns {Promise<void>} */
const removeVisit = ({ id, shots: gone }) =>
  run('readwrite', (records, shots) => {
    const mine = shots.index('recordId').getAll(id);
    after(mine, () => {
      if (mine.result.some(({ unsent }) => unsent)) return; // a photo came in between
      records.delete(id);
      for (const shot of gone) shots.delete(shot.id);
    });
    return () => undefined;
  }, ['records', 'shots']);
