// The page of a counter, with the few elements that it touches made up.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { FakeClock } from './clock.js';

const { setTimeout: real, clearTimeout: realClear } = globalThis;

/** An element, as far as the page needs one. */
class Node {
  constructor(parts = {}) {
    this.parts = parts;
    this.dataset = {};
    this.textContent = '';
    this.className = '';
    this.hidden = false;
    this.children = [];
    this.writes = 0;
    this.heard = {};
    this.classList = { add: (name) => (this.className += ` ${name}`) };
  }

  addEventListener(name, what) {
    this.heard[name] = what;
  }

  querySelector(what) {
    return this.parts[what.match(/data-part=(\w+)/)?.[1] ?? what] ?? null;
  }

  replaceChildren(...children) {
    this.writes += 1;
    this.children = children;
  }
}

const row = () => new Node(Object.fromEntries(['seq', 'time', 'values', 'delay', 'skew', 'why'].map((part) => [part, new Node()])));
let nodes;
let listeners;
globalThis.document = {
  hidden: false,
  documentElement: { lang: 'ko', dataset: {}, toggleAttribute: () => {}, removeAttribute: () => {} },
  getElementById: (id) => nodes?.[id] ?? null,
  addEventListener: (name, what) => (listeners[name] = what),
  querySelector: () => null,
  querySelectorAll: () => [],
  importNode: () => ({ querySelector: row }),
};
listeners = {};
const { follow } = await import('../../static/pwa/src/js/counter_trace.js');

const NEWS = {
  state: { code: '', tone: 'good', name: '잘 되고 있어요', todo: '' },
  testing: '',
  seen: '12:00:00',
  last_seq: '7',
  skew: '',
  rows: [
    { seq: '7', time: '12:00:00', values: '들어옴 3', why: '세었어요', counted: '1', delay: '0.1초', skew: '0초' },
    { seq: '6', time: '11:59:50', values: '들어옴 90', why: '튐', counted: '', delay: '0.1초', skew: '0초' },
  ],
};
let clock;
let answer;
let asked;

beforeEach(() => {
  clock = new FakeClock();
  Object.assign(globalThis, clock.timers);
  listeners = {};
  asked = [];
  document.hidden = false;
  nodes = {
    state: new Node({ name: new Node(), todo: new Node() }),
    counter: new Node({ seen: new Node(), last_seq: new Node(), skew: new Node() }),
    trace: new Node({ tbody: new Node() }),
    row: { content: {} },
    ...Object.fromEntries(['testing', 'end-test', 'nothing', 'swap', 'follows', 'reload'].map((id) => [id, new Node()])),
  };
  nodes.swap.hidden = true;
  nodes.counter.dataset.url = '/api/canteen/devices/x/trace';
  Object.assign(nodes.follows.dataset, { live: '이어짐', lost: '끊김' });
  globalThis.fetch = async (url, { headers }) => {
    asked.push(headers['If-None-Match'] ?? '');
    if (!answer) throw new TypeError('no network');
    if (headers['If-None-Match'] === answer.tag) return new Response(null, { status: 304 });
    return new Response(JSON.stringify(answer.news), { status: answer.status ?? 200, headers: { ETag: answer.tag } });
  };
});
afterEach(() => Object.assign(globalThis, { setTimeout: real, clearTimeout: realClear }));

const rows = () => nodes.trace.querySelector('tbody').children;

test('what comes is shown, and asked for with the tag of what is known', async () => {
  answer = { news: NEWS, tag: '"a"' };
  follow(nodes.counter);
  await clock.pass(1000);
  assert.deepEqual(rows().map((one) => one.parts.seq.textContent), ['7', '6']);
  assert.deepEqual(rows().map((one) => one.parts.why.className.trim()), ['good', 'warn']);
  assert.equal(nodes.state.parts.name.className, 'badge good');
  assert.deepEqual([nodes.state.parts.todo.hidden, nodes.testing.hidden, nodes.nothing.hidden, nodes.trace.hidden], [true, true, true, false]);
  assert.equal(nodes.counter.parts.skew.textContent, '–');
  await clock.pass(9000);
  assert.ok(asked.length >= 3 && asked.length <= 6, String(asked.length));
  assert.deepEqual([...new Set(asked)], ['', '"a"']);
  assert.equal(nodes.trace.querySelector('tbody').writes, 1);
});

test('a counter that is turned round shows the button, and a test its words', async () => {
  const state = { code: 'swapped', tone: 'bad', name: '바뀜', todo: '누르세요' };
  answer = { news: { ...NEWS, state, testing: '시험 중', rows: [] }, tag: '"b"' };
  follow(nodes.counter);
  await clock.pass(1000);
  assert.deepEqual([nodes.swap.hidden, nodes.testing.hidden, nodes['end-test'].hidden], [false, false, false]);
  assert.deepEqual([nodes.testing.textContent, nodes.nothing.hidden, nodes.trace.hidden], ['시험 중', false, true]);
});

test('nothing is asked while the page is hidden, and at once when it is looked at again', async () => {
  answer = { news: NEWS, tag: '"a"' };
  follow(nodes.counter);
  await clock.pass(1000);
  document.hidden = true;
  listeners.visibilitychange();
  const before = asked.length;
  await clock.pass(60_000);
  assert.equal(asked.length, before);
  document.hidden = false;
  listeners.visibilitychange();
  await clock.pass(100);
  assert.equal(asked.length, before + 1);
});

test('what was changed on the page is asked for at once, once', async () => {
  answer = { news: NEWS, tag: '"a"' };
  follow(nodes.counter);
  await clock.pass(100);
  nodes.counter.heard.ask();
  await clock.pass(100);
  assert.equal(asked.length, 2);
  await clock.pass(9000);
  assert.ok(asked.length <= 7, String(asked.length));
});

test('without a network it says so and asks ever more slowly', async () => {
  answer = null;
  follow(nodes.counter);
  await clock.pass(100);
  assert.deepEqual([nodes.follows.textContent, nodes.reload.hidden], ['끊김', false]);
  await clock.pass(120_000);
  assert.ok(asked.length < 16, String(asked.length));
  answer = { news: NEWS, tag: '"a"' };
  await clock.pass(30_000);
  assert.deepEqual([nodes.follows.textContent, nodes.reload.hidden], ['이어짐', true]);
});

test('who is signed out asks no more', async () => {
  answer = { news: {}, tag: '', status: 401 };
  follow(nodes.counter);
  await clock.pass(60_000);
  assert.equal(asked.length, 1);
});
