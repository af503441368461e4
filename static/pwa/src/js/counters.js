/** The page of a counter: what it sends; and buttons that copy what is shown once. */
import './boot.js';
import { follow } from './counter_trace.js';
import { byId, show, toast } from './screen.js';

/** @param {HTMLElement} button says what it copies, and what it says then */
async function copyOf({ dataset }) {
  try {
    await navigator.clipboard.writeText(byId(dataset.copy).textContent);
    toast(dataset.done);
  } catch {
    toast(dataset.failed);
  }
}

for (const button of document.querySelectorAll('[data-copy]')) {
  show(button, true);
  button.addEventListener('click', () => copyOf(button));
}
if (byId('counter')?.dataset.url) follow(byId('counter'));
