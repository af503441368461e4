// The number beside the bell: asked with a tag, not while hidden, slower while nobody answers, never after a log-out.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { FakeClock } from './clock.js';
import { watch } from '../../static/pwa/src/js/bell.js';

const clock = new FakeClock();
const parts = { '.count': { textContent: '', hidden: true }, '.sr': { textContent: '' } };
const heard = {};
const bell = { dataset: { none: '알림', some: '읽지 않은 알림 {count}건' }, querySelector: (what) => parts[what] };
globalThis.document = { hidden: false, getElementById: () => bell, addEventListener: (name, work) => (heard[name] = work) };
Object.assign(globalThis, clock.timers);
AbortSignal.timeout = () => new AbortController().signal; // no timer of its own keeps the test alive

let asked;
let answers;
const fetch = async (path, { headers }) => {
  asked.push(headers['If-None-Match'] ?? '');
  assert.equal(path, '/api/notices/live');
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  if (answer instanceof Error) throw answer;
  return answer();
};
const told = (unread, tag) => () => new Response(JSON.stringify({ unread }), { headers: { ETag: tag } });
const status = (code) => () => new Response(null, { status: code });

beforeEach(() => {
  asked = [];
  document.hidden = false;
  clock.waiting.clear();
});

test('it shows a number, says it, and asks on with the tag of what is known', async () => {
  answers = [told(3, '"3-a"'), status(304), told(0, '"0-"')];
  await watch({ fetch });
  assert.deepEqual([parts['.count'].textContent, parts['.count'].hidden], ['3', false]);
  assert.equal(parts['.sr'].textContent, '읽지 않은 알림 3건');
  await clock.pass(70_000);
  assert.equal(parts['.count'].textContent, '3');
  await clock.pass(70_000);
  assert.deepEqual(asked, ['', '"3-a"', '"3-a"']);
  assert.deepEqual([parts['.count'].hidden, parts['.sr'].textContent], [true, '알림']);
});

test('a hidden page asks nothing, and at once when it is looked at', async () => {
  answers = [told(1, '"1"')];
  await watch({ fetch });
  document.hidden = true;
  heard.visibilitychange();
  await clock.pass(600_000);
  assert.equal(asked.length, 1);
  document.hidden = false;
  heard.visibilitychange();
  await clock.pass(1);
  assert.equal(asked.length, 2);
});

test('it asks less and less often while nobody answers', async () => {
  answers = [new Error('no network')];
  await watch({ fetch });
  await clock.pass(600_000);
  assert.ok(asked.length <= 5, String(asked.length));
  answers = [told(2, '"2"')];
  await clock.pass(700_000);
  assert.equal(parts['.count'].textContent, '2');
});

test('who is signed out is asked for no more', async () => {
  answers = [status(401)];
  await watch({ fetch });
  heard.visibilitychange();
  await clock.pass(3_600_000);
  assert.equal(asked.length, 1);
});
