// The page that waits for an import, with the few elements that it touches made up.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { FakeClock } from './clock.js';

const { setTimeout: real, clearTimeout: realClear } = globalThis;
const line = { textContent: '' };
globalThis.document = {
  hidden: false,
  documentElement: { lang: 'ko', dataset: {}, toggleAttribute: () => {}, removeAttribute: () => {} },
  getElementById: (id) => (id === 'progress-line' ? line : null),
  addEventListener: () => {},
  querySelector: () => null,
  querySelectorAll: () => [],
};
const { follow } = await import('../../static/pwa/src/js/import_progress.js');

let clock;
let answer;
let asked;
let bar;
let loads;

beforeEach(() => {
  clock = new FakeClock();
  Object.assign(globalThis, clock.timers);
  bar = { max: 1, value: 0 };
  asked = [];
  loads = 0;
  globalThis.fetch = async (url) => {
    asked.push(String(url));
    if (!answer) throw new TypeError('no network');
    return new Response(JSON.stringify(answer), { headers: { 'Content-Type': 'application/json' } });
  };
});
afterEach(() => Object.assign(globalThis, { setTimeout: real, clearTimeout: realClear }));

/** The page as the server sent it. */
function open() {
  const dataset = { url: '/api/directory/imports/x', state: 'running', said: '{all}행 중 {done}행' };
  follow({ dataset, querySelector: () => bar }, () => (loads += 1));
}

test('it says how far it is, and is loaded anew once there is something to decide', async () => {
  answer = { state: 'running', rows: 4000, done: 1000, stuck: false };
  open();
  await clock.pass(2000);
  assert.deepEqual([bar.max, bar.value, line.textContent, loads], [4000, 1000, '4,000행 중 1,000행', 0]);
  answer = { state: 'done', rows: 4000, done: 4000, stuck: false };
  await clock.pass(10_000);
  assert.equal(loads, 1);
  const before = asked.length;
  await clock.pass(60_000);
  assert.equal(asked.length, before);
  assert.ok(asked.every((url) => url.endsWith('/api/directory/imports/x')));
});

test('without a network it goes on asking, ever more slowly', async () => {
  answer = null;
  open();
  await clock.pass(60_000);
  assert.equal(loads, 0);
  assert.ok(asked.length > 5 && asked.length < 30, String(asked.length));
});

test('what the worker gave up is shown', async () => {
  answer = { state: 'running', rows: 10, done: 1, stuck: true };
  open();
  await clock.pass(2000);
  assert.equal(loads, 1);
});

test('a file whose rows are not counted yet is at no place', async () => {
  answer = { state: 'running', rows: 0, done: 0, stuck: false };
  line.textContent = '';
  open();
  await clock.pass(3000);
  assert.deepEqual([bar.max, bar.value, line.textContent], [1, 0, '']);
});
