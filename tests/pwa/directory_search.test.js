import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asking, next, rest } from '../../static/pwa/src/js/directory_search.js';

/** A server whose answers are given by the test. */
function server() {
  const open = [];
  return { open, ask: (query) => new Promise((resolve) => open.push({ query, resolve })) };
}

const tick = () => new Promise((resolve) => setTimeout(resolve));

test('one question at a time, and only the latest answer is shown', async () => {
  const { open, ask } = server();
  const shown = [];
  const want = asking(ask, (query, found) => shown.push([query, found]));
  want('ㅊ');
  want('처');
  const all = want('청');
  assert.deepEqual(open.map(({ query }) => query), ['ㅊ']);
  open[0].resolve('old');
  await tick();
  assert.deepEqual(open.map(({ query }) => query), ['ㅊ', '청']);
  open[1].resolve('new');
  await all;
  assert.deepEqual(shown, [['청', 'new']]);
});

test('what is shown is not asked again, what was lost is', async () => {
  const { open, ask } = server();
  const states = [];
  const want = asking(ask, () => {}, (state) => states.push(state));
  const first = want('청년');
  open[0].resolve('found');
  await first;
  await want('청년');
  assert.equal(open.length, 1);
  const lost = want('청년 창업');
  open[1].resolve(null);
  await lost;
  assert.deepEqual(states, ['asking', 'done', 'asking', 'lost']);
  const again = want('청년 창업');
  open[2].resolve('found');
  await again;
  assert.equal(open.length, 3);
});

test('typing on after a lost answer goes on', async () => {
  const { open, ask } = server();
  const shown = [];
  const want = asking(ask, (query) => shown.push(query));
  want('가');
  const all = want('가나');
  open[0].resolve(null);
  await tick();
  open[1].resolve('x');
  await all;
  assert.deepEqual(shown, ['가나']);
});

test('the list that a page came with is not asked for again', async () => {
  const { open, ask } = server();
  const want = asking(ask, () => {}, () => {}, 'q=청년');
  await want('q=청년');
  assert.equal(open.length, 0);
  want('q=청');
  assert.equal(open.length, 1);
});

test('arrows walk through the list and back to the box', () => {
  const links = ['a', 'b'];
  assert.equal(next(links, null, 'ArrowDown'), 'a');
  assert.equal(next(links, 'a', 'ArrowDown'), 'b');
  assert.equal(next(links, 'b', 'ArrowDown'), 'b');
  assert.equal(next(links, 'b', 'ArrowUp'), 'a');
  assert.equal(next(links, 'a', 'ArrowUp'), null);
  assert.equal(next([], null, 'ArrowDown'), null);
});

/** As much of a list as `rest` looks at. */
function listOf(names) {
  const childNodes = names.map((name) => ({ name, getAttribute: () => (name.startsWith('office') ? name : null) }));
  childNodes.splice(1, 0, { name: 'text' }); // a text has no attributes
  return { childNodes, querySelectorAll: () => childNodes.filter(({ name }) => name.startsWith('office')) };
}

test('the rest of a list is what comes behind the offices that are there', () => {
  const shown = listOf(['said', 'office-1', 'office-2']);
  const whole = listOf(['said', 'office-1', 'office-2', 'office-3', 'pages']);
  assert.deepEqual(rest(shown, whole).map(({ name }) => name), ['office-3', 'pages']);
  assert.deepEqual(rest(whole, whole).map(({ name }) => name), ['pages']);
  const other = listOf(['said', 'office-2', 'office-9', 'office-1', 'office-3']);
  assert.deepEqual(rest(shown, other).map(({ name }) => name), ['office-9', 'office-3']); // nothing twice, nobody lost
});
