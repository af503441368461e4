/** The one way to the server: JSON (or raw bytes) in, JSON or problem+json out, never an exception, never for ever. */

const TIMEOUT_MS = 15_000;

/**
 * @typedef {object} Problem RFC 9457, as far as it is shown
 * @property {string} code kebab-case; "network" or "timeout" when there was no answer
 * @property {string} title
 * @property {string} detail
 *
 * @typedef {object} Answer
 * @property {boolean} ok 2xx with a JSON body (or an empty one)
 * @property {number} status 0 when there was no answer
 * @property {any} data parsed JSON of a 2xx, else null
 * @property {Problem | null} problem null when ok; code "" when the body was not a problem document
 * @property {number} retryAfter milliseconds asked for by the server, 0 when none
 * @property {Headers | null} headers null when there was no answer
 */

/** @param {Response} response @returns {number} milliseconds */
function retryAfter(response) {
  const value = response.headers?.get('Retry-After');
  if (!value) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Math.max(0, ms) || 0;
}

/** @param {string} code @param {Partial<Problem>} [from] @returns {Problem} */
const problem = (code, from) => ({ ...from, code, title: from?.title ?? '', detail: from?.detail ?? '' });

/** @param {string} text @returns {any} undefined when it is not JSON */
function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return undefined;
  }
}

/** @param {Response} response @returns {Promise<Answer>} */
async function read(response) {
  const body = parse(await response.text());
  const base = { status: response.status, retryAfter: retryAfter(response), headers: response.headers };
  if (response.ok && body !== undefined) return { ...base, ok: true, data: body, problem: null };
  const code = response.ok ? 'not-json' : body?.code ?? '';
  return { ...base, ok: false, data: null, problem: problem(code, response.ok ? undefined : body ?? undefined) };
}

/**
 * @param {string} method
 * @param {string} path same origin
 * @param {unknown} [body] sent as JSON; a Uint8Array as it is
 * @param {{fetch?: typeof fetch, timeoutMs?: number, headers?: Record<string, string>}} [options]
 * @returns {Promise<Answer>} redirects count as no answer: they are a captive portal or a login page
 */
export async function call(method, path, body, { fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS, headers: more } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  const headers = { Accept: 'application/json', ...more };
  const init = { method, headers, redirect: 'error', credentials: 'same-origin', signal: stop.signal };
  if (body instanceof Uint8Array) init.body = body;
  else if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  try {
    return await read(await fetch(path, init));
  } catch {
    const code = stop.signal.aborted ? 'timeout' : 'network';
    return { ok: false, status: 0, data: null, problem: problem(code), retryAfter: 0, headers: null };
  } finally {
    clearTimeout(timer);
  }
}
