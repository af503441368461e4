/**
 * The icon's shortcut "stamp now": three seconds in which the person can say no, then the stamp.
 * A reload, the back button, a link on any page or a pre-rendered page must never start it, so every
 * sign of a true launch from the home screen is asked for, and the address is cleaned at once.
 */
import { byId } from './screen.js';
import { t } from './words.js';

const SECONDS = 3;
const AGAIN_MS = 10_000;

/** @returns {boolean} */
function installed() {
  return navigator.standalone === true || matchMedia('(display-mode: standalone)').matches;
}

/** @returns {boolean} whether this document was opened by the shortcut, now and for the first time */
export function launched() {
  const here = new URL(location.href);
  if (here.searchParams.get('launch') !== 'stamp') return false;
  here.searchParams.delete('launch');
  history.replaceState(history.state, '', here);
  const [entry] = performance.getEntriesByType('navigation');
  const own = entry?.type === 'navigate' && document.referrer === '' && !window.opener && window.top === window;
  if (!own || document.prerendering || document.hidden || !installed()) return false;
  const last = Number(sessionStorage.getItem('launched') ?? 0);
  sessionStorage.setItem('launched', String(Date.now()));
  return Date.now() - last > AGAIN_MS;
}

/**
 * @param {'start' | 'arrive' | 'return'} kind
 * @returns {Promise<boolean>} true when the time ran out, false when the person cancelled or left
 */
export function countDown(kind) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('launch'));
  byId('launch-kind').textContent = `(${t(kind)})`;
  return new Promise((resolve) => {
    let left = SECONDS;
    const end = (go) => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', gone);
      dialog.onclose = null;
      if (dialog.open) dialog.close();
      resolve(go);
    };
    const gone = () => document.hidden && end(false);
    const tick = () => {
      byId('launch-left').textContent = String(left);
      if (left-- <= 0) end(true);
    };
    const timer = setInterval(tick, 1000);
    tick();
    dialog.onclose = () => end(false);
    byId('launch-cancel').onclick = () => end(false);
    document.addEventListener('visibilitychange', gone);
    dialog.showModal();
    byId('launch-cancel').focus();
  });
}
