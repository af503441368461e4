/** Leaving the camera page: never in silence while photos are not on the disk or not on their way. */
import { t } from './photo_words.js';
import { byId } from './screen.js';

/** Sends without a page: Android does, an iPhone does not. */
const sendsAlone = 'SyncManager' in globalThis;

/**
 * @param {object} watched
 * @param {() => number} watched.unsaved shots that are not on the disk yet
 * @param {() => number} watched.draft shots of the set that was not sent
 * @param {() => Promise<number>} watched.waiting photos that are on their way
 * @param {() => Promise<boolean>} watched.send
 */
export function guardLeaving({ unsaved, draft, waiting, send }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('leave'));
  let target = '';
  addEventListener('beforeunload', (event) => unsaved() && event.preventDefault());
  const ask = (link, words) => {
    target = link.href;
    byId('leave-line').textContent = words;
    byId('leave-rest').textContent = t(sendsAlone ? 'leave.alone' : 'leave.open');
    dialog.querySelector('[data-do=send-leave]').hidden = draft() === 0;
    dialog.showModal();
  };
  document.addEventListener('click', async (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.hash && link.pathname === location.pathname) {
      event.preventDefault(); // an iPhone asks for the camera anew when the address changes
      document.querySelector(link.hash)?.focus();
      return;
    }
    const taken = draft() + unsaved();
    if (!taken && sendsAlone) return;
    event.preventDefault();
    const sending = taken ? 0 : await waiting().catch(() => 0);
    if (taken) ask(link, t('leave.draft', { count: taken }));
    else if (sending) ask(link, t('leave.sending', { count: sending }));
    else location.assign(link.href);
  });
  const acts = {
    stay: () => dialog.close(),
    leave: () => location.assign(target),
    'send-leave': async () => {
      dialog.close();
      if (await send()) location.assign(target);
    },
  };
  dialog.addEventListener('click', ({ target: touched }) => acts[touched.closest('[data-do]')?.dataset.do]?.());
}
