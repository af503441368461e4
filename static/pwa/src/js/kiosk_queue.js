/**
 * Presses of the kitchen's buttons on their way to the server: stored before anything is sent, one by one,
 * until the server says that it has them. A press keeps an id of its own, so that one sent twice counts once.
 *
 * The phone's clock may be wrong, and be set right while a press waits: what is sent is how long ago it was,
 * by a clock that only runs forward, or where the page was opened anew, by the server's time at both ends.
 *
 * For an old phone: no syntax that is younger than the modules themselves.
 */

const HOUR_MS = 3600000;
const OLD_MS = 2 * HOUR_MS;
const TIMEOUT_MS = 15000;
const SURE_MS = 15000; // a press this young needs no second look at the clocks
const PAUSES_MS = [2000, 5000, 10000, 20000, 30000, 60000];
const TIME = '/health/live';

/**
 * @typedef {object} Stamp a moment by every clock there is
 * @property {number} at unix ms by the phone
 * @property {number} mono ms since the page was opened
 * @property {string} page which opening of the page
 * @property {number | null} off server's time less the phone's, when it was known
 *
 * @typedef {object} Press
 * @property {string} id @property {string} line @property {string} kind @property {number | null} people
 * @property {Stamp} stamp
 * @property {boolean} tried perhaps the server has it
 * @property {boolean} sent the server has it
 * @property {Stamp | null} undo when somebody wanted it back
 *
 * @typedef {object} State
 * @property {number} waiting @property {number} next unix ms of the next try, 0 when none is planned
 * @property {boolean} sending @property {'' | 'revoked' | 'signedout'} over
 * @property {boolean} unsaved something is in this page's memory only
 * @property {number} old @property {number} refused
 */

/** A random UUID (RFC 9562, version 4). @returns {string} */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A store like localStorage, that works where that one does not: then it lasts as long as the page. @param {Storage | null} storage */
export function keeper(storage) {
  const memory = new Map();
  const keys = () => {
    const found = [];
    try {
      for (let i = 0; storage && i < storage.length; i += 1) found.push(storage.key(i));
    } catch (error) {
      return [];
    }
    return found;
  };
  return {
    loses: (prefix) => Array.from(memory.keys()).some((key) => key.indexOf(prefix) === 0),
    keys: (prefix) => Array.from(new Set(keys().concat(Array.from(memory.keys())))).filter((key) => key.indexOf(prefix) === 0),
    get(key) {
      if (memory.has(key)) return memory.get(key);
      try {
        return storage ? JSON.parse(storage.getItem(key)) : null;
      } catch (error) {
        return null;
      }
    },
    set(key, value) {
      try {
        storage.setItem(key, JSON.stringify(value));
        memory.delete(key);
      } catch (error) {
        memory.set(key, value); // full, or not allowed
      }
    },
    remove(key) {
      memory.delete(key);
      try {
        storage.removeItem(key);
      } catch (error) {
        // it was never there
      }
    },
  };
}

/**
 * @param {object} world what the queue stands on
 * @param {string} world.canteen its presses wait under this name: a new link sends what an old one left
 * @param {string} world.api
 * @param {ReturnType<typeof keeper>} world.kept
 * @param {typeof fetch} world.fetch
 * @param {() => number} world.wall @param {() => number} world.mono
 * @param {{setTimeout: Function, clearTimeout: Function}} world.timers
 * @param {(state: State) => void} world.changed
 * @param {(press: Press) => void} [world.dropped]
 * @param {(states: Record<string, string>) => void} [world.lines] how each line is, by the server
 * @param {LockManager | null} [world.locks]
 */
export function presses({ canteen, api, kept, fetch, wall, mono, timers, changed, dropped, lines, locks }) {
  const page = newId();
  const prefix = `kiosk:${canteen}:`;
  const offset = kept.get('kiosk-off');
  /** @type {{off: number | null, asked: number}} */
  const server = { off: typeof offset === 'number' ? offset : null, asked: -Infinity };
  const told = { next: 0, sending: false, over: '', old: 0, refused: 0, turns: 0 };
  let timer = 0;
  let failed = 0;
  let again = false;

  const key = (id) => prefix + id;
  /** @returns {Stamp} */
  const now = () => ({ at: wall(), mono: mono(), page, off: server.off });
  /** @param {unknown} one @returns {boolean} */
  const sound = (one) => !!one && typeof one.id === 'string' && !!one.stamp;
  /** @returns {Press[]} the oldest first */
  const items = () => kept.keys(prefix).map(kept.get).filter(sound)
    .sort((a, b) => a.stamp.at - b.stamp.at || a.stamp.mono - b.stamp.mono);

  function state() {
    const { next, sending, over, old, refused } = told;
    return { waiting: items().length, next, sending, over, old, refused, unsaved: kept.loses(prefix) };
  }
  const tell = () => changed(state());

  /** Whether the two clocks of this phone can be believed without the server's. @param {Stamp} stamp */
  const sure = (stamp) => stamp.page === page && Math.max(mono() - stamp.mono, Math.abs(wall() - stamp.at)) < SURE_MS;
  /** Whether the server has told its time just now. */
  const fresh = () => server.off !== null && mono() - server.asked < SURE_MS;

  /** How long ago that was; what the running clock says is the least. @param {Stamp} stamp @returns {number} ms */
  function elapsed(stamp) {
    const running = stamp.page === page ? mono() - stamp.mono : 0;
    let found = stamp.page === page ? running : wall() - stamp.at;
    if (!sure(stamp) && fresh() && stamp.off !== null) found = wall() + server.off - (stamp.at + stamp.off);
    return Math.round(Math.max(0, running, found));
  }

  /** @param {Response} answer */
  function note(answer) {
    const time = Date.parse(answer.headers.get('Date') || '');
    if (!time) return;
    server.off = time - wall();
    server.asked = mono();
    kept.set('kiosk-off', server.off);
  }

  /** @returns {Promise<{status: number, data: any, wait: number}>} status 0 when nobody of us answered: no network, a portal, a proxy */
  async function ask(method, path, body) {
    const stop = new AbortController();
    const slow = timers.setTimeout(() => stop.abort(), TIMEOUT_MS);
    const init = { method, credentials: 'same-origin', redirect: 'error', cache: 'no-store', signal: stop.signal };
    if (body) Object.assign(init, { headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(body) });
    try {
      const answer = await fetch(path, init);
      const wait = Number(answer.headers.get('Retry-After')) * 1000 || 0;
      const words = await answer.text();
      const data = method === 'GET' ? { known: words.trim() === 'ok' || null } : JSON.parse(words);
      const ours = answer.ok ? data.undone === true || typeof data.known === 'boolean' : typeof data.code === 'string';
      if (ours) note(answer);
      return ours ? { status: answer.status, data, wait } : { status: 0, data: null, wait };
    } catch (error) {
      return { status: 0, data: null, wait: 0 };
    } finally {
      timers.clearTimeout(slow);
    }
  }

  /** @param {Press} press @param {'old' | 'refused'} why */
  function drop(press, why) {
    kept.remove(key(press.id));
    told[why] += 1;
    if (dropped) dropped(press);
  }

  /** @param {Press} press @returns {Promise<{status: number, data: any, wait: number}>} */
  function post(press) {
    if (press.sent) return ask('POST', `${api}/${press.id}/undo`, { ago_ms: elapsed(press.undo) });
    const { id, line, kind, people } = press;
    const said = { id, line_id: line, kind, ago_ms: elapsed(press.stamp) };
    return ask('POST', api, people === null ? said : Object.assign(said, { people }));
  }

  /** What is left to do with a press after an answer. @returns {boolean} whether the next one may follow */
  function settle({ id, sent }, { status, data, wait }) {
    const press = kept.get(key(id));
    const gone = status === 410 || status === 401 || status === 403;
    if (gone) {
      told.over = status === 410 ? 'revoked' : 'signedout';
      return false;
    }
    const later = status === 0 || status === 408 || status === 429 || status >= 500;
    if (later) {
      plan(Math.max(wait, PAUSES_MS[Math.min(failed, PAUSES_MS.length - 1)]));
      failed += 1;
      return false;
    }
    failed = 0;
    if (!press) return true; // another page of this phone was faster
    const ok = status < 300;
    if (ok && data.states && lines) lines(data.states);
    if (sent) kept.remove(key(id)); // undone, or too late for that, or nothing is there to undo
    else if (!ok) drop(press, data.code === 'canteen-tap-too-old' ? 'old' : 'refused');
    else if (press.undo) kept.set(key(id), Object.assign(press, { sent: true }));
    else kept.remove(key(id));
    return true;
  }

  /** @param {Press} press @returns {Promise<boolean>} whether the next one may follow */
  async function send(press) {
    if (!sure(press.sent ? press.undo : press.stamp) && !fresh()) {
      const { status, wait } = await ask('GET', TIME);
      if (status !== 200) return settle(press, { status: 0, data: null, wait });
    }
    if (!press.sent && !press.tried && elapsed(press.stamp) > OLD_MS) {
      drop(press, 'old');
      return true;
    }
    const current = kept.get(key(press.id)); // it may have been undone meanwhile
    if (!current) return true;
    if (!current.sent) kept.set(key(press.id), Object.assign(current, { tried: true }));
    return settle(current, await post(current));
  }

  function plan(ms) {
    timers.clearTimeout(timer);
    told.next = wall() + ms;
    timer = timers.setTimeout(drain, ms);
  }

  async function all() {
    told.sending = true;
    tell();
    for (;;) {
      const [press] = items();
      if (!press || told.over || !(await send(press))) break;
      tell();
    }
    told.sending = false;
  }

  /** Send what waits, now; never twice at once on this phone. */
  async function drain() {
    if (told.over) return;
    again = true;
    if (told.turns) return;
    told.turns = 1;
    timers.clearTimeout(timer);
    while (again && !told.over) {
      again = false;
      told.next = 0;
      if (!locks) await all();
      else await locks.request(prefix, { ifAvailable: true }, (lock) => (lock ? all() : plan(PAUSES_MS[1])));
      if (told.next) break; // nobody answers: not again before that
    }
    told.turns = 0;
    tell();
  }

  /** @param {string} line @param {string} kind @param {number | null} people @returns {Press} it is stored */
  function press(line, kind, people) {
    const one = { id: newId(), line, kind, people, stamp: now(), tried: false, sent: false, undo: null };
    kept.set(key(one.id), one);
    Object.assign(told, { old: 0, refused: 0 });
    drain();
    return one;
  }

  /** Take a press back: one that never left is gone, another one is called back. @param {{id: string, line: string, stamp: Stamp}} one */
  function undo(one) {
    const waiting = kept.get(key(one.id));
    if (waiting && !waiting.tried) kept.remove(key(one.id));
    else {
      const { id, line, stamp } = one;
      const known = waiting || { id, line, stamp, kind: '', people: null, tried: true, sent: true };
      kept.set(key(id), Object.assign({}, known, { undo: now() }));
    }
    drain();
  }

  /** @param {string} id */
  const waits = (id) => kept.get(key(id)) !== null;
  /** @param {string} line @returns {string} the state that was pressed of it and is still on its way, "" for none */
  const wanted = (line) => items().filter((one) => one.line === line && one.kind && one.kind !== 'mark' && !one.undo).map(({ kind }) => kind).pop() || '';
  /** The link opens nothing any more. */
  function end() {
    told.over = 'revoked';
    tell();
  }
  return { press, undo, drain, state, waits, wanted, end, elapsed, off: () => server.off };
}
