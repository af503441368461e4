/**
 * A client for tus 1.0 (creation, checksum), small enough for page and service worker. The server's
 * word is the only truth about how much has arrived; nothing is remembered here but the size of a
 * piece and whether something on the way lets PATCH through.
 */
import { call } from './api.js';

const SMALLEST = 256 * 1024;
const LARGEST = 1024 * 1024; // the server takes no larger piece
const FAST_MS = 1500;
const SLOW_MS = 8000;
const PIECE_TIMEOUT_MS = 60_000;
const TRIES = 4; // failures in a row, then the queue waits
const BLOCKED = [403, 405, 501]; // what proxies answer to a method that they do not know

/** @typedef {{size: number, most: number, override: boolean}} Memory changed as the network shows itself */
/** @typedef {import('./api.js').Answer} Answer */
/** @typedef {{ticket: string, memory: Memory, fetch?: typeof fetch, now?: () => number}} Way */

/** @returns {Memory} of a phone that has sent nothing yet */
export const freshMemory = () => ({ size: SMALLEST, most: LARGEST, override: false });

/** @param {number} size of the piece just sent @param {number} ms it took @param {boolean} ok @param {number} [most] @returns {number} of the next */
export function nextSize(size, ms, ok, most = LARGEST) {
  if (!ok || ms > SLOW_MS) return Math.max(SMALLEST, size / 2);
  return ms < FAST_MS ? Math.min(most, size * 2) : size;
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const checksum = async (part) => `sha256 ${base64(new Uint8Array(await crypto.subtle.digest('SHA-256', part)))}`;
const ours = ({ ok, problem }) => ok || Boolean(problem.code);

/** One request; a method that something on the way blocks goes as POST, from then on always. @returns {Promise<Answer>} */
async function ask(method, url, body, { ticket, memory, fetch }, headers = {}) {
  const all = { ...headers, 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${ticket}` };
  const go = (as, more) => call(as, url, body, { fetch, timeoutMs: PIECE_TIMEOUT_MS, headers: { ...all, ...more } });
  const disguised = () => go('POST', { 'X-HTTP-Method-Override': method });
  if (memory.override && method !== 'POST') return disguised();
  const answer = await go(method);
  if (method === 'POST' || ours(answer) || !BLOCKED.includes(answer.status)) return answer;
  const other = await disguised();
  memory.override = other.status > 0 && ours(other);
  return other;
}

/** It says 2xx and is none of this protocol: a portal. @param {Answer} answer @returns {Answer} */
const foreign = (answer) => ({ ...answer, ok: false, problem: { code: 'not-json', title: '', detail: '' } });

/** @param {Answer} answer @param {number} least @param {number} most @returns {Answer & {offset: number}} */
function withOffset(answer, least, most) {
  const offset = Number(answer.headers?.get('Upload-Offset') ?? NaN);
  return answer.ok && !(offset >= least && offset <= most) ? foreign(answer) : { ...answer, offset };
}

/**
 * Have the server expect a photo. Asking again gives the same address while the upload lives.
 * @param {string} url @param {string} photo id @param {number} size @param {Way} way
 * @returns {Promise<Answer & {url?: string}>} url: path of the upload
 */
export async function create(url, photo, size, way) {
  const headers = { 'Upload-Length': String(size), 'Upload-Metadata': `photo ${btoa(photo)}` };
  const answer = await ask('POST', url, undefined, way, headers);
  const place = answer.headers?.get('Location');
  if (!answer.ok) return answer;
  return place ? { ...answer, url: new URL(place, new URL(url, 'http://same')).pathname } : foreign(answer);
}

/** How much has arrived. @param {string} url @param {number} size @param {Way} way @returns {Promise<Answer & {offset: number}>} */
export const askOffset = async (url, size, way) => withOffset(await ask('HEAD', url, undefined, way), 0, size);

/** @returns {Promise<Answer & {offset: number}>} of one piece */
async function sendPiece(url, bytes, offset, way) {
  const { now = Date.now, memory } = way;
  const part = bytes.subarray(offset, offset + memory.size);
  const headers = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), 'Upload-Checksum': await checksum(part) };
  const began = now();
  const answer = withOffset(await ask('PATCH', url, part, way, headers), offset + 1, bytes.length);
  if (answer.status === 413) memory.most = Math.max(SMALLEST, memory.size / 2);
  if (![409, 423].includes(answer.status)) memory.size = nextSize(memory.size, now() - began, answer.ok, memory.most);
  return answer;
}

/**
 * Send what is missing from `offset` on, piece by piece.
 * @param {string} url @param {Uint8Array} bytes @param {number} offset as the server told it @param {Way} way
 * @param {(offset: number) => void} moved told after each piece
 * @returns {Promise<Answer | null>} null: all has arrived; else the answer that ends the attempt
 */
export async function sendFrom(url, bytes, offset, way, moved) {
  let failures = 0;
  let lost = 0; // pieces in a row without an answer, while the offset is told
  while (offset < bytes.length) {
    if (lost > 1) way.memory.override = true; // something swallows PATCH; POST serves as well
    const answer = await sendPiece(url, bytes, offset, way);
    if (answer.ok) {
      [failures, lost, offset] = [0, 0, answer.offset];
      moved(offset);
      continue;
    }
    if ((failures += 1) >= TRIES || ![0, 409, 413, 460].includes(answer.status)) return answer;
    if (answer.status === 413 || answer.status === 460) continue; // the same again, smaller where it can be
    const told = await askOffset(url, bytes.length, way);
    if (!told.ok) return told;
    lost = told.offset > offset ? 0 : lost + Number(answer.status === 0);
    offset = told.offset;
  }
  return null;
}
