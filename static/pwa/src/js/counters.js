/** The page of a counter: what it sends; buttons that copy what is shown once, and a test that does not take that away. */
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

/** Send a form without leaving the page, then ask for what it changed. @param {HTMLFormElement} form */
async function send(form) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  try {
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
    if (!answer.ok && answer.type !== 'opaqueredirect') throw new Error(String(answer.status));
    byId('counter').dispatchEvent(new Event('ask'));
  } catch {
    toast(form.dataset.failed);
  }
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('[data-in-place]'))) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form);
  });
}
for (const button of document.querySelectorAll('[data-copy]')) {
  show(button, true);
  button.addEventListener('click', () => copyOf(button));
}
if (byId('counter')?.dataset.url) follow(byId('counter'));
