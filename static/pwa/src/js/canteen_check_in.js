/**
 * "I joined the line", "I was served": kept on the phone until the server has it, sent later with how long ago it was, and
 * taken back with one press. Its id is made here and known here only, so that nobody can tell who it was.
 */
import { call } from './api.js';

const KEY = 'canteen-check-in';
/** Longer ago than this it says nothing any more: it is forgotten. */
export const LAST_MS = 2 * 3_600_000;
/** How long the thanks stand. */
const THANKS_MS = 60_000;
/** A server that answers but does not take it is left alone for so long. */
const BUSY_MS = 15_000;

/**
 * @typedef {object} CheckIn
 * @property {string} id
 * @property {string} line
 * @property {number} joined unix ms by this phone's clock
 * @property {number | null} served
 * @property {boolean} undone
 * @property {('join' | 'serve')[]} told what the server has
 * @property {boolean} tried whether the server may have it without our knowing
 */

/** @returns {CheckIn | null} */
function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {CheckIn | null} one */
function write(one) {
  try {
    if (one) localStorage.setItem(KEY, JSON.stringify(one));
    else localStorage.removeItem(KEY);
  } catch {
    // storage is off: it is forgotten with the page
  }
}

/** The phone is another person's now, or nobody's. */
export const forgetCheckIn = () => write(null);

/**
 * @param {object} world
 * @param {() => void} world.changed it is to be drawn anew
 * @param {(code: string, words: string) => void} world.refused the server will not have it, and why
 * @param {typeof call} [world.send] @param {() => number} [world.now] @param {() => string} [world.newId]
 */
export function checkIns({ changed, refused, send = call, now = Date.now, newId = () => crypto.randomUUID() }) {
  let one = read();
  let sending = null;
  let notBefore = 0;

  /** @param {CheckIn | null} next */
  function set(next) {
    one = next;
    write(next);
    changed();
  }

  function expire() {
    if (!one) return;
    const over = one.served ? now() - one.served > THANKS_MS && one.told.includes('serve') : false;
    if (over || now() - one.joined > LAST_MS) set(null);
  }

  /** @returns {[string, string, any, 'join' | 'serve' | 'undo'] | null} the next thing to send */
  function next() {
    if (!one) return null;
    const { id, line, joined, served, undone, told } = one;
    if (undone) return ['DELETE', `/api/canteen/check-ins/${id}`, undefined, 'undo'];
    if (!told.includes('join')) return ['POST', '/api/canteen/check-ins', { id, line_id: line, ago_ms: Math.max(0, now() - joined) }, 'join'];
    if (served && !told.includes('serve')) return ['POST', `/api/canteen/check-ins/${id}/served`, { ago_ms: Math.max(0, now() - served) }, 'serve'];
    return null;
  }

  /** One check-in a meal: who joins again is told of the first, which may be served already. @param {any} found @returns {CheckIn} */
  function adopted(found) {
    const told = [...one.told, 'join'];
    if (!found || found.id === one.id) return { ...one, told };
    return found.served_ms ? { ...one, id: found.id, served: one.served ?? now(), told: [...told, 'serve'] } : { ...one, id: found.id, told };
  }

  /** @param {import('./api.js').Answer} answer @param {'join' | 'serve' | 'undo'} step @returns {boolean} whether to go on */
  function settle({ ok, status, problem, data, retryAfter }, step) {
    if (!ok && (status === 0 || status === 401 || status === 429 || status >= 500)) {
      if (status) notBefore = now() + Math.max(retryAfter ?? 0, BUSY_MS);
      return false; // later
    }
    if (step === 'undo') set(null);
    else if (ok) set(step === 'join' ? adopted(data?.check_in) : { ...one, told: [...one.told, step] });
    else {
      set(null);
      refused(problem.code, problem.detail || problem.title);
    }
    return true;
  }

  async function drain() {
    expire();
    for (let order = next(); order; order = next()) {
      const [method, path, body, step] = order;
      const { id } = one;
      if (step !== 'undo' && !one.tried) write((one = { ...one, tried: true }));
      const answer = await send(method, path, body);
      if (one?.id !== id) return; // it was taken back meanwhile, and another begun
      if (one.undone && step !== 'undo') continue;
      if (!settle(answer, step)) return;
    }
  }

  /** Send what waits; one at a time. @returns {Promise<void>} */
  const pump = () => (sending ??= drain().finally(() => (sending = null)));

  return {
    /** What waits, unless the server asked to be left alone. */
    async again() {
      if (now() >= notBefore) await pump();
    },
    /** @returns {CheckIn | null} as it is shown */
    current() {
      expire();
      return one?.undone ? null : one;
    },
    /** @returns {boolean} whether something of it has not reached the server */
    waiting: () => next() !== null,
    /** @param {string} line */
    join(line) {
      set({ id: newId(), line, joined: now(), served: null, undone: false, told: [], tried: false });
      return pump();
    },
    serve() {
      if (!one || one.served) return undefined;
      set({ ...one, served: now() });
      return pump();
    },
    undo() {
      if (!one) return undefined;
      set(one.tried ? { ...one, undone: true } : null);
      return pump();
    },
  };
}
