/**
 * Sends what the phone has stored, from a page or from the service worker, until the server has
 * signed for it. Nothing is ever dropped: an item leaves only by a verified receipt; one that the
 * server refuses for good is set aside with its reason and the others go on. Neither
 * `navigator.onLine` nor the `online` event is trusted: an own timer always stands for the next try.
 */
import { call } from './api.js';
import { fromB64u, toB64u } from './base32.js';
import * as store from './db.js';
import { verifyReceipt } from './token.js';

/** @typedef {import('./db.js').Item} Item */
/** @typedef {{code: string, title: string, detail: string}} Reason */

const FIRST_MS = 2000;
const LONGEST_MS = 300_000;
const HOUR_MS = 3_600_000; // a next try further away than this comes from a clock that was set back
const LOOK_MS = 60_000; // the timer looks at the clock at least this often
const BUSY_MS = 1000; // another context is sending: look again, it may have missed a new item
const PATIENT = 5; // tries before "unknown" is believed
const WAIT_STATUS = [401, 403, 407, 408, 425, 429];

/**
 * How long to wait after the n-th failure in a row. While the app is in front and there is simply
 * no network, tries stay 8 s apart for the first two minutes: coming out of a tunnel should not
 * take five minutes to be noticed.
 * @param {number} tries from 1 @param {{network?: boolean, visible?: boolean, random?: () => number}} [when]
 * @returns {number} milliseconds, jittered by a fifth
 */
export function backOff(tries, { network = false, visible = false, random = Math.random } = {}) {
  const step = network && visible ? Math.max(Math.min(tries, 3), tries - 12) : tries;
  const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(step - 1, 20));
  return Math.round(Math.min(LONGEST_MS, base * (0.8 + 0.4 * random())));
}

/**
 * News of one name, heard in every page and worker, the teller's own included.
 * @template {object} T
 * @param {string} name
 * @returns {{tell: (event: T) => void, listen: (listener: (event: T) => void) => () => void}} listen: what it returns ends it
 */
export function news(name) {
  let mouth;
  const tell = (event) => {
    mouth ??= globalThis.BroadcastChannel && new BroadcastChannel(name);
    mouth?.unref?.();
    mouth?.postMessage(event);
  };
  const listen = (listener) => {
    if (!globalThis.BroadcastChannel) return () => {};
    const ear = new BroadcastChannel(name);
    ear.onmessage = ({ data }) => listener(data);
    ear.unref?.();
    return () => ear.close();
  };
  return { tell, listen };
}

/** Each new state of an item; the listener is told from whatever page or worker. */
const { tell: announce, listen: onChange } = news('queue');
export { onChange };

/** A new item was stored: tell every context, so that one of them sends. @param {Item} item */
export const tell = ({ id, state, personId }) => announce({ id, state, personId, fresh: true });

/** Order of sending: what the server last choked on goes last; else by device and sequence, a stamp before its void. */
const byTurn = (a, b) =>
  choked(a) - choked(b) || a.kid.localeCompare(b.kid) || a.seq - b.seq || a.type.localeCompare(b.type);
const choked = ({ lastError }) => Number(lastError?.code.startsWith('http-') || lastError?.code === 'bad-receipt');

const waits = ({ state }) => state === 'ready' || state === 'sending';
/** @param {number} at unix ms @param {number} now unix ms */
export const isDue = (at, now) => at <= now || at > now + HOUR_MS;

/** `sent_at` lets the server see whether this clock is right, however late. @param {Item} item @param {number} now unix ms */
const request = ({ type, token, cose }, now) => {
  const cose_sign1 = toB64u(cose);
  if (type === 'void') return ['/api/voids', { cose_sign1 }];
  return ['/api/stamps', { token: toB64u(token), cose_sign1, sent_at: Math.floor(now / 1000) }];
};

/** A server that is being restored, or a race, may not know the key or the stamp yet. @param {Item} item @param {string} code */
const mayPass = ({ type, tries }, code) => tries < PATIENT && code === (type === 'void' ? 'not-found' : 'unknown-key');

/**
 * What an answer that is not 2xx means: refused for good, or the way is blocked for all.
 * @param {import('./api.js').Answer} answer
 * @returns {{final: boolean, error: Reason}}
 */
export function refusal({ status, problem: { code, title, detail } }) {
  const final = status >= 400 && status < 500 && code !== '' && !WAIT_STATUS.includes(status);
  const named = final || !status || code === 'not-json' ? code : `http-${status}`;
  return { final, error: { code: named, title, detail } };
}

/**
 * What an answer means. `stop`: the way is blocked, so the others wait too. `later`: this item only.
 * @param {Item} item @param {import('./api.js').Answer} answer @param {object[]} pins receipt keys
 * @returns {Promise<{end: 'received', receipt: Uint8Array, server: object | null} |
 *   {end: 'quarantined' | 'later' | 'stop', error: Reason}>}
 */
async function judge(item, answer, pins) {
  const { ok, data, problem } = answer;
  if (!ok) {
    const { final, error } = refusal(answer);
    if (!final) return { end: 'stop', error };
    return { end: mayPass(item, problem.code) ? 'later' : 'quarantined', error };
  }
  if (!data?.receipt) return { end: 'stop', error: { code: 'not-json', title: '', detail: '' } };
  try {
    const receipt = fromB64u(data.receipt);
    await verifyReceipt(receipt, pins, item.sha256);
    return { end: 'received', receipt, server: data.stamp ?? null };
  } catch (error) {
    return { end: 'later', error: { code: 'bad-receipt', title: '', detail: error.message } };
  }
}

/** One holder of the queue's lock and what it works with. */
class Run {
  constructor({ now, fetch, db, random, force }) {
    Object.assign(this, { now, fetch, db, random, force });
    this.seen = new Set();
    this.result = { sent: 0, quarantined: 0, stopped: null, busy: false };
  }

  /** @param {Item} item @param {Partial<Item>} patch @returns {Promise<Item | null>} as it is stored now */
  async mark(item, patch) {
    const stored = await this.db.patchItem(item.id, patch);
    announce({ id: item.id, state: patch.state, personId: item.personId });
    return stored;
  }

  async all() {
    this.hold = (await this.db.get('queue')) ?? { tries: 0, until: 0 };
    const eager = this.force && !this.hold.asked;
    if (!eager && !isDue(this.hold.until, this.now())) return { ...this.result, stopped: 'held' };
    if (this.force) this.hold = { ...this.hold, tries: 0 };
    this.pins = Object.values((await this.db.get('receipt-keys')) ?? {});
    while (await this.pass());
    return this.result;
  }

  /** @returns {Promise<boolean>} whether another look is worth while */
  async pass() {
    let moved = false;
    const due = (item) => waits(item) && !this.seen.has(item.id) && (this.force || isDue(item.nextAt, this.now()));
    for (const item of (await this.db.listUnsent()).filter(due).sort(byTurn)) {
      if (item.type === 'void' && !(await this.mayVoid(item))) continue;
      this.seen.add(item.id);
      moved = true;
      await this.send(item);
      if (this.result.stopped) return false;
    }
    return moved;
  }

  /** A void goes after its stamp. @param {Item} item @returns {Promise<boolean>} */
  async mayVoid(item) {
    const stamp = await this.db.getItem(item.stampId);
    if (stamp?.state === 'quarantined') {
      const lastError = { code: 'stamp-quarantined', title: '', detail: '' };
      await this.mark(item, { state: 'quarantined', lastError });
    }
    return !stamp || stamp.state === 'received';
  }

  /** @param {Item} item */
  async send(item) {
    await this.mark(item, { state: 'sending' });
    const [path, body] = request(item, this.now());
    const answer = await call('POST', path, body, { fetch: this.fetch });
    const verdict = await judge(item, answer, this.pins);
    if (verdict.end === 'received') return this.received(item, verdict);
    if (verdict.end === 'quarantined') {
      this.result.quarantined += 1;
      return this.mark(item, { state: 'quarantined', lastError: verdict.error });
    }
    return this.failed(item, verdict, answer.retryAfter);
  }

  /** @param {Item} item */
  async received(item, { receipt, server }) {
    this.result.sent += 1;
    if (this.hold.until) await this.setHold({ tries: 0, until: 0 });
    const stored = await this.mark(item, { state: 'received', receipt, server, cose: null, lastError: null, nextAt: 0 });
    if (stored?.orphan) await this.db.removeItem(item.id);
  }

  /** @param {Item} item */
  async failed(item, { end, error }, retryAfter) {
    const tries = item.tries + 1;
    const { now, random } = this;
    const visible = globalThis.document?.visibilityState === 'visible';
    const network = ['network', 'timeout'].includes(error.code);
    let nextAt = now() + backOff(tries, { random });
    if (end === 'stop') {
      const held = this.hold.tries + 1;
      const wait = Math.max(backOff(held, { network, visible, random }), Math.min(retryAfter, HOUR_MS / 2));
      nextAt = now() + wait;
      await this.setHold({ tries: held, until: nextAt, asked: retryAfter > 0, offline: network });
      this.result.stopped = error.code;
    }
    return this.mark(item, { state: 'ready', tries, nextAt, lastError: error });
  }

  /** @param {{tries: number, until: number, asked?: boolean, offline?: boolean}} hold asked: by the server; offline: not reached */
  setHold(hold) {
    this.hold = hold;
    return this.db.set('queue', hold);
  }
}

const held = new Set();
/**
 * In at most one context at a time; the others do not wait but are told so.
 * @template T
 * @param {string} name of the Web Lock @param {(mine: boolean) => Promise<T>} work @returns {Promise<T>}
 */
export async function alone(name, work) {
  const locks = globalThis.navigator?.locks;
  if (locks) return locks.request(name, { ifAvailable: true }, (lock) => work(lock !== null));
  if (held.has(name)) return work(false);
  held.add(name);
  return work(true).finally(() => held.delete(name));
}

/**
 * Send everything that is due, one at a time; at most one context does so.
 * @param {{now?: () => number, fetch?: typeof fetch, db?: typeof store, random?: () => number,
 *   force?: boolean}} [with_]
 *   force: do not wait for the back-off (the app was opened, a stamp was made); a wait the server asked for stands
 * @returns {Promise<{sent: number, quarantined: number, stopped: string | null, busy: boolean}>}
 */
export const drain = (with_ = {}) =>
  alone('queue', (mine) => {
    const parts = { now: Date.now, fetch: globalThis.fetch, db: store, random: Math.random, force: false };
    const run = new Run({ ...parts, ...with_ });
    return mine ? run.all() : Promise.resolve({ ...run.result, busy: true });
  });

/**
 * @param {{personId?: string, db?: typeof store}} [of] default: everyone's
 * @returns {Promise<{waiting: number, sending: number, quarantined: number, oldest: number | null,
 *   nextAt: number | null}>} oldest: unix seconds; nextAt: unix ms of the next own try, null when nothing waits
 */
export async function summary({ personId, db = store } = {}) {
  const [items, hold] = await Promise.all([db.listUnsent(), db.get('queue')]);
  const mine = items.filter((item) => personId === undefined || item.personId === personId);
  const waiting = mine.filter(waits);
  const unsent = new Set(items.filter((item) => item.type === 'stamp').map(({ id }) => id));
  const until = hold?.until ?? 0;
  const times = waiting.filter((item) => !unsent.has(item.stampId)).map(({ nextAt }) => Math.max(nextAt, until));
  return {
    waiting: waiting.length,
    sending: mine.filter(({ state }) => state === 'sending').length,
    quarantined: mine.length - waiting.length,
    oldest: waiting.length ? Math.min(...waiting.map(({ capturedAt }) => capturedAt)) : null,
    nextAt: times.length ? Math.min(...times) : null,
  };
}

/** @param {Item} item that waits @returns {Promise<number>} unix ms of its next own try; past: at once */
export const nextTry = async ({ nextAt }, { db = store } = {}) => Math.max(nextAt, (await db.get('queue'))?.until ?? 0);

/** Take a refused item (and its void) up again, or a waiting one at once. @param {string} id */
export async function retry(id, { db = store, ...rest } = {}) {
  for (const item of await db.listUnsent()) {
    if (item.id !== id && item.stampId !== id) continue;
    await db.patchItem(item.id, { state: 'ready', tries: 0, nextAt: 0, lastError: null });
  }
  await db.set('queue', undefined);
  return drain({ db, ...rest, force: true });
}

/** Ask the browser to wake the service worker later, where it can. A bonus, never a plan. */
const askSync = () =>
  globalThis.navigator?.serviceWorker?.ready.then(({ sync }) => sync?.register('queue')).catch(() => {});

/**
 * Keep sending for as long as this page lives: on load, when it comes to the front, on `online`,
 * when something is stored in any context, and by an own timer.
 * @param {{drain: (options: {force: boolean}) => Promise<{busy: boolean}>, onChange: typeof onChange,
 *   summary: () => Promise<{nextAt: number | null}>, now?: () => number}} queue
 * @returns {() => void} ends it
 */
export function keepSending({ drain: send, summary: look, onChange: hear, now = Date.now }) {
  let timer;
  let ended = false;
  const later = (ms) => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(go, Math.min(Math.max(ms, 50), LOOK_MS), false);
  };
  const go = async (force) => {
    clearTimeout(timer);
    try {
      const result = await send({ force });
      const { nextAt } = await look();
      if (result.busy) later(BUSY_MS);
      else if (nextAt !== null) later(nextAt - now());
      if (nextAt !== null) askSync();
    } catch {
      later(BUSY_MS * 10); // the store failed: the items are still in it
    }
  };
  const eager = () => void go(true);
  const shown = () => document.visibilityState === 'visible' && eager();
  const deaf = hear(({ fresh }) => fresh && !ended && go(true));
  globalThis.addEventListener?.('online', eager);
  globalThis.document?.addEventListener('visibilitychange', shown);
  eager();
  return () => {
    ended = true;
    clearTimeout(timer);
    deaf();
    globalThis.removeEventListener?.('online', eager);
    globalThis.document?.removeEventListener('visibilitychange', shown);
  };
}

/** Keep sending stamps and voids. @param {Parameters<typeof drain>[0]} [options] @returns {() => void} ends it */
export const start = (options = {}) =>
  keepSending({ drain: (how) => drain({ ...options, ...how }), summary: () => summary(options), onChange, now: options.now });
