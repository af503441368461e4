/**
 * Signed links to pictures live fifteen minutes, a page stays open for longer: what fails to load, or is
 * opened late, gets a fresh link.
 */
import { call } from './api.js';

const LIVES_MS = 14 * 60_000; // one minute less than the link says

/** @param {string} id of a photo @param {'small' | 'large'} size @returns {Promise<string>} "" when there is none now */
async function fresh(id, size) {
  const { ok, data } = await call('POST', `/api/photos/${id}/link?size=${size}`);
  return ok && typeof data?.url === 'string' ? data.url : '';
}

/**
 * Pictures in `root` that fail to load are asked for anew; each once, however often that fails.
 * @param {HTMLElement} root @param {(picture: HTMLImageElement) => string | undefined} idOf @param {'small' | 'large'} size
 */
export function renewing(root, idOf, size) {
  const renew = async (picture) => {
    const id = picture?.matches?.('img') ? idOf(picture) : '';
    if (!id || picture.dataset.again) return;
    picture.dataset.again = '1';
    const url = await fresh(id, size);
    if (url) picture.src = url;
  };
  root.addEventListener('error', ({ target }) => renew(target), true); // errors of pictures do not bubble
}

/** A link to a large picture that is followed late is made anew first. @param {HTMLAnchorElement} link @param {string} id @param {() => number} [now] */
export function lasting(link, id, now = Date.now) {
  let made = now();
  link.addEventListener('click', async (event) => {
    if (now() - made < LIVES_MS) return;
    event.preventDefault();
    const url = await fresh(id, 'large');
    made = now(); // once: without one the old link says what is wrong
    if (url) link.href = url;
    link.click();
  });
}
