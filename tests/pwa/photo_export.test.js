// The page of a sheet that is being made, with the few elements that it touches made up.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { FakeClock } from './clock.js';

const { setTimeout: real, clearTimeout: realClear } = globalThis;
const nodes = Object.fromEntries(['export-title', 'export-line', 'export-hint'].map((id) => [id, { textContent: '', hidden: false }]));
nodes.download = { setAttribute: (_name, value) => (nodes.download.href = value), parentElement: { hidden: true } };
globalThis.document = { hidden: false, documentElement: { lang: 'ko' }, getElementById: (id) => nodes[id], addEventListener: () => {}, querySelector: () => null };
const { progress } = await import('../../static/pwa/src/js/photo_export.js');

const WORDS = {
  ...{ said: '{all}장 중 {done}장', saidMaking: '만드는 중', saidDone: '다 됨', saidNever: '못 만듦', saidAgain: '다시 함', saidGaveUp: '그만둠' },
  ...{ saidNoPhotos: '없음', saidBadOrder: '못 읽음', saidTooManyPhotos: '많음', saidStorageFull: '가득 참', saidFault: '고장' },
};
const shown = () => [nodes['export-title'].textContent, nodes['export-line'].textContent];
let clock;
let answer;
let asked;

beforeEach(() => {
  clock = new FakeClock();
  Object.assign(globalThis, clock.timers);
  asked = 0;
  Object.assign(nodes.download, { href: '', parentElement: { hidden: true } });
  globalThis.fetch = async () => {
    asked += 1;
    return new Response(JSON.stringify({ done: 0, total: 3, url: null, error: null, ...answer }), { headers: { 'Content-Type': 'application/json' } });
  };
});
afterEach(() => Object.assign(globalThis, { setTimeout: real, clearTimeout: realClear }));

/** The page as the server sent it, open for ten seconds. */
async function open(stage) {
  progress({ dataset: { id: 'x', stage, ...WORDS }, querySelector: () => ({ value: 0 }) });
  await clock.pass(10_000);
}

/** What the server says from now on. */
async function later(told) {
  answer = told;
  await clock.pass(60_000);
}

test('what failed and is made again is waited for until it can be downloaded', async () => {
  answer = { stage: 'again', error: 'storage-full' };
  await open('making');
  assert.deepEqual(shown(), ['다시 함', '가득 참']);
  await later({ stage: 'making', done: 1 });
  assert.deepEqual(shown(), ['만드는 중', '3장 중 1장']);
  assert.equal(nodes['export-hint'].hidden, false);
  await later({ stage: 'done', done: 3, url: '/file' });
  assert.deepEqual([...shown(), nodes.download.href, nodes.download.parentElement.hidden], ['다 됨', '3장 중 3장', '/file', false]);
  const before = asked;
  await clock.pass(60_000);
  assert.equal(asked, before);
});

test('a page that is opened on a failure goes on looking', async () => {
  answer = { stage: 'again', error: 'font-missing' };
  await open('again');
  assert.deepEqual(shown(), ['다시 함', '고장']);
  await later({ stage: 'done', done: 3, url: '/file' });
  assert.equal(nodes.download.parentElement.hidden, false);
});

for (const [stage, error, words] of [
  ['never', 'no-photos', ['못 만듦', '없음']],
  ['never', 'too-many-photos', ['못 만듦', '많음']],
  ['gave-up', 'storage-full', ['그만둠', '가득 참']],
  ['gave-up', null, ['그만둠', '고장']],
]) {
  test(`what is made no more ends the waiting, with its reason: ${stage}, ${error}`, async () => {
    answer = { stage, error };
    await open('making');
    assert.deepEqual([...shown(), asked], [...words, 1]);
    assert.equal(nodes['export-hint'].hidden, true);
    await open(stage);
    assert.equal(asked, 1);
  });
}
