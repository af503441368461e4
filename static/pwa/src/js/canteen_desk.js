/** A link's page: copy its address, print it. Without this module the address can still be selected, and the browser's own menu prints. */
import './boot.js';
import { byId, show, toast } from './screen.js';

/** @typedef {{ text?: string, done?: string, failed?: string }} Said */

const copier = byId('copy-link');
if (copier) {
  show(copier, Boolean(navigator.clipboard));
  copier.addEventListener('click', async () => {
    const { text = '', done = '', failed = '' } = /** @type {Said} */ (copier.dataset);
    try {
      await navigator.clipboard.writeText(text);
      toast(done);
    } catch {
      toast(failed);
    }
  });
}

const printer = byId('print-link');
if (printer) {
  show(printer, true);
  printer.addEventListener('click', () => window.print());
}
