// What the phone keeps of the directory: favourites as the server has them, what was opened lately, and nothing after a log-out.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { clear, restore, rows, snapshot } from './idb.js';
import { renew, sometimes } from '../../static/pwa/src/js/directory_renew.js';
import { close, removePerson, set } from '../../static/pwa/src/js/db.js';
import { MOST_RECENT, opened, read, renewed, setRecent } from '../../static/pwa/src/js/directory_store.js';

const card = (uid, more = {}) => ({ uid, name: '김○○', position: '', unit: '청년정책과', office: '창원시', duty: '청년 창업', practice: false, gone: false, numbers: [{ shown: '055-000-1234', tel: '0550001234' }], ...more });
const uids = (cards) => cards.map(({ uid }) => uid);

/** @param {string} id whose phone it is now */
const enter = (id) => set('identity', { person: { id } });

beforeEach(async () => {
  close();
  clear();
  await enter('p1');
});

test('nothing is kept before anything was opened', async () => {
  assert.deepEqual(await read('p1'), { favourites: [], recent: [], at: 0 });
});

test('what was opened last stands first, once, and the oldest go', async () => {
  for (let n = 0; n < MOST_RECENT + 5; n += 1) await opened('p1', card(`u${n}`), false);
  await opened('p1', card('u20', { name: '이○○' }), false);
  const { recent, favourites } = await read('p1');
  assert.equal(recent.length, MOST_RECENT);
  assert.deepEqual(uids(recent).slice(0, 2), ['u20', `u${MOST_RECENT + 4}`]);
  assert.equal(recent[0].name, '이○○');
  assert.equal(new Set(uids(recent)).size, MOST_RECENT);
  assert.deepEqual(favourites, []);
});

test('a star on the page is kept at once and taken away at once', async () => {
  await renewed('p1', { favourites: [card('a'), card('b')], recent: [] }, await read('p1'));
  await opened('p1', card('c'), true);
  await opened('p1', card('b', { name: '박○○' }), true);
  assert.deepEqual(uids((await read('p1')).favourites), ['c', 'a', 'b']);
  assert.equal((await read('p1')).favourites[2].name, '박○○');
  await opened('p1', card('a'), false);
  assert.deepEqual(uids((await read('p1')).favourites), ['c', 'b']);
});

test('what the server says takes the place of what was kept, and renews what was opened', async () => {
  await opened('p1', card('a'), true);
  await opened('p1', card('b'), true);
  const told = { favourites: [card('a', { gone: true, numbers: [] })], recent: [card('b')] };
  await renewed('p1', told, await read('p1'));
  const { favourites, recent } = await read('p1');
  assert.deepEqual(uids(favourites), ['a']);
  assert.deepEqual(uids(recent), ['b', 'a']);
  assert.equal(recent[1].gone, true);
});

test('forgetting what was opened can be undone and leaves the favourites', async () => {
  await opened('p1', card('a'), true);
  const { recent } = await read('p1');
  assert.deepEqual((await setRecent('p1', [])).recent, []);
  assert.deepEqual(uids((await read('p1')).favourites), ['a']);
  assert.deepEqual(uids((await setRecent('p1', recent)).recent), ['a']);
});

test('it outlives a killed browser', async () => {
  await opened('p1', card('a'), true);
  const disk = snapshot();
  close();
  clear();
  restore(disk);
  assert.deepEqual(uids((await read('p1')).recent), ['a']);
});

test('a log-out takes it away, and only that person’s', async () => {
  await enter('p2');
  await opened('p2', card('b'), true);
  await enter('p1');
  await opened('p1', card('a'), true);
  await removePerson('p1');
  assert.equal(JSON.stringify(rows('kv')).includes('"a"'), false);
  assert.deepEqual(uids((await read('p2')).recent), ['b']);
});

/** @param {object} told @param {string[]} log what was asked */
const server = (told, log, status = 200) => async (path, { method, body }) => {
  log.push(`${method} ${path} ${body}`);
  return new Response(JSON.stringify({ person: 'p1', ...told }), { status });
};

/** @param {() => Promise<unknown>} meanwhile while the server is asked @param {object} told */
const slow = (meanwhile, told) => async (...asked) => {
  await meanwhile();
  return server(told, [])(...asked);
};

test('an entry that was hidden or masked is hidden or masked on the phone with the next contact', async () => {
  await opened('p1', card('hidden'), true);
  await opened('p1', card('masked', { name: '김하늘' }), false);
  await opened('p1', card('same'), false);
  const log = [];
  const told = { favourites: [], recent: [card('same'), card('masked', { name: '김○○' })] };
  await renew('p1', { fetch: server(told, log) });
  assert.deepEqual(log, ['POST /api/directory/mine {"recent":["same","masked","hidden"]}']);
  const { favourites, recent } = await read('p1');
  assert.deepEqual(favourites, []);
  assert.deepEqual(uids(recent), ['same', 'masked']);
  assert.equal(JSON.stringify(rows('kv')).includes('김하늘'), false);
});

test('what was opened while the server was asked stays', async () => {
  await opened('p1', card('a'), false);
  const fetch = slow(() => opened('p1', card('b'), false), { favourites: [], recent: [] });
  await renew('p1', { fetch });
  assert.deepEqual(uids((await read('p1')).recent), ['b']);
});

test('a star that was set or taken away while the server was asked is as it was left', async () => {
  for (const uid of ['dropped', 'kept', 'hidden']) await opened('p1', card(uid), true);
  const toggled = async () => {
    await opened('p1', card('set'), true);
    await opened('p1', card('dropped'), false);
  };
  const told = { favourites: [card('elsewhere'), card('kept'), card('dropped')], recent: [] };
  const now = await renew('p1', { fetch: slow(toggled, told) });
  assert.deepEqual(uids(now.favourites), ['set', 'elsewhere', 'kept']);
  assert.deepEqual(uids((await read('p1')).favourites), ['set', 'elsewhere', 'kept']);
});

test('an answer for somebody else is dropped', async () => {
  await opened('p1', card('a'), true);
  const before = JSON.stringify(rows('kv'));
  const fetch = server({ person: 'p2', favourites: [card('theirs')], recent: [] }, []);
  assert.equal(await renew('p1', { fetch }), null);
  assert.equal(JSON.stringify(rows('kv')), before);
});

test('an answer that comes after a log-out brings nothing back', async () => {
  await opened('p1', card('a'), true);
  const told = { favourites: [card('a')], recent: [card('a')] };
  await renew('p1', { fetch: slow(() => removePerson('p1'), told) });
  assert.equal(JSON.stringify(rows('kv')).includes('"a"'), false);
  await opened('p1', card('a'), true);
  assert.equal(JSON.stringify(rows('kv')).includes('"a"'), false);
});

test('forgetting is not undone on a phone that is somebody else’s by now', async () => {
  await opened('p1', card('a'), true);
  const { recent } = await read('p1');
  await setRecent('p1', []);
  await removePerson('p1');
  await enter('p2');
  assert.deepEqual((await setRecent('p1', recent)).recent, []);
  assert.equal(JSON.stringify(rows('kv')).includes('"a"'), false);
});

test('without an answer everything stays', async () => {
  await opened('p1', card('a'), true);
  assert.equal(await renew('p1', { fetch: server({}, [], 503) }), null);
  assert.deepEqual(uids((await read('p1')).favourites), ['a']);
});

test('pages ask for that every ten minutes, and only where something is kept', async () => {
  const log = [];
  const fetch = server({ favourites: [], recent: [card('a')] }, log);
  await sometimes('p1', { fetch });
  assert.equal(log.length, 0);
  await opened('p1', card('a'), false);
  await sometimes('p1', { fetch });
  await sometimes('p1', { fetch });
  assert.equal(log.length, 1);
  await sometimes('p1', { fetch, now: Date.now() + 601_000 });
  await sometimes('p1', { fetch, now: 5 }); // a clock that was put back
  assert.equal(log.length, 3);
});
