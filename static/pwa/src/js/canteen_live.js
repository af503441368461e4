/**
 * The live document of a canteen: asked for with the tag of what is known, every two to three seconds while the page is
 * looked at, not at all while it is hidden. While nobody answers it asks more and more rarely, and each page at another
 * moment, so that thousands of them do not meet a server that has just come back all at once.
 */
const PERIOD_MS = 2500;
const SHORTEST_MS = 1000;
const SLOWEST_MS = 15_000;
const TIMEOUT_MS = 10_000;
const DATES = 10;
const OVER = [401, 410];
const BUSY = [404, 429, 503]; // 404: nothing was told of this canteen yet

/**
 * When to ask again. Of a period of 2.5 s it is 2.0 to 2.9 s; after a first failure 1 to 5 s, after a second 2.5 to 5 s, then
 * twice as long each time: who meets a server that restarts is back within ten seconds.
 * @param {number} period ms @param {number} failed times in a row @param {() => number} [random]
 */
export function pauseOf(period, failed, random = Math.random) {
  if (!failed || period >= SLOWEST_MS) return period * (0.8 + random() * 0.36);
  if (failed === 1) return period * (0.4 + random() * 1.6);
  return Math.min(SLOWEST_MS, period * 2 ** (failed - 1)) * (0.5 + random() * 0.5);
}

/**
 * By how much the server's clock is before ours, from the dates of its answers. A date has lost its parts of a second and
 * the way here, so the largest difference of the last ones is nearest to the truth.
 */
export function serverClock() {
  const found = [];
  return {
    /** @param {string | null} date of an answer @param {number} at when it came @returns {number} ms */
    hear(date, at) {
      const told = Date.parse(date ?? '');
      if (!Number.isNaN(told)) found.push(told - at);
      if (found.length > DATES) found.shift();
      return found.length ? Math.max(...found) : 0;
    },
  };
}

/** @param {Response} answer @returns {number} ms */
const askedToWait = (answer) => Number(answer.headers.get('Retry-After')) * 1000 || 0;

/**
 * @param {string} address
 * @param {object} told
 * @param {(document: any | null, heard: {at: number, offset: number}) => void} told.heard the server answered: a new document,
 *   or null when the last one still holds; `at` by our clock, `offset` to the server's
 * @param {(status: number) => void} told.over 401, 410: this address opens nothing any more
 * @param {(status: number) => void} [told.failed] no document came; 0 without an answer, 404 when there is none yet
 * @param {{fetch?: typeof fetch, now?: () => number, random?: () => number, page?: Document}} [world]
 * @returns {{stop: () => void, again: () => void}}
 */
export function follow(address, told, { fetch = (...all) => globalThis.fetch(...all), now = Date.now, random = Math.random, page = document } = {}) {
  const dates = serverClock();
  let tag = '';
  let period = PERIOD_MS;
  let failed = 0;
  let timer;
  let asking = null;
  let stopped = false;

  const end = () => {
    stopped = true;
    clearTimeout(timer);
    asking?.abort();
    page.removeEventListener('visibilitychange', seen);
  };

  /** @param {Response} answer @returns {Promise<any>} */
  async function read(answer) {
    if (!answer.ok) throw new Error(String(answer.status));
    const document = await answer.json();
    if (document.v !== 1) throw new Error('another version');
    tag = answer.headers.get('ETag') ?? '';
    period = Math.max(SHORTEST_MS, document.period_ms ?? PERIOD_MS);
    return document;
  }

  /** @returns {Promise<{over?: number, wait?: number, status?: number, fresh?: any, heard?: {at: number, offset: number}}>} */
  async function ask(signal) {
    const headers = { Accept: 'application/json', ...(tag ? { 'If-None-Match': tag } : {}) };
    const answer = await fetch(address, { headers, signal, cache: 'no-store', redirect: 'error' });
    if (OVER.includes(answer.status)) return { over: answer.status };
    if (BUSY.includes(answer.status)) return { wait: askedToWait(answer), status: answer.status };
    const fresh = answer.status === 304 ? null : await read(answer);
    return { fresh, heard: { at: now(), offset: dates.hear(answer.headers.get('Date'), now()) } };
  }

  /** @param {Awaited<ReturnType<typeof ask>>} found */
  function take({ over, status = 0, fresh, heard }) {
    failed = heard ? 0 : failed + 1;
    if (over) end();
    if (over) told.over(over);
    else if (heard) told.heard(fresh, heard);
    else told.failed?.(status);
  }

  async function turn() {
    clearTimeout(timer);
    asking?.abort();
    const own = (asking = new AbortController());
    const late = setTimeout(() => own.abort(), TIMEOUT_MS);
    const found = await ask(own.signal).catch(() => ({}));
    clearTimeout(late);
    if (asking !== own || stopped) return; // another turn, or the end, has begun meanwhile
    asking = null;
    take(own.signal.aborted ? {} : found);
    if (!page.hidden && !stopped) timer = setTimeout(turn, Math.max(found.wait ?? 0, pauseOf(period, failed, random)));
  }

  function seen() {
    clearTimeout(timer);
    if (page.hidden) {
      asking?.abort();
      asking = null;
    } else turn();
  }

  page.addEventListener('visibilitychange', seen);
  if (!page.hidden) turn();
  return { stop: end, again: turn };
}
