/** One photo: the arrow keys lead to the next, and a link that the organisation's people can open is copied. */
import { call } from './api.js';
import { lasting, renewing } from './fresh_link.js';
import { byId, show, toast } from './screen.js';

/** @param {HTMLElement} page */
export function viewer(page) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select')) return;
    const rel = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key];
    /** @type {HTMLElement | null} */ (rel ? document.querySelector(`#photo a[rel=${rel}]`) : null)?.click();
  });
  const picture = page.querySelector('.print a');
  if (picture) {
    renewing(page, () => page.dataset.id, 'large');
    lasting(picture, page.dataset.id);
  }
  const button = byId('copy-link');
  show(button, true);
  button?.addEventListener('click', async () => {
    const { ok, data } = await call('POST', `/api/photos/${page.dataset.id}/link`);
    const done = ok && (await navigator.clipboard.writeText(new URL(data.url, location.href).href).then(() => true, () => false));
    toast(done ? page.dataset.copied : page.dataset.failed);
  });
}
