// Log-out on a phone whose storage cannot be read: nothing is lost unwarned.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

const node = () => ({ textContent: '', hidden: false, open: false, dataset: {}, heard: {}, style: {}, setAttribute() {}, append() {}, replaceChildren() {}, addEventListener(name, work) { this.heard[name] = work; }, showModal() { this.open = true; }, close() { this.open = false; } });
const nodes = new Map();
const byId = (id) => nodes.get(id) ?? nodes.set(id, node()).get(id);
const form = node();
byId('leave-title').textContent = '아직 보내지 못한 것이 있습니다';
Object.assign(globalThis, {
  document: { hidden: false, documentElement: { lang: 'ko', dataset: {} }, getElementById: byId, addEventListener() {}, querySelector: (what) => (what === '[data-logout]' ? form : null), querySelectorAll: () => [] },
  location: { href: 'http://localhost/me', protocol: 'http:', assign: (to) => asked.push(to) },
  history: { replaceState() {} },
  localStorage: { removeItem() {}, getItem: () => null },
  sessionStorage: { clear() {} },
  navigator: {},
  isSecureContext: true,
  addEventListener() {},
});
const asked = [];
globalThis.fetch = async (path, { method }) => {
  asked.push(`${method} ${path}`);
  return new Response('{}', { headers: { 'Content-Type': 'application/json' } });
};
const every = globalThis.setInterval;
globalThis.setInterval = (...words) => every(...words).unref(); // what the page repeats does not keep the test alive
globalThis.BroadcastChannel = class extends EventTarget { postMessage() {} close() {} };
globalThis.indexedDB = { open: () => { throw new DOMException('no storage', 'UnknownError'); } };
await import('../../static/pwa/src/js/me.js');
after(() => setTimeout(() => process.exit(), 50)); // the page never ends by itself; a failure has set its code
const settle = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

test('it asks when it cannot tell whether something is left, and says so', async () => {
  let stopped = false;
  await form.heard.submit({ preventDefault: () => (stopped = true) });
  assert.equal(stopped, true);
  assert.equal(asked.includes('POST /logout'), false);
  assert.equal(byId('leave').open, true);
  assert.match(byId('leave-title').textContent, /알 수 없습니다/);
  assert.match(byId('leave-line').textContent, /읽지 못해/);
});

test('sending from there does not log out either; leaving does', async () => {
  const press = (act) => byId('leave').heard.click({ target: { closest: () => ({ dataset: { do: act } }) } });
  press('send');
  for (let n = 0; n < 100 && !byId('leave-status').textContent; n += 1) await settle();
  assert.equal(asked.includes('POST /logout'), false);
  assert.match(byId('leave-status').textContent, /읽지 못해/);
  press('leave');
  await settle();
  assert.equal(asked.includes('POST /logout'), true);
});
