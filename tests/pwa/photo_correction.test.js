// A board that is corrected after its visit was sent: a record of its own through the same queue.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { beforeEach, test } from 'node:test';

import * as idb from './idb.js';
import { Office, dropped, key, problem } from './office.js';
import { toHex } from '../../static/pwa/src/js/base32.js';
import { corrected, fieldsOf } from '../../static/pwa/src/js/board.js';
import { decode } from '../../static/pwa/src/js/cbor.js';
import * as db from '../../static/pwa/src/js/db.js';
import * as queue from '../../static/pwa/src/js/photo_queue.js';
import * as store from '../../static/pwa/src/js/photo_store.js';
import { deviceKid, publicPoint } from '../../static/pwa/src/js/token.js';

const DAY = 86_400_000;
const identity = { person: { id: 'p1', staff_number: '20260001' }, organisation: { code: '46770' } };
const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
const point = await publicPoint(pair.publicKey);
const device = { kid: toHex(await deviceKid(point.x, point.y)), privateKey: pair.privateKey, enrolled: true };
const WRONG = [['공사명', '남강 정비'], ['내용', '']];
const RIGHT = [['공사명', '북강 정비'], ['내용', '석축']];

let now;
beforeEach(async () => {
  db.close();
  idb.clear();
  idb.onCommit(() => {});
  idb.onPut(() => null);
  now = Date.now();
  await db.set('receipt-keys', { [key.pin.kid]: key.pin });
  await db.set('device:p1', device);
});

/** A visit that was finished. */
async function visit(photos = 1, more = {}) {
  const record = await store.openDraft({ identity, board: WRONG, trip: '20261126-AAAAAA', stampSha256: 'ab'.repeat(32), place: '창원', ...more });
  for (let n = 0; n < photos; n++) await store.addShot(record.id, { bytes: Uint8Array.from(randomBytes(900)).buffer, thumb: new ArrayBuffer(50), capturedAt: now / 1000 });
  return queue.finish(record.id);
}
const setUp = (plan) => {
  const office = new Office(plan);
  const go = (options = {}) => queue.drain({ now: () => now, fetch: office.fetch, random: () => 0.5, ...options });
  return { office, go };
};
const rowOf = (id) => idb.rows('records').find((one) => one.id === id);
const visitOf = async (id) => (await store.listRecords()).find((one) => one.id === id);

test('a correction is a signed record of its own that says only the board anew', async () => {
  const old = await visit(2);
  const before = structuredClone([rowOf(old.id), idb.rows('shots')]);
  const made = await queue.correct(old.id, RIGHT);
  assert.deepEqual([rowOf(old.id), idb.rows('shots')], before, 'what was signed first stays');
  const payload = decode(decode(made.signed).value[2]);
  const inner = payload.get(-70002);
  const first = decode(decode(old.signed).value[2]).get(-70002);
  assert.deepEqual([inner.get(3), inner.get(4)], [RIGHT, []]);
  assert.equal(toHex(inner.get(6)), old.id.replaceAll('-', ''));
  for (const label of [1, 2, 5, 7, 8]) assert.deepEqual(inner.get(label), first.get(label), `label ${label}`);
  assert.notEqual(made.id, old.id);
  assert.deepEqual(rowOf(made.id), made, 'on the disk when it is handed back');
});

test('it goes through the queue once, sends no photo again, and stays as long as its visit', async () => {
  const old = await visit(2);
  const { office, go } = setUp();
  await go();
  const pieces = office.pieces.length;
  const made = await queue.correct(old.id, RIGHT);
  assert.notEqual((await queue.summary()).nextAt, null);
  assert.equal((await queue.summary()).waiting, 0, 'no photo waits');
  await go();
  await go();
  assert.equal(office.records.get(made.id), made.sha256);
  assert.equal(office.pieces.length, pieces);
  assert.equal(office.calls.filter(({ path }) => path.endsWith('/records')).length, 2);
  assert.equal(rowOf(made.id).state, 'received');
  assert.equal((await queue.summary()).nextAt, null);
  now += DAY - 60_000;
  await go();
  assert.deepEqual((await visitOf(old.id)).corrections.map(({ id }) => id), [made.id]);
  now += 2 * DAY;
  await go();
  await go();
  assert.deepEqual(idb.rows('records'), []);
});

test('a lost answer is asked for again with the same bytes', async () => {
  const old = await visit();
  let lost = 0;
  const { office, go } = setUp(({ path, n }) => (path.endsWith('/records') && n > 4 && (lost += 1) === 1 ? { after: dropped() } : null));
  await go();
  const made = await queue.correct(old.id, RIGHT);
  await go();
  assert.equal(rowOf(made.id).state, 'ready');
  db.close(); // the page was killed
  await go({ force: true });
  assert.equal(lost, 2);
  assert.equal(rowOf(made.id).state, 'received');
  assert.equal(office.records.size, 2);
});

test('made without a network it waits behind its visit, also when that comes last', async () => {
  const old = await visit(1);
  const made = await queue.correct(old.id, RIGHT);
  await store.patchRow('records', old.id, { touchedAt: now + 5000 }); // it would go after it
  const { office, go } = setUp();
  await go();
  assert.deepEqual([...office.records.keys()], [old.id, made.id]);
  assert.equal(rowOf(made.id).state, 'received');
});

test('of a visit that was refused it waits without a rush, and goes with it', async () => {
  const old = await visit();
  const { go } = setUp(({ path }) => (path.endsWith('/records') ? problem(422, 'bad-record') : null));
  await go();
  const made = await queue.correct(old.id, RIGHT);
  assert.equal((await queue.summary()).nextAt, null, 'nothing is to be tried by itself');
  await go();
  assert.deepEqual([rowOf(old.id).state, rowOf(made.id).state], ['quarantined', 'ready']);
  const { office, go: again } = setUp();
  await queue.retry(old.id, { now: () => now, fetch: office.fetch });
  await again();
  assert.equal(rowOf(made.id).state, 'received');
  const other = await visit();
  await queue.correct(other.id, RIGHT);
  await store.patchRow('records', other.id, { state: 'quarantined' });
  assert.equal(await store.discard(other.id, idb.rows('shots').map(({ id }) => id)), 1);
  assert.deepEqual(idb.rows('records').map(({ id }) => id).sort(), [old.id, made.id].sort(), 'a discarded visit takes it along');
});

test('the last one counts, each later than the one before, all of the first record', async () => {
  const old = await visit();
  const made = [];
  for (const name of ['가', '나', '다']) made.push(await queue.correct(old.id, [['공사명', name]]));
  assert.deepEqual(made.map(({ replaces }) => replaces), [old.id, old.id, old.id]);
  assert.ok(made[0].capturedAt < made[1].capturedAt && made[1].capturedAt < made[2].capturedAt);
  assert.deepEqual(store.boardNow(await visitOf(old.id)), [['공사명', '다']]);
  assert.equal(await queue.correct(old.id, [['공사명', '다']]), null, 'as it counts: nothing to send');
  assert.notEqual(await queue.correct(old.id, WRONG), null, 'back to the first one is a correction too');
});

test('drafts, corrections and what is gone are not corrected; a full disk and a lost key are told', async () => {
  const draft = await store.openDraft({ identity });
  await assert.rejects(queue.correct(draft.id, RIGHT), { code: 'gone' });
  const old = await visit();
  const made = await queue.correct(old.id, RIGHT);
  await assert.rejects(queue.correct(made.id, WRONG), { code: 'gone' });
  await assert.rejects(queue.correct('nobody', WRONG), { code: 'gone' });
  const much = Array.from({ length: 20 }, (_, n) => [`칸${n}`, '가'.repeat(200)]);
  await assert.rejects(queue.correct(old.id, much), { code: 'board-too-large' });
  idb.onPut((name) => (name === 'records' ? Object.assign(new Error('full'), { name: 'QuotaExceededError' }) : null));
  await assert.rejects(queue.correct(old.id, WRONG), { code: 'quota' });
  idb.onPut(() => null);
  await db.set('device:p1', { ...device, enrolled: false, revoked: true });
  await assert.rejects(queue.correct(old.id, WRONG), { code: 'key-revoked' });
  assert.equal((await visitOf(old.id)).corrections.length, 1);
});

test('a visit stays on the phone while its correction is not received', async () => {
  const old = await visit();
  const { go } = setUp();
  await go();
  const made = await queue.correct(old.id, RIGHT);
  await store.forget(now + 9 * DAY);
  assert.ok(await visitOf(old.id));
  assert.ok(rowOf(made.id));
});

test('a log-out counts it, keeps it, sends it, and leaves nothing', async () => {
  const old = await visit();
  const { office, go } = setUp();
  await go();
  const made = await queue.correct(old.id, RIGHT);
  assert.deepEqual(await db.countPhotos('p1'), { unsent: 1, kept: 2 });
  await db.set('identity', identity);
  await db.removePerson('p1');
  assert.deepEqual(new Map(idb.rows('records').map(({ id, orphan }) => [id, orphan])), new Map([[old.id, true], [made.id, true]]));
  assert.deepEqual(idb.rows('shots').map(({ thumb }) => thumb), [null]);
  await go();
  await go();
  assert.equal(office.records.get(made.id), made.sha256);
  assert.deepEqual([idb.rows('records'), idb.rows('shots'), await db.countPhotos()], [[], [], { unsent: 0, kept: 0 }]);
});

for (const when of ['before', 'after']) {
  test(`one that is refused ${when} a log-out is found with its visit by the person who comes back, and can be dropped or sent`, async () => {
    const old = await visit(2);
    const other = await visit(1);
    let refuses = false;
    const { office, go } = setUp(({ path }) => (refuses && path.endsWith('/records') ? problem(422, 'bad-record') : null));
    await go();
    const made = await queue.correct(old.id, RIGHT);
    refuses = true;
    if (when === 'before') await go();
    await db.removePerson('p1');
    await go();
    await go();
    assert.equal(rowOf(made.id).state, 'quarantined');
    assert.equal(rowOf(other.id), undefined, 'another visit is gone');
    const [found, ...more] = (await store.listRecords({ personId: 'p1' })).filter(({ shots }) => shots.length);
    assert.deepEqual([found.id, more, found.sent, found.corrections.map(({ id }) => id)], [old.id, [], 2, [made.id]]);
    assert.deepEqual(found.shots.map(({ thumb, unsent }) => [thumb, unsent]), [[null, null], [null, null]]);
    refuses = false;
    if (when === 'before') await store.discardCorrection(made.id);
    else await queue.retry(made.id, { now: () => now, fetch: office.fetch });
    await go();
    await go();
    assert.equal(office.records.has(made.id), when === 'after');
    assert.deepEqual([idb.rows('records'), idb.rows('shots'), await db.countPhotos('p1')], [[], [], { unsent: 0, kept: 0 }]);
  });
}

test('a server that was set back is asked again, then it is set aside and can be given up', async () => {
  const old = await visit();
  const { office, go } = setUp();
  await go();
  office.records.clear();
  const made = await queue.correct(old.id, RIGHT);
  await go();
  assert.deepEqual([rowOf(made.id).state, rowOf(made.id).lastError.code], ['ready', 'replaces-unknown']);
  for (let n = 0; n < 8; n++) await go({ force: true });
  assert.equal(rowOf(made.id).state, 'quarantined');
  await store.discardCorrection(old.id);
  await store.discardCorrection(made.id);
  assert.deepEqual(idb.rows('records').map(({ id }) => id), [old.id]);
});

test('a correction that is under way is not given up', async () => {
  const old = await visit();
  const made = await queue.correct(old.id, RIGHT);
  await store.discardCorrection(made.id);
  assert.ok(rowOf(made.id));
});

test("a board keeps its own fields and its day, as the office's template knows them", () => {
  const template = [{ name: '공종', kind: 'choice', choices: ['석축'] }, { name: '날짜', kind: 'date' }, { name: '비고', kind: 'text' }];
  const board = { 옛칸: '값', 공종: '포장', 날짜: '2026-11-24' };
  const fields = fieldsOf(template, board);
  assert.deepEqual(fields, [{ name: '옛칸', kind: 'text' }, template[0], template[1], template[2]]);
  const seconds = Date.parse('2026-11-26T03:00:00Z') / 1000;
  const said = corrected(fields, { 옛칸: ' 새 값 ', 공종: '석축', 비고: '' }, board, seconds);
  assert.deepEqual(said, [['옛칸', '새 값'], ['공종', '석축'], ['날짜', '2026-11-24'], ['비고', '']]);
  assert.deepEqual(corrected([{ name: '공종', kind: 'text' }, { name: '날짜', kind: 'date' }], { 공종: '석축' }, {}, seconds), [['공종', '석축'], ['날짜', '2026-11-26']]);
  assert.deepEqual(corrected([{ name: '날짜', kind: 'date' }], {}, {}, seconds), [], 'a day alone is no board');
});
