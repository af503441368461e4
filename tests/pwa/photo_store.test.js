// Drafts and photos on the phone's disk, with the real store over an IndexedDB in memory.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { beforeEach, test } from 'node:test';

import * as idb from './idb.js';
import { itemOf } from './stamps.js';
import * as db from '../../static/pwa/src/js/db.js';
import * as store from '../../static/pwa/src/js/photo_store.js';

const DAY = 86_400_000;
const identity = { person: { id: 'p1', staff_number: '20260001' }, organisation: { code: '46770' } };
const picture = (n, size = 5000) => Uint8Array.from({ length: size }, (_, i) => (i * n + n) & 255).buffer;
const shoot = (record, n, more) =>
  store.addShot(record.id, { bytes: picture(n), thumb: picture(n, 100), capturedAt: 1795300000 + n, ...more });

beforeEach(() => {
  db.close();
  idb.clear();
  idb.onCommit(() => {});
  idb.onPut(() => null);
});

test('a photo is on disk with the hash of exactly its bytes', async () => {
  const record = await store.openDraft({ identity, board: [['공사명', '가']], place: '창원' });
  const shot = await shoot(record, 7, { phase: 'before' });
  assert.equal(shot.sha256, createHash('sha256').update(Buffer.from(picture(7))).digest('hex'));
  db.close();
  const stored = await store.getBytes(shot.id);
  assert.ok(stored instanceof ArrayBuffer, 'an ArrayBuffer, never a Blob');
  assert.deepEqual(new Uint8Array(stored), new Uint8Array(picture(7)));
  const [visit] = await store.listRecords({ personId: 'p1' });
  assert.deepEqual(visit.photos, [shot.id]);
  assert.deepEqual(visit.shots, [shot]);
  assert.deepEqual([visit.state, visit.sent, shot.state, shot.phase, shot.unsent], ['draft', 0, 'ready', 'before', 'p1']);
});

test('bytes changed by the caller meanwhile are not what is stored', async () => {
  const record = await store.openDraft({ identity });
  const bytes = picture(1);
  const saving = store.addShot(record.id, { bytes, capturedAt: 1 });
  new Uint8Array(bytes).fill(0);
  const shot = await saving;
  const stored = new Uint8Array(await store.getBytes(shot.id));
  assert.equal(createHash('sha256').update(stored).digest('hex'), shot.sha256);
});

test('a burst of ten at once: all there, none twice', async () => {
  const record = await store.openDraft({ identity });
  const shots = await Promise.all(Array.from({ length: 10 }, (_, n) => shoot(record, n + 1)));
  const [visit] = await store.listRecords();
  assert.deepEqual(new Set(visit.photos), new Set(shots.map(({ id }) => id)));
  assert.equal(visit.photos.length, 10);
});

test('what no record can hold is brought to what it can, so that no visit is refused for it', async () => {
  const record = await store.openDraft({ identity });
  const at = Math.floor(Date.now() / 1000);
  for (const capturedAt of [NaN, 0, Date.now(), undefined]) {
    const shot = await store.addShot(record.id, { bytes: picture(1), capturedAt, phase: 'later', source: 'gallery' });
    assert.deepEqual([shot.phase, shot.source], ['', 'picked']);
    assert.ok(shot.capturedAt >= at && shot.capturedAt <= at + 2);
  }
});

test('a full disk is told, and nothing of the photo stays', async () => {
  const record = await store.openDraft({ identity });
  idb.onPut((name) => (name === 'shots' ? Object.assign(new Error('full'), { name: 'QuotaExceededError' }) : null));
  await assert.rejects(shoot(record, 1), { code: 'quota' });
  idb.onPut(() => null);
  assert.deepEqual([idb.rows('shots').length, idb.rows('bytes').length, idb.rows('records')[0].photos.length], [0, 0, 0]);
});

test('a lost connection is opened again, once', async () => {
  const record = await store.openDraft({ identity });
  let failures = 0;
  idb.onPut((name) => (name === 'shots' && (failures += 1) === 1 ? new Error('connection lost') : null));
  const shot = await shoot(record, 1);
  assert.deepEqual(idb.rows('records')[0].photos, [shot.id]);
});

test('pictures that are none, or too large, and a sixty-first are refused', async () => {
  const record = await store.openDraft({ identity });
  await assert.rejects(store.addShot(record.id, { bytes: new ArrayBuffer(0), capturedAt: 1 }), { code: 'empty' });
  await assert.rejects(store.addShot(record.id, { bytes: undefined, capturedAt: 1 }), { code: 'empty' });
  await assert.rejects(store.addShot(record.id, { bytes: new ArrayBuffer(40 * 2 ** 20 + 1), capturedAt: 1 }), { code: 'too-large' });
  await assert.rejects(shoot({ id: 'nobody' }, 1), { code: 'gone' });
  for (let n = 0; n < 60; n++) await shoot(record, n);
  await assert.rejects(shoot(record, 61), { code: 'full' });
});

test('what is frozen never changes', async () => {
  const record = await store.openDraft({ identity, board: [['공사명', '가']] });
  const shot = await shoot(record, 1);
  const [draft] = await store.listRecords();
  assert.equal((await store.freeze(draft, { signed: new Uint8Array(3), sha256: 'x' })).state, 'ready');
  await assert.rejects(shoot(record, 2), { code: 'frozen' });
  await assert.rejects(store.setBoard(record.id, []), { code: 'frozen' });
  await assert.rejects(store.removeShot(shot.id), { code: 'frozen' });
  await assert.rejects(store.freeze(draft, {}), { code: 'frozen' });
  assert.equal((await store.listRecords())[0].shots.length, 1);
});

test('a draft that changed after it was signed is not frozen', async () => {
  const record = await store.openDraft({ identity });
  await shoot(record, 1);
  const [draft] = await store.listRecords();
  await shoot(record, 2);
  assert.equal(await store.freeze(draft, {}), null);
  const [next] = await store.listRecords();
  await store.setBoard(record.id, [['내용', '바뀜']]);
  assert.equal(await store.freeze(next, {}), null);
});

test('a photo of a draft can be removed, a board changed; too much text is refused', async () => {
  const record = await store.openDraft({ identity });
  const [first, second] = [await shoot(record, 1), await shoot(record, 2)];
  await store.removeShot(first.id);
  assert.deepEqual((await store.listRecords())[0].photos, [second.id]);
  assert.equal(await store.getBytes(first.id), undefined);
  assert.deepEqual((await store.setBoard(record.id, [['내용', '나']])).board, [['내용', '나']]);
  const long = Array.from({ length: 20 }, (_, n) => [`칸${n}`, '가'.repeat(200)]);
  await assert.rejects(store.setBoard(record.id, long), { code: 'board-too-large' });
});

test('the series of a draft can change, a photo keeps the id that is burnt into it, and neither is missed by a signature', async () => {
  const { id, series } = await store.openDraft({ identity });
  const seen = await db.run('readonly', (records) => {
    const request = records.get(id);
    return () => request.result;
  }, ['records']);
  const burnt = crypto.randomUUID();
  assert.equal((await store.addShot(id, { bytes: new ArrayBuffer(9), id: burnt, capturedAt: 1 })).id, burnt);
  const other = crypto.randomUUID();
  assert.equal((await store.setBoard(id, [['a', 'b']])).series, series);
  const { photos, board } = await store.setBoard(id, [['a', 'b']], other);
  assert.equal(await store.freeze({ ...seen, photos, board }, {}), null, 'signed with the old series');
  assert.equal((await store.freeze({ ...seen, photos, board, series: other }, {})).series, other);
});

test('a receipt takes the bytes, and only the bytes; a day later the rest', async () => {
  const record = await store.openDraft({ identity });
  const shot = await shoot(record, 1);
  await store.freeze((await store.listRecords())[0], { state: 'received' });
  await store.keepReceipt(shot.id, new Uint8Array(9), 1000 * DAY);
  assert.equal(await store.getBytes(shot.id), undefined);
  const [visit] = await store.listRecords();
  assert.equal(visit.sent, 1);
  assert.equal(visit.shots[0].thumb.byteLength, 100);
  assert.deepEqual(await db.countPhotos('p1'), { unsent: 0, kept: 1 });
  await store.forget(1001 * DAY - 1);
  assert.equal((await store.listRecords()).length, 1);
  await store.forget(1001 * DAY);
  assert.deepEqual([await store.listRecords(), idb.rows('shots')], [[], []]);
});

test('of a visit that is half received, old small pictures go and the unsent stay', async () => {
  const record = await store.openDraft({ identity });
  const [first, second] = [await shoot(record, 1), await shoot(record, 2)];
  await store.freeze((await store.listRecords())[0], {});
  await store.keepReceipt(first.id, new Uint8Array(9), 1000 * DAY);
  await store.forget(1002 * DAY);
  const [visit] = await store.listRecords();
  assert.deepEqual(visit.shots.map(({ thumb }) => thumb === null), [true, false]);
  assert.equal((await store.getBytes(second.id)).byteLength, 5000);
  assert.equal(visit.sent, 1);
});

test('a draft without a photo goes when it rests, one with a photo never', async () => {
  const [empty, full] = [await store.openDraft({ identity }), await store.openDraft({ identity })];
  await shoot(full, 1);
  await store.forget(empty.touchedAt + store.REST_MS - 1);
  assert.equal((await store.listRecords()).length, 2);
  await store.forget(Date.now() + 100 * DAY);
  assert.deepEqual((await store.listRecords()).map(({ id }) => id), [full.id]);
});

test('a log-out takes what was received, keeps what was not, without small pictures', async () => {
  const record = await store.openDraft({ identity });
  const other = await store.openDraft({ identity: { ...identity, person: { id: 'p2', staff_number: '2' } } });
  const [first, second] = [await shoot(record, 1), await shoot(record, 2)];
  await shoot(other, 3);
  await store.freeze((await store.listRecords({ personId: 'p1' }))[0], { state: 'received' });
  await store.keepReceipt(first.id, new Uint8Array(9), Date.now());
  await db.set('identity', identity);
  await db.removePerson('p1');
  assert.equal(await db.get('identity'), undefined);
  const [mine] = await store.listRecords({ personId: 'p1' });
  assert.deepEqual([mine.orphan, mine.sent, mine.shots.length, mine.shots[0].thumb], [true, 1, 1, null]);
  assert.equal((await store.getBytes(second.id)).byteLength, 5000);
  assert.equal((await store.listRecords({ personId: 'p2' }))[0].shots[0].thumb.byteLength, 100);
  assert.equal((await db.countPhotos('p1')).unsent, 1);
  await store.keepReceipt(second.id, new Uint8Array(9), Date.now());
  await store.forget(Date.now());
  assert.deepEqual(await store.listRecords({ personId: 'p1' }), []);
  assert.deepEqual((await db.countPhotos()), { unsent: 1, kept: 1 });
});

test('what another tab has discarded already is not discarded again', async () => {
  const record = await store.openDraft({ identity });
  const shot = await shoot(record, 1);
  await store.patchRow('records', record.id, { state: 'quarantined' });
  assert.equal(await store.discard(record.id, [shot.id]), 1);
  assert.equal(await store.discard(record.id, [shot.id]), 0);
});

/** The store as the app before photos made it, with a stamp that waits. */
async function olderApp() {
  const item = await itemOf(1);
  const request = indexedDB.open('office', 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('kv');
    const items = request.result.createObjectStore('items', { keyPath: 'id' });
    for (const field of ['state', 'personId', 'capturedAt']) items.createIndex(field, field);
  };
  await new Promise((resolve) => (request.onsuccess = resolve));
  const tx = request.result.transaction(['kv', 'items'], 'readwrite');
  tx.objectStore('items').put(item);
  tx.objectStore('kv').put(identity, 'identity');
  await new Promise((resolve) => (tx.oncomplete = resolve));
}

test("an older app's queue is there after the upgrade, and photos can be stored", async () => {
  await olderApp();
  assert.equal((await db.listUnsent()).length, 1);
  assert.equal((await db.get('identity')).person.id, 'p1');
  await shoot(await store.openDraft({ identity }), 1);
  assert.deepEqual(await db.countPhotos(), { unsent: 1, kept: 1 });
  assert.equal((await db.listItems()).length, 1);
});

test('an app after which a newer one came opens what stands there', async () => {
  await shoot(await store.openDraft({ identity }), 1);
  db.close();
  const newer = indexedDB.open('office', 3);
  await new Promise((resolve) => (newer.onsuccess = resolve));
  assert.deepEqual(await db.countPhotos(), { unsent: 1, kept: 1 });
  assert.equal((await store.listRecords()).length, 1);
});
