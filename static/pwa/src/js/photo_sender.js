/**
 * One run over what waits: records first, so that the office sees how many photos to expect, then the
 * photos by tus, then a receipt for each. Bytes leave the phone only by a receipt that verifies; what
 * the server refuses for good is set aside with its reason and the others go on.
 */
import { call } from './api.js';
import { toB64u, toHex } from './base32.js';
import { get, set } from './db.js';
import { checkReceipt } from './photo_record.js';
import * as store from './photo_store.js';
import { backOff, isDue, refusal } from './queue.js';
import { sha256 } from './token.js';
import { askOffset, create, freshMemory, sendFrom } from './tus.js';

/** @typedef {import('./photo_store.js').PhotoRecord} PhotoRecord @typedef {import('./photo_store.js').Shot} Shot */
/** @typedef {import('./api.js').Answer} Answer @typedef {{name: 'records' | 'shots', row: any, record: PhotoRecord}} Task */

const API = '/api/photos';
const PATIENT = 5; // tries before a refusal that may pass is believed
const ROUNDS = 4; // attempts at one photo in one run, each after something was put right
const LONGEST_WAIT_MS = 1_800_000;
/** Refusals of an attempt, not of the photo or record. */
const PASSING = ['wrong-offset', 'checksum-mismatch', 'not-complete', 'hash-mismatch', 'unknown-key', 'replaces-unknown'];
/** An answer to HEAD has no body that names the problem. */
const NAMES = { 423: 'upload-busy', 460: 'checksum-mismatch' };

/** @param {{state: string}} row */
export const waits = ({ state }) => state === 'ready' || state === 'sending';
/**
 * Records to be posted; a correction only once the server has what it corrects.
 * @param {PhotoRecord[]} records all that there are @returns {PhotoRecord[]}
 */
export function postable(records) {
  const owed = new Set(records.filter(({ state }) => state !== 'received').map(({ id }) => id));
  return records.filter((record) => waits(record) && !(record.correction && owed.has(record.replaces)));
}
const choked = ({ lastError }) => Number(/^http-|^bad-receipt/.test(lastError?.code ?? ''));
/** @param {string} code @returns {Answer} as if the server had said so */
const verdict = (code, status = 422) => ({ ok: false, status, data: null, problem: { code, title: '', detail: '' }, retryAfter: 0, headers: null });

/** One holder of the queue's lock and what it works with. */
export class Run {
  /**
   * @param {{now: () => number, fetch: typeof fetch, random: () => number, force: boolean, held: () => Promise<boolean>}} parts
   *   held: whether photos wait for Wi-Fi
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.seen = new Set();
    this.result = { sent: 0, records: 0, quarantined: 0, stopped: null, busy: false };
  }

  async all() {
    this.hold = (await get('photo-queue')) ?? { tries: 0, until: 0 };
    const eager = this.force && !this.hold.asked;
    if (!eager && !isDue(this.hold.until, this.now())) return { ...this.result, stopped: 'held' };
    if (this.force) this.hold = { ...this.hold, tries: 0 };
    this.pins = Object.values((await get('receipt-keys')) ?? {});
    this.memory = { ...freshMemory(), override: (await get('photo-way')) === 'post' };
    while (await this.pass());
    return this.result;
  }

  /** What is to be done, what the server last choked on last, else records first. @returns {Promise<Task[]>} */
  async tasks() {
    const due = ({ id, nextAt }) => !this.seen.has(id) && (this.force || isDue(nextAt, this.now()));
    const records = (await store.listRecords()).sort((a, b) => a.touchedAt - b.touchedAt);
    const posts = postable(records).map((record) => ({ name: 'records', row: record, record }));
    const ready = records.filter(({ state }) => state === 'received');
    const sends = ready.flatMap((record) => record.shots.filter(waits).map((row) => ({ name: 'shots', row, record })));
    return [...posts, ...sends].filter(({ row }) => due(row)).sort((a, b) => choked(a.row) - choked(b.row));
  }

  /** @returns {Promise<boolean>} whether another look is worth while */
  async pass() {
    let moved = false;
    for (const { name, row, record } of await this.tasks()) {
      if (this.seen.has(row.id) || (name === 'shots' && (await this.held()))) continue;
      this.seen.add(row.id);
      moved = true;
      if (name === 'records') await this.post(row);
      else await this.photo(row, (await store.getRow('records', record.id)) ?? record);
      if (this.result.stopped) return false;
    }
    return moved;
  }

  /** @param {'records' | 'shots'} name @param {PhotoRecord | Shot} row @param {object} patch */
  async mark(name, row, patch) {
    const stored = await store.patchRow(name, row.id, patch);
    if (stored) store.tellPhoto(stored);
    return stored;
  }

  /** Post the record; done again it brings a new ticket. @param {PhotoRecord} record @returns {Promise<PhotoRecord | null>} null: not now */
  async post(record) {
    if (record.state !== 'received') await this.mark('records', record, { state: 'sending' });
    const answer = await call('POST', `${API}/records`, { cose_sign1: toB64u(record.signed) }, { fetch: this.fetch });
    const { ok, data } = answer;
    if (!ok) return this.failed('records', record, answer);
    if (!data?.receipt || !data.ticket) return this.failed('records', record, verdict('not-json', 200));
    const checked = await checkReceipt(data.receipt, this.pins, record.sha256, record.id).catch(() => null);
    if (!checked) return this.failed('records', record, verdict('bad-receipt'));
    if (record.state !== 'received') this.result.records += 1;
    await this.reached();
    const known = { state: 'received', receipt: checked.receipt, ticket: data.ticket, tries: 0, nextAt: 0, lastError: null };
    const stored = await this.mark('records', record, known);
    for (const { id, receipt } of data.photos ?? []) if (receipt) await this.accept(await store.getRow('shots', id), receipt);
    return stored;
  }

  /** @param {Shot} row @param {PhotoRecord} record */
  async photo(row, record) {
    this.offset = row.offset; // of this one, also when it fails before anything is asked
    const buffer = await store.getBytes(row.id);
    const bytes = buffer && new Uint8Array(buffer);
    if (!bytes || toHex(await sha256(bytes)) !== row.sha256) {
      return this.failed('shots', row, verdict(bytes ? 'damaged-here' : 'lost-here'));
    }
    let shot = await this.mark('shots', row, { state: 'sending' });
    let [left, answer] = [ROUNDS, null];
    while (shot?.unsent && record) {
      answer = await this.deliver(shot, bytes, record.ticket ?? '');
      if (answer.ok) return this.reached();
      left -= 1;
      record = left ? await this.mend(shot, record, answer) : null;
      shot = await store.getRow('shots', row.id);
    }
    if (!shot?.unsent) return undefined; // the record's answer brought the receipt
    const { state } = await store.getRow('records', row.recordId);
    if (this.result.stopped || state !== 'received') return this.mark('shots', shot, { state: 'ready' });
    return this.failed('shots', shot, answer);
  }

  /**
   * One attempt, from where the server says it stands to the receipt.
   * @param {Shot} shot @param {Uint8Array} bytes @param {string} ticket @returns {Promise<Answer>}
   */
  async deliver(shot, bytes, ticket) {
    const way = { ticket, memory: this.memory, fetch: this.fetch, now: this.now };
    let [url, offset] = [shot.uploadUrl, 0];
    this.offset = shot.offset;
    if (url) {
      const told = await askOffset(url, shot.size, way);
      if ([404, 410].includes(told.status)) {
        const done = await this.receipt(shot, ticket); // it may be stored, and only the answer was lost
        if (done.ok || done.status === 0) return done;
        url = null;
      } else if (!told.ok) return told;
      else offset = told.offset;
    }
    if (!url) {
      const made = await create(`${API}/uploads`, shot.id, shot.size, way);
      if (!made.ok) return refusal(made).final ? this.settled(shot, ticket, made) : made;
      url = made.url;
      await store.patchRow('shots', shot.id, { uploadUrl: url });
    }
    this.offset = offset;
    const ended = await sendFrom(url, bytes, offset, way, (to) => {
      this.offset = to;
      store.tellPhoto({ ...shot, state: 'sending' }, { offset: to });
    });
    await this.remember();
    return ended ?? this.receipt(shot, ticket);
  }

  /** No upload for it: perhaps it is stored already. @param {Shot} shot @param {string} ticket @param {Answer} refused */
  async settled(shot, ticket, refused) {
    const done = await this.receipt(shot, ticket);
    return done.ok ? done : refused;
  }

  /** @param {Shot} shot @param {string} ticket @returns {Promise<Answer>} ok: received and gone from the phone */
  async receipt(shot, ticket) {
    const headers = { Authorization: `Bearer ${ticket}` };
    const answer = await call('POST', `${API}/${shot.id}/receipt`, {}, { fetch: this.fetch, headers });
    if (!answer.ok) return answer;
    if (!answer.data?.receipt) return verdict('not-json', 200);
    return (await this.accept(shot, answer.data.receipt)) ? answer : verdict('bad-receipt');
  }

  /** @param {Shot | undefined} shot @param {string} text base64url @returns {Promise<boolean>} whether it counts */
  async accept(shot, text) {
    if (!shot?.unsent) return false;
    const checked = await checkReceipt(text, this.pins, shot.sha256, shot.id).catch(() => null);
    if (!checked) return false;
    const stored = await store.keepReceipt(shot.id, checked.receipt, this.now());
    this.result.sent += 1;
    this.seen.add(shot.id);
    if (stored) store.tellPhoto(stored);
    return true;
  }

  /**
   * What can be put right at once.
   * @param {Shot} shot @param {PhotoRecord} record @param {Answer} answer
   * @returns {Promise<PhotoRecord | null>} with a valid ticket; null: not now
   */
  async mend(shot, record, { status, problem: { code } }) {
    const unknown = status === 404 && !shot.uploadUrl; // the server was set back: it does not know the record
    if ((status === 401 && (code === 'bad-ticket' || !code)) || unknown) return this.post(record);
    if (code === 'not-complete') return record;
    if (code !== 'hash-mismatch' && status !== 404 && status !== 410) return null;
    await store.patchRow('shots', shot.id, { uploadUrl: null });
    return code === 'hash-mismatch' ? null : record; // the whole photo goes again: not at once
  }

  /** @param {'records' | 'shots'} name @param {any} row @param {Answer} answer @returns {Promise<null>} */
  async failed(name, row, answer) {
    const { problem, status } = answer;
    const code = ['unknown-key', 'replaces-unknown'].includes(problem.reason) ? problem.reason : problem.code || NAMES[status] || '';
    const { final, error } = refusal({ ...answer, problem: { ...problem, code } });
    const tries = row.tries + 1;
    const later = code === 'bad-receipt' || code === 'upload-busy' || (PASSING.includes(code) && tries <= PATIENT);
    const told = { tries, lastError: error, ...(name === 'shots' && { offset: this.offset }) };
    if (final && !later) {
      this.result.quarantined += 1;
      await this.mark(name, row, { ...told, state: 'quarantined' });
      return null;
    }
    const nextAt = later ? this.now() + backOff(tries, { random: this.random }) : await this.stop(error, answer.retryAfter);
    // a record that was received before, and only got no new ticket, stays received
    await this.mark(name, row, { ...told, state: row.state === 'received' ? row.state : 'ready', nextAt });
    return null;
  }

  /** The way is blocked: all wait. @returns {Promise<number>} until when, unix ms */
  async stop({ code }, retryAfter) {
    const held = this.hold.tries + 1;
    const offline = ['network', 'timeout'].includes(code);
    const visible = globalThis.document?.visibilityState === 'visible';
    const wait = Math.max(backOff(held, { network: offline, visible, random: this.random }), Math.min(retryAfter, LONGEST_WAIT_MS));
    this.result.stopped = code;
    this.hold = { tries: held, until: this.now() + wait, asked: retryAfter > 0, offline };
    await set('photo-queue', this.hold);
    return this.hold.until;
  }

  /** The server answered: the back-off starts anew. */
  async reached() {
    if (!this.hold.until) return;
    this.hold = { tries: 0, until: 0 };
    await set('photo-queue', this.hold);
  }

  /** A way that blocks PATCH blocks it tomorrow. */
  async remember() {
    if (!this.memory.override || (await get('photo-way')) === 'post') return;
    await set('photo-way', 'post');
  }
}
