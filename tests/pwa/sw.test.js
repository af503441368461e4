// The service worker's answers, with a browser around it that is made up of the few things it asks for.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import './idb.js';
import { FakeClock } from './clock.js';
import { itemOf } from './stamps.js';
import { run } from '../../static/pwa/src/js/db.js';
import { addShot, openDraft } from '../../static/pwa/src/js/photo_store.js';

const handlers = new Map();
const windows = [];
globalThis.PRECACHE = { version: '1', shells: ['/today', '/offline', '/directory/offline'], assets: [] };
globalThis.navigator ??= { languages: ['ko'] };
globalThis.caches = { match: async (url) => (/^(\/directory)?\/offline/.test(url) ? new Response(String(url).split('?')[0].slice(1)) : undefined), open: async () => ({ put: async () => {} }) };
globalThis.self = Object.assign(new EventTarget(), {
  location: { origin: 'https://office.example' },
  addEventListener: (name, work) => handlers.set(name, work),
  clients: { matchAll: async () => windows },
});
await import('../../static/pwa/src/sw.js');

/** Open a page as a browser does; `answer` is the network. */
function open(path, answer) {
  globalThis.fetch = answer;
  const request = { method: 'GET', mode: 'navigate', url: `https://office.example${path}` };
  return new Promise((resolve) => handlers.get('fetch')({ request, respondWith: resolve }));
}

test('a server that says nothing for eight seconds is given up; an answer that has begun is not', async () => {
  const clock = new FakeClock();
  const { setTimeout: real, clearTimeout: realClear } = globalThis;
  Object.assign(globalThis, clock.timers);
  let signal;
  const silent = open('/photos', (_, options) => new Promise((_resolve, reject) => options.signal.addEventListener('abort', () => reject(options.signal.reason))));
  await clock.pass(8000);
  assert.equal(await (await silent).text(), 'offline');
  const long = await open('/photos/exports/1/file', async (_, options) => {
    ({ signal } = options);
    return new Response('the first of many bytes');
  });
  await clock.pass(60_000);
  assert.equal(signal.aborted, false);
  assert.equal(long.status, 200);
  Object.assign(globalThis, { setTimeout: real, clearTimeout: realClear });
});

test('a search or an entry without a network leads to what the phone keeps', async () => {
  const said = async (path) => (await open(path, () => Promise.reject(new TypeError('no network')))).text();
  for (const path of ['/directory', '/directory?q=%EC%B0%BD', '/directory/entry/01a2']) assert.equal(await said(path), 'directory/offline');
  for (const path of ['/directory/follows', '/directory/entry', '/notices', '/directoryx']) assert.equal(await said(path), 'offline');
});

test('a wake-up for a set that rests not yet ends only when the stamps are through', async () => {
  const identity = { person: { id: 'p1', staff_number: '1' }, organisation: { code: '46770' } };
  const { id } = await openDraft({ identity });
  await addShot(id, { bytes: new ArrayBuffer(9), capturedAt: 1 });
  const item = await itemOf(1);
  await run('readwrite', (items) => {
    items.put(item);
    return () => undefined;
  }, ['items']);
  let asked;
  let answer;
  const sending = new Promise((resolve) => (asked = resolve));
  globalThis.fetch = () => new Promise((resolve) => asked((answer = resolve)));
  let over = false;
  let woken;
  handlers.get('sync')({ lastChance: false, waitUntil: (work) => (woken = work) });
  const ended = woken.then(() => null, (error) => error).finally(() => (over = true));
  await sending;
  await new Promise((resolve) => setTimeout(resolve, 50)); // the photos' part has failed long before
  assert.equal(over, false);
  answer(new Response('', { status: 503 }));
  assert.match((await ended).message, /rests not yet/);
});
