// The photos' queue: the real store over an IndexedDB in memory, the real tus client, an office in memory.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { beforeEach, test } from 'node:test';

import * as idb from './idb.js';
import { Office, dropped, key, photoReceipt, problem, stranger } from './office.js';
import { fromB64u, toHex } from '../../static/pwa/src/js/base32.js';
import * as db from '../../static/pwa/src/js/db.js';
import * as queue from '../../static/pwa/src/js/photo_queue.js';
import * as store from '../../static/pwa/src/js/photo_store.js';
import { deviceKid, publicPoint } from '../../static/pwa/src/js/token.js';

const KB = 1024;
const DAY = 86_400_000;
const identity = { person: { id: 'p1', staff_number: '20260001' }, organisation: { code: '46770' } };
const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
const point = await publicPoint(pair.publicKey);
const device = { kid: toHex(await deviceKid(point.x, point.y)), privateKey: pair.privateKey, enrolled: true };
const SMALL = 600 * KB; // two or three pieces

let now;
beforeEach(async () => {
  db.close();
  idb.clear();
  idb.onCommit(() => {});
  idb.onPut(() => null);
  now = Date.now();
  delete globalThis.navigator;
  await db.set('receipt-keys', { [key.pin.kid]: key.pin });
  await db.set('device:p1', device);
});

/** A draft with photos; each has its own random bytes. */
async function draft(photos, { size = SMALL, who = identity, ...rest } = {}) {
  const record = await store.openDraft({ identity: who, ...rest });
  for (let n = 0; n < photos; n++) {
    const bytes = Uint8Array.from(randomBytes(size)).buffer;
    await store.addShot(record.id, { bytes, thumb: new ArrayBuffer(50), capturedAt: now / 1000 });
  }
  return record;
}
async function visit(photos, more) {
  const record = await draft(photos, more);
  return queue.finish(record.id);
}
const setUp = (plan) => {
  const office = new Office(plan);
  const go = (options = {}) => queue.drain({ now: () => now, fetch: office.fetch, random: () => 0.5, ...options });
  return { office, go };
};
const shots = () => idb.rows('shots');
const states = () => shots().map(({ state }) => state);
const records = () => idb.rows('records').map(({ state }) => state);
const verbs = (office) => office.calls.map(({ path, verb }) => `${verb} ${path.replace(/^\/api\/photos\//, '').replace(/[\w-]{36}/, '*')}`);
/** On with the clock until nothing waits. */
async function until(go, runs = 60) {
  for (let n = 0; n < runs; n++) {
    await go();
    const { nextAt } = await queue.summary();
    if (nextAt === null) return;
    now = Math.max(now, nextAt);
  }
}
/** Every photo is at the office once, byte for byte, and none on the phone. */
function allThere(office, count) {
  assert.equal(new Set(office.stored.map(([photo]) => photo)).size, count);
  assert.equal(office.stored.length, count, 'none stored twice');
  const mine = new Map(shots().map(({ id, sha256 }) => [id, sha256]));
  for (const [photo, sha] of office.stored) assert.equal(mine.get(photo), sha);
  assert.ok(states().every((state) => state === 'received'), states().join());
  assert.equal(idb.rows('bytes').length, 0);
}

test('the record goes first, then each photo, then its receipt; the bytes leave the phone', async () => {
  const record = await visit(2);
  const { office, go } = setUp();
  const result = await go();
  assert.deepEqual(result, { sent: 2, records: 1, quarantined: 0, stopped: null, busy: false });
  assert.deepEqual(verbs(office), [
    'POST records',
    ...['POST uploads', 'PATCH uploads/*', 'PATCH uploads/*', 'POST */receipt'],
    ...['POST uploads', 'PATCH uploads/*', 'POST */receipt'],
  ]);
  allThere(office, 2);
  assert.equal(office.records.get(record.id), record.sha256);
  assert.deepEqual(records(), ['received']);
  assert.equal((await queue.summary()).nextAt, null);
  assert.equal(shots()[0].thumb.byteLength, 50, 'the small picture stays for a day');
  now += 2 * DAY;
  await go();
  assert.deepEqual([shots(), idb.rows('records')], [[], []]);
});

test('records of all visits go before the first photo', async () => {
  await visit(1);
  await visit(1);
  const { office, go } = setUp();
  await go();
  assert.deepEqual(verbs(office).slice(0, 3), ['POST records', 'POST records', 'POST uploads']);
});

test('no session is sent for: the ticket is the only key', async () => {
  await visit(1);
  const { office, go } = setUp();
  await go();
  assert.ok(office.calls.slice(1).every(({ headers }) => headers.get('Authorization') === 'Bearer ticket-0'));
});

test('a draft is not sent; finishing freezes, signs and tells', async () => {
  const record = await draft(1);
  const { office, go } = setUp();
  await go();
  assert.equal(office.calls.length, 0);
  const heard = [];
  const deaf = queue.onPhotoChange((event) => heard.push(event));
  const done = await queue.finish(record.id);
  assert.equal(done.state, 'ready');
  await new Promise((resolve) => setTimeout(resolve, 50));
  deaf();
  assert.ok(heard.some(({ id, fresh }) => id === record.id && fresh));
  assert.deepEqual(await queue.finish(record.id).then(({ sha256 }) => sha256), done.sha256, 'again: the same');
  await go();
  allThere(office, 1);
});

test('an empty draft is not finished; without a key a draft stays one', async () => {
  const empty = await draft(0);
  assert.equal(await queue.finish(empty.id), null);
  const record = await draft(1);
  await db.set('device:p1', undefined);
  await assert.rejects(queue.finish(record.id), { code: 'not-set-up' });
  await db.set('device:p1', { ...device, enrolled: false, revoked: true });
  await assert.rejects(queue.finish(record.id), { code: 'key-revoked' });
  now += DAY;
  const { go } = setUp();
  await go();
  assert.deepEqual(records(), ['draft']);
  await db.set('device:p1', device);
  assert.equal((await go()).sent, 1);
});

test('a draft without a new photo for ten minutes finishes by itself', async () => {
  const record = await draft(1);
  const { office, go } = setUp();
  const { nextAt, drafts } = await queue.summary();
  assert.deepEqual([nextAt, drafts], [idb.rows('records')[0].touchedAt + 600_000, 1]);
  now = nextAt - 1;
  await go();
  assert.deepEqual(records(), ['draft']);
  now = nextAt;
  await go();
  allThere(office, 1);
  assert.equal(office.records.has(record.id), true);
});

test('woken with no window in sight, a set is finished when it rests or at the last chance', async () => {
  await draft(1);
  const { office } = setUp();
  const wake = (more) => queue.wake({ now: () => now, fetch: office.fetch, random: () => 0.5, ...more });
  await wake({ watched: true, last: true });
  assert.deepEqual(records(), ['draft'], 'the page looks after it');
  await assert.rejects(wake({ watched: false }), /rests not yet/);
  assert.deepEqual(records(), ['draft']);
  now += 601_000;
  await wake({ watched: false });
  assert.deepEqual(records(), ['received']);
  now = Date.now();
  await draft(1);
  await wake({ watched: false, last: true });
  allThere(office, 2);
});

test('no network: the run stops, the back-off doubles, the summary tells the next try', async () => {
  await visit(2);
  const { office, go } = setUp(dropped);
  assert.equal((await go()).stopped, 'network');
  assert.equal(office.calls.length, 1);
  assert.deepEqual(records(), ['ready']);
  assert.equal((await queue.summary()).nextAt, now + 2000);
  assert.equal((await go()).stopped, 'held');
  now += 2000;
  await go();
  assert.equal((await queue.summary()).nextAt, now + 4000);
  office.plan = () => null;
  assert.equal((await go({ force: true })).sent, 2);
  assert.deepEqual(await db.get('photo-queue'), { tries: 0, until: 0 });
});

for (const status of [500, 503, 507, 403]) {
  test(`${status} on a photo: the run stops, nothing is set aside`, async () => {
    await visit(2);
    const { go } = setUp(({ path }) => (path.endsWith('/uploads') ? problem(status, 'storage-full') : null));
    assert.equal((await go()).stopped, `http-${status}`);
    assert.deepEqual(states(), ['ready', 'ready']);
    assert.equal(idb.rows('bytes').length, 2);
  });
}

test('429 with Retry-After: even an opened app waits', async () => {
  await visit(1);
  const { office, go } = setUp(({ n }) => (n === 2 ? problem(429, 'quota-spent', { 'Retry-After': '60' }) : null));
  assert.equal((await go()).stopped, 'http-429');
  now += 59_000;
  assert.equal((await go({ force: true })).stopped, 'held');
  now += 1000;
  await go();
  allThere(office, 1);
});

test('a photo on which the server always breaks does not hold up the others', async () => {
  await visit(3);
  const [poison] = idb.rows('records')[0].photos;
  const { office, go } = setUp(({ headers }) => (atob(headers.get('Upload-Metadata')?.split(' ')[1] ?? '') === poison ? problem(500, 'internal') : null));
  await go();
  now += 3000;
  assert.equal((await go()).sent, 2);
  assert.equal(office.stored.length, 2);
});

test('a record refused for good is set aside with its reason, the others go on', async () => {
  const bad = await visit(1);
  await visit(1);
  const { office, go } = setUp(({ n }) => (n === 1 ? problem(422, 'picked-not-allowed') : null));
  const result = await go();
  assert.deepEqual([result.sent, result.quarantined], [1, 1]);
  const told = (await store.listRecords()).find(({ id }) => id === bad.id);
  assert.deepEqual([told.state, told.lastError], ['quarantined', { code: 'picked-not-allowed', title: '제목', detail: '까닭' }]);
  assert.equal((await store.getBytes(told.photos[0])).byteLength, SMALL);
  const counts = await queue.summary();
  assert.deepEqual([counts.quarantined, counts.waiting, counts.nextAt], [1, 0, null]);
  await queue.retry(bad.id, { now: () => now, fetch: office.fetch });
  allThere(office, 2);
});

test('a photo refused for good is set aside, the others go on; by hand it goes again', async () => {
  await visit(3);
  const [poison] = idb.rows('records')[0].photos;
  let refuse = true;
  const isPoison = ({ headers, path }) => path.includes(poison) || atob(headers.get('Upload-Metadata')?.split(' ')[1] ?? '') === poison;
  const { office, go } = setUp((request) => (refuse && isPoison(request) ? problem(422, 'not-a-picture') : null));
  assert.deepEqual(await go().then(({ sent, quarantined, stopped }) => [sent, quarantined, stopped]), [2, 1, null]);
  const stuck = shots().find(({ id }) => id === poison);
  assert.deepEqual([stuck.state, stuck.lastError.code], ['quarantined', 'not-a-picture']);
  now += DAY;
  const before = office.calls.length;
  await go({ force: true });
  assert.equal(office.calls.length, before, 'not tried again by itself');
  refuse = false;
  await queue.retry(poison, { now: () => now, fetch: office.fetch });
  allThere(office, 3);
});

test('a server that does not know the key yet is asked five times more', async () => {
  await visit(1);
  const refused = JSON.stringify({ code: 'bad-record', reason: 'unknown-key', title: '제목', detail: '까닭' });
  const { go } = setUp(() => new Response(refused, { status: 422 }));
  for (let n = 0; n < 5; n++) assert.equal((await go({ force: true })).quarantined, 0);
  assert.equal((await go({ force: true })).quarantined, 1);
});

test('a record of a revoked key is signed anew when it is retried with a new key', async () => {
  const record = await visit(1);
  const { office, go } = setUp(({ n }) => (n === 1 ? problem(422, 'key-revoked') : null));
  await go();
  const fresh = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  await db.set('device:p1', { ...device, privateKey: fresh.privateKey, kid: '02'.repeat(8) });
  await queue.retry(record.id, { now: () => now, fetch: office.fetch });
  allThere(office, 1);
  assert.notEqual(office.records.get(record.id), record.sha256);
});

const forgeries = {
  'by another key': (sha, id) => photoReceipt(sha, id, stranger),
  'over other bytes': (_sha, id) => photoReceipt('ee'.repeat(32), id),
  'of another photo': (sha) => photoReceipt(sha, '0190a6b0-0000-4000-8000-000000000002'),
  'that is noise': () => 'AAAA',
};
for (const [what, forge] of Object.entries(forgeries)) {
  test(`a photo's receipt ${what}: the bytes stay, the others go on, later it goes`, async () => {
    await visit(2);
    const [first, second] = idb.rows('records')[0].photos;
    let forged = true;
    const { office, go } = setUp(async ({ path }) => {
      const { sha256, id } = shots().find((shot) => shot.id === first);
      if (!forged || !path.includes(`${first}/receipt`)) return null;
      return { after: new Response(JSON.stringify({ receipt: await forge(sha256, id) }), { status: 200 }) };
    });
    assert.equal((await go()).sent, 1);
    assert.equal((await store.getBytes(first)).byteLength, SMALL);
    assert.equal(await store.getBytes(second), undefined);
    const shot = shots().find(({ id }) => id === first);
    assert.deepEqual([shot.state, shot.lastError.code], ['ready', 'bad-receipt']);
    forged = false;
    now = shot.nextAt;
    await go();
    allThere(office, 2);
    assert.ok(office.resent <= 0, 'what is stored is not sent again');
  });
}

test("a record's receipt that is not the server's: its photos are not sent", async () => {
  await visit(1);
  const { office, go } = setUp(async ({ n }) => n === 1 && { after: new Response(JSON.stringify({ receipt: 'AAAA', ticket: 't', photos: [] })) });
  await go();
  assert.deepEqual([records(), office.calls.length], [['ready'], 1]);
  assert.equal(idb.rows('records')[0].lastError.code, 'bad-receipt');
  await until(go);
  allThere(office, 1);
});

test('an expired ticket: the record is posted again, and the photo goes on where it stood', async () => {
  await visit(2);
  const { office, go } = setUp(({ n }) => (n > 3 ? dropped() : null));
  await go();
  office.plan = () => null;
  office.tickets.clear();
  office.tickets.add('another');
  now += 31 * DAY;
  await until(go);
  allThere(office, 2);
  assert.equal(office.resent, 0);
  assert.equal(office.calls.filter(({ path }) => path.endsWith('/records')).length, 2);
});

test('a proxy that asks for a login (401 without our code) is no expired ticket for ever', async () => {
  await visit(1);
  const { go } = setUp(({ path }) => (path.endsWith('/records') ? null : new Response('', { status: 401 })));
  assert.equal((await go()).stopped, 'http-401');
  assert.deepEqual(states(), ['ready']);
});

test('an upload that expired is created anew', async () => {
  await visit(1);
  const { office, go } = setUp(({ n }) => (n > 3 ? dropped() : null));
  await go();
  office.plan = () => null;
  office.uploads.clear();
  await until(go);
  allThere(office, 1);
});

test('a server set back to yesterday gets the record and the photo again', async () => {
  await visit(1);
  const { office, go } = setUp(({ n }) => (n > 3 ? dropped() : null));
  await go();
  office.plan = () => null;
  for (const store_ of [office.uploads, office.records, office.photos]) store_.clear();
  await until(go);
  allThere(office, 1);
});

test('the answer to the receipt is lost: asked again, nothing is sent twice', async () => {
  await visit(1);
  let lose = true;
  const { office, go } = setUp(({ path }) => (lose && path.endsWith('/receipt') ? { after: dropped() } : null));
  assert.equal((await go()).stopped, 'network');
  assert.equal(office.stored.length, 1);
  assert.equal(idb.rows('bytes').length, 1, 'no receipt, no deleting');
  lose = false;
  await until(go);
  allThere(office, 1);
  assert.equal(office.resent, 0);
});

test('the address of a finished upload was never stored here: the receipt is asked for', async () => {
  const record = await visit(1);
  const { office, go } = setUp();
  const old = idb.snapshot();
  await go();
  idb.restore(old);
  db.close();
  await until(go);
  allThere(office, 1);
  assert.equal(office.resent, 0);
  assert.equal(office.records.get(record.id), record.sha256);
});

test('423: this photo later, the others now', async () => {
  await visit(2);
  const { office, go } = setUp(({ n, verb }) => (n === 3 && verb === 'PATCH' ? problem(423, 'upload-busy') : null));
  assert.deepEqual(await go().then(({ sent, stopped }) => [sent, stopped]), [1, null]);
  assert.ok((await queue.summary()).nextAt > now);
  await until(go);
  allThere(office, 2);
  assert.equal(office.resent, 0);
});

test('423 to HEAD has no body and stops nobody else', async () => {
  await visit(2);
  const { go, office } = setUp(({ n }) => (n > 3 ? dropped() : null));
  await go();
  const busy = shots().find(({ uploadUrl }) => uploadUrl).uploadUrl;
  office.plan = ({ verb, path }) => (verb === 'HEAD' && path === busy ? new Response(null, { status: 423 }) : null);
  now += 10_000;
  assert.deepEqual(await go().then(({ sent, stopped }) => [sent, stopped]), [1, null]);
});

test('hash-mismatch: sent again from the start, set aside after five times', async () => {
  await visit(1);
  let broken = true;
  const { office, go } = setUp(({ path }) => {
    if (broken && path.endsWith('/receipt')) for (const upload of office.uploads.values()) upload.bytes = upload.bytes.map((b) => b ^ 1);
  });
  for (let n = 0; n < 5; n++) assert.equal((await go({ force: true })).quarantined, 0);
  assert.equal(shots()[0].lastError.code, 'hash-mismatch');
  assert.equal((await go({ force: true })).quarantined, 1);
  broken = false;
  await queue.retry(shots()[0].id, { now: () => now, fetch: office.fetch });
  allThere(office, 1);
});

test('bytes that rotted or vanished here are set aside and never sent as something else', async () => {
  await visit(3);
  const [first, second] = idb.rows('records')[0].photos;
  await db.run('readwrite', (bytes) => {
    bytes.put(new Uint8Array(SMALL).buffer, first);
    bytes.delete(second);
    return () => undefined;
  }, ['bytes']);
  const { office, go } = setUp();
  assert.deepEqual(await go().then(({ sent, quarantined }) => [sent, quarantined]), [1, 2]);
  const code = (id) => shots().find((shot) => shot.id === id).lastError.code;
  assert.deepEqual([code(first), code(second)], ['damaged-here', 'lost-here']);
  assert.equal(office.stored.length, 1);
});

test('a photo that cannot be sent does not bear how far the one before it came', async () => {
  const { photos } = await visit(2);
  await db.run('readwrite', (bytes) => {
    bytes.delete(photos[1]);
    return () => undefined;
  }, ['bytes']);
  await setUp().go();
  const second = shots().find(({ id }) => id === photos[1]);
  assert.deepEqual([second.lastError.code, second.offset], ['lost-here', 0]);
});

test('what will never be accepted is given up by hand, and nothing else', async () => {
  const { id, photos } = await visit(2);
  await db.run('readwrite', (bytes) => {
    bytes.delete(photos[0]);
    return () => undefined;
  }, ['bytes']);
  const { office, go } = setUp();
  await go();
  assert.deepEqual(states().sort(), ['quarantined', 'received']);
  assert.equal(shots().find(({ state }) => state === 'quarantined').lastError.code, 'lost-here');
  assert.equal(await store.discard(id, photos), 1, 'what was received stays');
  assert.deepEqual(states(), ['received']);
  assert.equal((await queue.summary()).quarantined, 0);
  assert.equal(office.stored.length, 1);
  const other = await visit(1);
  assert.equal(await store.discard(other.id, other.photos), 0, 'it waits: nobody refused it');
  await store.patchRow('records', other.id, { state: 'quarantined' });
  assert.equal(await store.discard(other.id, other.photos), 1);
  assert.equal(idb.rows('bytes').length, 0);
  assert.deepEqual(idb.rows('records').map((row) => row.id), [id]);
});

test('two contexts at once: one sends', async () => {
  await visit(2);
  const { office, go } = setUp();
  const [one, two] = await Promise.all([go(), go()]);
  assert.deepEqual([one.sent, two.busy], [2, true]);
  allThere(office, 2);
  assert.equal(office.resent, 0);
});

test('what a logged-out person left is finished, sent, and leaves the phone whole', async () => {
  await visit(1);
  await draft(1);
  await db.removePerson('p1');
  const { office, go } = setUp();
  assert.equal((await go()).sent, 2);
  assert.equal(office.stored.length, 2);
  assert.deepEqual([shots(), idb.rows('records'), idb.rows('bytes')], [[], [], []]);
});

test('Wi-Fi only: records go on mobile data, photos wait; by hand they go', async () => {
  globalThis.navigator = { connection: { type: 'cellular', saveData: false } };
  await queue.setWifiOnly(true);
  assert.equal(queue.canTellWifi(), true);
  await visit(1);
  const { office, go } = setUp();
  await go();
  assert.deepEqual([verbs(office), records()], [['POST records'], ['received']]);
  const { wifi, nextAt, waiting } = await queue.summary();
  assert.deepEqual([wifi, nextAt, waiting], [true, null, 1]);
  globalThis.navigator.connection.type = 'wifi';
  assert.equal((await queue.summary()).wifi, false);
  globalThis.navigator.connection.type = 'cellular';
  await go({ anyNetwork: true });
  allThere(office, 1);
});

test("the browser's data saver stands for the choice until one is made; who cannot tell is not held", async () => {
  globalThis.navigator = { connection: { type: 'cellular', saveData: true } };
  assert.equal(await queue.wifiOnly(), true);
  await queue.setWifiOnly(false);
  assert.equal(await queue.wifiOnly(), false);
  globalThis.navigator = {};
  await queue.setWifiOnly(true);
  await visit(1);
  const { office, go } = setUp();
  await go();
  allThere(office, 1);
});

test('a proxy that blocks PATCH is remembered over a restart', async () => {
  await visit(1);
  const { office, go } = setUp(({ method }) => (method === 'PATCH' ? new Response('', { status: 405 }) : null));
  await go();
  await visit(1);
  const before = office.calls.length;
  await go();
  allThere(office, 2);
  assert.ok(office.calls.slice(before).every(({ method }) => method === 'POST'));
});

test('the summary counts photos, visits and bytes, for one person or all', async () => {
  const other = { ...identity, person: { id: 'p2', staff_number: '2' } };
  const mine = await visit(2, { size: 300 * KB });
  await draft(3, { size: 10, who: other });
  const { office, go } = setUp(({ n }) => (n > 4 ? dropped() : null)); // one photo through, then nothing
  office.plan = ({ n }) => (n > 5 ? dropped() : null);
  await go();
  const told = await queue.summary({ personId: 'p1' });
  assert.deepEqual(told.records, [{ id: mine.id, state: 'received', sent: 1, total: 2 }]);
  assert.deepEqual([told.waiting, told.drafts, told.quarantined, told.bytes], [1, 0, 0, 300 * KB]);
  const all = await queue.summary();
  assert.deepEqual([all.waiting, all.drafts, all.bytes], [1, 3, 300 * KB + 30]);
});

/** Killed with the disk as it stood, at each moment of a run: after each commit, before and after each request. */
test('killed at any moment: nothing lost, nothing stored twice, at most one piece again', async () => {
  await visit(2, { size: 300 * KB });
  await visit(1, { size: 300 * KB });
  const start = idb.snapshot();
  const moments = async (kill) => {
    idb.restore(start);
    db.close();
    let dead = null;
    let moment = 0;
    const die = () => {
      if ((moment += 1) === kill) dead = idb.snapshot();
    };
    const { office, go } = setUp(() => (dead ? dropped() : (die(), dead ? dropped() : null)));
    const answer = office.answer.bind(office);
    office.answer = async (request) => {
      const said = await answer(request);
      if (!dead) die();
      if (dead) throw dropped();
      return said;
    };
    idb.onCommit(() => dead ?? die());
    await go();
    idb.onCommit(() => {});
    const last = moment;
    if (dead) {
      idb.restore(dead);
      db.close();
      Object.assign(office, { plan: () => null, answer });
    }
    await until(go);
    allThere(office, 3);
    assert.ok(office.resent <= 300 * KB, `${kill}: ${office.resent} bytes again`);
    assert.ok(office.pieces.length <= 6, `${kill}: ${office.pieces.length} pieces`);
    return last;
  };
  const count = await moments(Infinity);
  assert.ok(count > 30, String(count));
  for (let kill = 1; kill <= count; kill++) await moments(kill);
});

test('a storm of faults: 30 photos, each stored once, none lost', async () => {
  let seed = 7;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let n = 0; n < 6; n++) await visit(5, { size: 300 * KB });
  const { office, go } = setUp(() => {
    const dice = chance();
    if (dice < 0.08) return dropped();
    if (dice < 0.16) return { after: dropped() };
    if (dice < 0.2) return problem(503, 'busy');
    if (dice < 0.22) return problem(423, 'upload-busy');
    return null;
  });
  await until(go, 600);
  allThere(office, 30);
});
