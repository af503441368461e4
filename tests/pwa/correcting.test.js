// What is sent off the sheet in which a sent board is corrected: what a person wrote, or nothing.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import * as idb from './idb.js';
import { Office, key } from './office.js';
import { toHex } from '../../static/pwa/src/js/base32.js';
import { corrector } from '../../static/pwa/src/js/correcting.js';
import { decode } from '../../static/pwa/src/js/cbor.js';
import * as db from '../../static/pwa/src/js/db.js';
import * as queue from '../../static/pwa/src/js/photo_queue.js';
import { deviceKid, publicPoint } from '../../static/pwa/src/js/token.js';

const identity = { person: { id: 'p1', staff_number: '20260001' }, organisation: { code: '46770' } };
const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
const point = await publicPoint(pair.publicKey);
const device = { kid: toHex(await deviceKid(point.x, point.y)), privateKey: pair.privateKey, enrolled: true };
const TEMPLATE = [{ name: '공사명', kind: 'text' }, { name: '날짜', kind: 'date' }];
const BOARD = [['공사명', '남강 정비'], ['날짜', '2026-11-24']];
const SAME = '바뀐 것이 없어 보내지 않았어요.';
const CORRECTED = '고친 보드판을 저장했어요. 통신이 되면 보내요.';

const said = { textContent: '' };
const once = globalThis.setTimeout;
Object.assign(globalThis, {
  document: { documentElement: { lang: 'ko' }, body: { append() {} }, getElementById: (id) => (id === 'toast' ? said : null), querySelector: () => null },
  requestAnimationFrame: (work) => work(),
  setTimeout: (...words) => once(...words).unref(), // what is said for a while does not keep the test alive
});

let office;
beforeEach(async () => {
  db.close();
  idb.clear();
  said.textContent = '';
  office = new Office();
  globalThis.fetch = office.fetch;
  await db.set('receipt-keys', { [key.pin.kid]: key.pin });
  await db.set('device:p1', device);
});

/**
 * A visit with that board was sent, and its sheet is sent off with those values.
 * @returns {Promise<{board: any, learned: any[]}>} board: of the correction that was signed, if one was
 */
async function written(board, values, template = TEMPLATE) {
  const draft = await queue.openDraft({ identity, board, place: '창원' });
  await queue.addShot(draft.id, { bytes: new Uint8Array(9).buffer, capturedAt: Date.now() / 1000 });
  await queue.finish(draft.id);
  await queue.drain({});
  const learned = [];
  let sent;
  const sheet = { correct: (_fields, _board, done) => (sent = done(values)) };
  const [visit] = await queue.listRecords();
  corrector(sheet, () => template, (...what) => learned.push(what))(visit);
  await sent;
  while ((await queue.drain({})).busy) await new Promise(setImmediate); // what it sends by itself is through
  const made = idb.rows('records').find(({ correction }) => correction);
  return { board: made && decode(decode(made.signed).value[2]).get(-70002).get(3), learned };
}

test('a blank board that is sent without a word stays blank, and nothing is signed', async () => {
  assert.deepEqual(await written([], { 공사명: ' ' }), { board: undefined, learned: [] });
  assert.equal(said.textContent, SAME);
  assert.equal(office.records.size, 1);
});

test('of a board that is emptied by hand the day does not stay behind as the name of a site', async () => {
  const { board, learned } = await written(BOARD, { 공사명: '' });
  assert.deepEqual(board, []);
  assert.equal(learned.length, 1);
  assert.equal(said.textContent, CORRECTED);
  assert.equal(office.records.size, 2, 'it is sent as any other');
});

test('fields that the office added since are no change', async () => {
  const more = [...TEMPLATE, { name: '비고', kind: 'text' }, { name: '준공일', kind: 'date' }];
  assert.deepEqual(await written(BOARD, { 공사명: '남강 정비 ', 비고: '' }, more), { board: undefined, learned: [] });
  assert.equal(said.textContent, SAME);
});

test('what was written anew is signed with the day of the visit', async () => {
  const { board, learned } = await written(BOARD, { 공사명: '북강 정비' });
  assert.deepEqual(board, [['공사명', '북강 정비'], ['날짜', '2026-11-24']]);
  assert.deepEqual(learned[0].slice(1), [Object.fromEntries(BOARD), { 공사명: '북강 정비' }]);
});
