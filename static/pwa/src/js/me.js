/** My page: the theme, and a log-out that loses nothing and leaves nothing of the person on the phone. */
import { call } from './api.js';
import { setTheme } from './boot.js';
import { countPhotos, removePerson } from './db.js';
import { getIdentity } from './identity.js';
import { drain, summary } from './queue.js';
import { byId, show } from './screen.js';
import { t } from './leave_words.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('[data-logout]'));
const dialog = /** @type {HTMLDialogElement} */ (byId('leave'));

const title = byId('leave-title').textContent; // that something is not sent

/** @returns {Promise<number>} what the person has not sent yet @throws when the device's storage cannot be read */
async function unsent() {
  const identity = await getIdentity();
  if (!identity) return 0;
  const { waiting, quarantined } = await summary({ personId: identity.person.id });
  return waiting + quarantined + (await countPhotos(identity.person.id)).unsent;
}

let leaving = false;

/** The phone would look signed out while its cookie opens everything: nothing is wiped before the server said it is over. */
async function leave() {
  if (leaving) return;
  leaving = true;
  show(byId('leave-failed'), false);
  const { ok } = await call('POST', '/logout');
  if (ok) await wipe();
  else stillIn();
  leaving = false;
}

function stillIn() {
  if (dialog.open) dialog.close();
  byId('leave-failed').textContent = t('leave.failed');
  show(byId('leave-failed'), true);
}

/** Personal rows and the outlines of places visited go; what waits stays, sealed, without coordinates. */
async function wipe() {
  const identity = await getIdentity().catch(() => null);
  if (identity) await removePerson(identity.person.id).catch(() => {});
  localStorage.removeItem('role');
  for (const key of ['practised', 'canteen', 'canteen-check-in']) localStorage.removeItem(key);
  sessionStorage.clear();
  await globalThis.caches?.delete('outlines').catch(() => {});
  await navigator.clearAppBadge?.().catch(() => {});
  location.assign('/');
}

/** Who does not know whether something is left asks as if it were. @param {SubmitEvent} event */
async function asked(event) {
  event.preventDefault();
  const count = await unsent().catch(() => null);
  if (count === 0) return leave();
  byId('leave-title').textContent = count === null ? t('leave.unknown-title') : title;
  byId('leave-line').textContent = count === null ? t('leave.unknown') : t('leave.line', { count });
  byId('leave-status').textContent = '';
  return dialog.showModal();
}

const ACTS = {
  stay: () => dialog.close(),
  leave,
  send: async () => {
    const photos = await import('./photo_later.js');
    await Promise.all([drain({ force: true }), photos.finishAll().then(() => photos.drain({ force: true, anyNetwork: true }))]).catch(() => {});
    const count = await unsent().catch(() => null);
    byId('leave-status').textContent = t(count === null ? 'leave.unknown' : count ? 'leave.not-sent' : 'leave.sent');
    if (count === 0) await leave();
  },
};

form.addEventListener('submit', asked);
dialog.addEventListener('click', ({ target }) => ACTS[target.closest('[data-do]')?.dataset.do]?.());
byId('themes').addEventListener('change', ({ target }) => setTheme(target.value));
