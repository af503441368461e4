/**
 * What the phone keeps of the directory is made as the server has it now: somebody may have asked meanwhile not to
 * be shown. Any page does that when it reaches the server, at most every ten minutes; the list of favourites always.
 */
import { call } from './api.js';
import { read, renewed } from './directory_store.js';

const EVERY_MS = 600_000;

/**
 * @param {string} personId
 * @param {{fetch?: typeof fetch}} [options]
 * @returns {Promise<import('./directory_store.js').Kept | null>} as it is now, or null when the server gave no answer,
 *   or one for somebody else: another tab signed them in
 */
export async function renew(personId, { fetch } = {}) {
  const asked = await read(personId);
  const answer = await call('POST', '/api/directory/mine', { recent: asked.recent.map(({ uid }) => uid) }, { fetch });
  return answer.ok && answer.data.person === personId ? renewed(personId, answer.data, asked) : null;
}

/** @param {string} personId @param {{fetch?: typeof fetch, now?: number}} [options] */
export async function sometimes(personId, { fetch, now = Date.now() } = {}) {
  const { favourites, recent, at } = await read(personId);
  const due = favourites.length + recent.length > 0 && !(now - at < EVERY_MS && now >= at);
  return due ? renew(personId, { fetch }) : null;
}
