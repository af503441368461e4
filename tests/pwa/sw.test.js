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
const kiosk = new Map();
const names = [];
const cacheOf = { put: async (path, answer) => kiosk.set(path, await answer.text()), delete: async (path) => kiosk.delete(path), keys: async () => [...kiosk.keys()].map((path) => ({ url: `https://office.example${path}` })) };
globalThis.caches = {
  match: async (url) => {
    if (/^(\/directory)?\/offline/.test(url)) return new Response(String(url).split('?')[0].slice(1));
    return kiosk.has(url) ? new Response(kiosk.get(url)) : undefined;
  },
  open: async (name) => (name.startsWith('kiosk-') ? cacheOf : { put: async () => {}, keys: async () => [] }),
  keys: async () => names,
  delete: async (name) => names.splice(names.indexOf(name), 1),
};
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

const noNetwork = () => Promise.reject(new TypeError('no network'));
const KITCHEN = '/canteen/kiosk/IjAx.a-_Z';

test('the kitchen sees its page as it last was, without a network, and no page of anybody else is kept', async () => {
  kiosk.clear();
  for (const path of [`${KITCHEN}?line=1`, '/canteen/duty', '/canteen/kiosk', '/notices']) await open(path, async () => new Response(`seen ${path}`));
  assert.deepEqual([...kiosk.keys()], [KITCHEN]);
  assert.equal(await (await open(KITCHEN, noNetwork)).text(), `seen ${KITCHEN}?line=1`);
  assert.equal(await (await open('/canteen/kiosk/other', noNetwork)).text(), 'offline');
});

test('a wall is kept as the kitchen’s page is, and goes with its link', async () => {
  const WALL = '/canteen/wall/IjAy.b-_Y';
  kiosk.clear();
  await open(`${WALL}?theme=contrast`, async () => new Response('the lines'));
  assert.equal(await (await open(`${WALL}?theme=contrast`, noNetwork)).text(), 'the lines');
  await open(WALL, async () => new Response('gone', { status: 410 }));
  assert.equal(await (await open(WALL, noNetwork)).text(), 'offline');
});

test('what is wrong for the moment leaves the kitchen its copy, what is revoked does not', async () => {
  kiosk.clear();
  await open(KITCHEN, async () => new Response('the buttons'));
  for (const status of [500, 503, 429]) await open(KITCHEN, async () => new Response('trouble', { status }));
  assert.equal(await (await open(KITCHEN, noNetwork)).text(), 'the buttons');
  for (const status of [410, 404]) {
    kiosk.set(KITCHEN, 'the buttons');
    assert.equal((await open(KITCHEN, async () => new Response('gone', { status }))).status, status);
    assert.equal(await (await open(KITCHEN, noNetwork)).text(), 'offline');
  }
});

test('the page that first brought the worker is kept when it asks, and only such a page', async () => {
  kiosk.clear();
  globalThis.fetch = async (path) => new Response(`fetched ${path}`);
  const say = async (path) => {
    let work;
    handlers.get('message')({ data: { type: 'KIOSK', path }, waitUntil: (one) => (work = one) });
    await work;
  };
  for (const path of [KITCHEN, '/me', '/canteen/kiosk/../duty', '/canteen/duty']) await say(path);
  assert.deepEqual([...kiosk], [[KITCHEN, `fetched ${KITCHEN}`]]);
  globalThis.fetch = noNetwork;
  await say(KITCHEN);
  assert.equal(kiosk.size, 1);
});

test('a new version fetches the kitchen anew and lets go of the older copy', async () => {
  kiosk.clear();
  names.splice(0, names.length, 'shell-0-', 'kiosk-shell-0-', 'shell-1-', 'kiosk-shell-1-', 'outlines');
  kiosk.set(KITCHEN, 'with the files of version 0');
  globalThis.fetch = async (path) => new Response(`new ${path.split('?')[0]}`);
  let work;
  handlers.get('install')({ waitUntil: (one) => (work = one) });
  await work;
  assert.equal(kiosk.get(KITCHEN), `new ${KITCHEN}`);
  self.clients.claim = async () => {};
  handlers.get('activate')({ waitUntil: (one) => (work = one) });
  await work;
  assert.deepEqual(names, ['shell-1-', 'kiosk-shell-1-', 'outlines']);
});
