import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { fromB64u, toB64u, toHex } from '../../static/pwa/src/js/base32.js';
import { backOff, drain, retry, summary } from '../../static/pwa/src/js/queue.js';
import { sha256 } from '../../static/pwa/src/js/token.js';
import { itemOf, receiptFor, serverKey } from './stamps.js';

const server = await serverKey();
const stranger = await serverKey();
const START = 1_795_300_500_000;

/** The store, in memory: what db.js promises the queue. */
class FakeDb {
  constructor(items) {
    this.items = new Map(items.map((item) => [item.id, structuredClone(item)]));
    this.kv = new Map([['receipt-keys', { [server.pin.kid]: server.pin }]]);
  }
  get = async (key) => structuredClone(this.kv.get(key));
  set = async (key, value) => void (value === undefined ? this.kv.delete(key) : this.kv.set(key, value));
  getItem = async (id) => structuredClone(this.items.get(id));
  listUnsent = async () => structuredClone([...this.items.values()].filter((i) => i.state !== 'received'));
  removeItem = async (id) => void this.items.delete(id);
  patchItem = async (id, patch) => {
    if (!this.items.has(id)) return null;
    this.items.set(id, { ...this.items.get(id), ...patch });
    return structuredClone(this.items.get(id));
  };
  states = () => [...this.items.values()].map((i) => i.state);
}

const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers });
const problem = (status, code) => json(status, { code, title: '제목', detail: '까닭' });

/** A server that stores each token once and answers as told; `plan` is asked first, by request number. */
class FakeServer {
  constructor(plan = () => null) {
    this.plan = plan;
    this.stored = new Map();
    this.calls = [];
    this.fetch = async (path, init) => {
      const body = JSON.parse(init.body);
      this.calls.push({ path, body });
      const planned = await this.plan(this.calls.length, { path, body, store: () => this.store(path, body) });
      if (planned instanceof Error) throw planned;
      return planned ?? this.store(path, body);
    };
  }
  async store(path, body) {
    const bytes = fromB64u(path === '/api/voids' ? body.cose_sign1 : body.token);
    const sha = toHex(await sha256(bytes));
    this.stored.set(sha, (this.stored.get(sha) ?? 0) + 1);
    const receipt = await receiptFor(server, sha, 1795300600, path === '/api/voids' ? null : '00'.repeat(8));
    return json(200, { receipt: toB64u(receipt), stamp: { id: `s-${sha.slice(0, 8)}` } });
  }
}

let now;
beforeEach(() => {
  now = START;
});
const setUp = async (count, plan, changes = () => ({})) => {
  const items = await Promise.all(Array.from({ length: count }, (_, i) => itemOf(i + 1, changes(i + 1))));
  const db = new FakeDb(items);
  const office = new FakeServer(plan);
  const go = (options = {}) => drain({ now: () => now, fetch: office.fetch, db, random: () => 0.5, ...options });
  return { db, office, go, items };
};
const item = (db, n) => db.items.get(n.toString(16).padStart(16, '0'));
const offline = () => new TypeError('Failed to fetch');

test('everything is sent once, in order, and kept with its receipt', async () => {
  const { db, office, go, items } = await setUp(5);
  assert.deepEqual(await go(), { sent: 5, quarantined: 0, stopped: null, busy: false });
  assert.deepEqual(office.calls.map(({ body }) => body.token), items.map((i) => toB64u(i.token)));
  assert.equal(office.calls[0].body.cose_sign1, toB64u(items[0].cose));
  assert.equal(office.calls[0].body.sent_at, START / 1000);
  assert.ok(db.states().every((state) => state === 'received'));
  assert.ok(item(db, 1).receipt.length > 100);
  assert.match(item(db, 1).server.id, /^s-/);
  assert.equal((await summary({ db })).waiting, 0);
});

test('no network: the run stops, the others wait too, the back-off doubles', async () => {
  const { db, office, go } = await setUp(3, offline);
  assert.equal((await go()).stopped, 'network');
  assert.equal(office.calls.length, 1);
  assert.deepEqual(db.states(), ['ready', 'ready', 'ready']);
  const first = item(db, 1);
  assert.equal(first.tries, 1);
  assert.equal(first.lastError.code, 'network');
  assert.equal(first.nextAt, now + 2000);
  assert.equal((await summary({ db })).nextAt, now + 2000);

  assert.equal((await go()).stopped, 'held');
  assert.equal(office.calls.length, 1);
  now += 2000;
  assert.equal((await go()).stopped, 'network');
  assert.equal((await summary({ db })).nextAt, now + 4000);
});

test('back again: all go, and the back-off starts anew', async () => {
  const { db, go, office } = await setUp(3, (n) => (n < 3 ? offline() : null));
  await go();
  now += 2000;
  await go();
  now += 4000;
  assert.equal((await go()).sent, 3);
  assert.deepEqual(await db.get('queue'), { tries: 0, until: 0 });
  assert.equal(office.stored.size, 3);
});

test('opening the app does not wait for the back-off', async () => {
  const { go, db } = await setUp(2, (n) => (n < 4 ? offline() : null));
  await go();
  await go({ force: true });
  assert.equal((await db.get('queue')).tries, 1);
  await go({ force: true });
  assert.equal((await go({ force: true })).sent, 2);
});

test('the time limit of a request is a failure like any other', async () => {
  const { call } = await import('../../static/pwa/src/js/api.js');
  const fetch = (_path, { signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const answer = await call('POST', '/api/stamps', {}, { fetch, timeoutMs: 10 });
  assert.equal(answer.status, 0);
  assert.equal(answer.problem.code, 'timeout');
});

for (const status of [500, 502, 503, 401, 403, 408, 425]) {
  test(`${status}: the run stops, nothing is set aside`, async () => {
    const { db, office, go } = await setUp(3, () => problem(status, 'whatever'));
    assert.equal((await go()).stopped, `http-${status}`);
    assert.equal(office.calls.length, 1);
    assert.deepEqual(db.states(), ['ready', 'ready', 'ready']);
    assert.deepEqual(item(db, 1).lastError, { code: `http-${status}`, title: '제목', detail: '까닭' });
  });
}

test('an item on which the server always breaks does not hold up the others', async () => {
  const plan = async (_n, { body }) => (body.token === toB64u(poison.token) ? problem(500, 'internal') : null);
  const { db, go, items } = await setUp(4, plan);
  const poison = items[0];
  assert.equal((await go()).sent, 0);
  now += 3000;
  const second = await go();
  assert.equal(second.sent, 3);
  assert.equal(second.stopped, 'http-500');
  assert.deepEqual(db.states(), ['ready', 'received', 'received', 'received']);
});

test('429: the wait that the server asks for is kept, even when the app is opened', async () => {
  const limited = () => json(429, { code: 'too-many' }, { 'Retry-After': '60' });
  const { db, office, go } = await setUp(2, (n) => (n === 1 ? limited() : null));
  assert.equal((await go()).stopped, 'http-429');
  assert.equal((await summary({ db })).nextAt, now + 60_000);
  now += 59_000;
  assert.equal((await go({ force: true })).stopped, 'held');
  assert.equal(office.calls.length, 1);
  now += 1000;
  assert.equal((await go()).sent, 2);
});

test('a Retry-After that is a date is understood', async () => {
  const date = new Date(Date.now() + 90_000).toUTCString();
  const { db, go } = await setUp(1, () => json(503, { code: 'busy' }, { 'Retry-After': date }));
  await go();
  const wait = (await summary({ db })).nextAt - now;
  assert.ok(wait > 80_000 && wait <= 90_000, String(wait));
});

test('a poison item is set aside with its reason and the others go on', async () => {
  const { db, go } = await setUp(4, (n) => (n === 2 ? problem(422, 'damaged') : null));
  assert.deepEqual(await go(), { sent: 3, quarantined: 1, stopped: null, busy: false });
  assert.deepEqual(db.states(), ['received', 'quarantined', 'received', 'received']);
  assert.deepEqual(item(db, 2).lastError, { code: 'damaged', title: '제목', detail: '까닭' });
  const counts = await summary({ db });
  assert.equal(counts.quarantined, 1);
  assert.equal(counts.nextAt, null);
  now += 10 * 3_600_000;
  assert.equal((await go({ force: true })).sent, 0);
});

test('a quarantined item can be tried again by hand', async () => {
  const { db, go, office, items } = await setUp(1, (n) => (n === 1 ? problem(422, 'damaged') : null));
  await go();
  const result = await retry(items[0].id, { db, now: () => now, fetch: office.fetch });
  assert.equal(result.sent, 1);
  assert.deepEqual(db.states(), ['received']);
});

test('a server that does not know the key yet is asked five times more before the stamp is set aside', async () => {
  const plan = async (_n, { body }) => (body.token === toB64u(items[0].token) ? problem(422, 'unknown-key') : null);
  const { db, go, office, items } = await setUp(2, plan);
  for (let tries = 1; tries <= 5; tries++) {
    assert.equal((await go()).quarantined, 0);
    assert.deepEqual(db.states(), ['ready', 'received'], 'the others go on');
    assert.equal(item(db, 1).tries, tries);
    assert.equal(item(db, 1).lastError.code, 'unknown-key');
    assert.equal((await summary({ db })).nextAt, now + 1000 * 2 ** tries);
    now = item(db, 1).nextAt;
  }
  assert.equal((await go()).quarantined, 1);
  assert.equal(office.calls.length, 7);
});

test('a server that knows the key after a while takes the stamp', async () => {
  const { db, go } = await setUp(1, (n) => (n < 3 ? problem(422, 'unknown-key') : null));
  await go();
  await go({ force: true });
  assert.equal((await go({ force: true })).sent, 1);
  assert.deepEqual(db.states(), ['received']);
});

test('a refusal without a code is some proxy on the way: kept', async () => {
  const { db, go } = await setUp(2, () => new Response('<h1>404</h1>', { status: 404 }));
  assert.equal((await go()).stopped, 'http-404');
  assert.deepEqual(db.states(), ['ready', 'ready']);
});

test('a captive portal that answers 200 with a page is no receipt', async () => {
  const { db, go } = await setUp(2, () => new Response('<h1>Wi-Fi</h1>', { status: 200 }));
  assert.equal((await go()).stopped, 'not-json');
  assert.deepEqual(db.states(), ['ready', 'ready']);
  const bare = await setUp(1, () => json(200, { hello: 1 }));
  assert.equal((await bare.go()).stopped, 'not-json');
  assert.deepEqual(bare.db.states(), ['ready']);
});

const forgeries = {
  'by another key': async ({ sha }) => receiptFor(stranger, sha, 1, null),
  'by another key under the pinned name': async ({ sha }) => receiptFor({ ...stranger, kid: server.kid }, sha, 1, null),
  'over other bytes': async () => receiptFor(server, 'ee'.repeat(32), 1, null),
  'that is noise': async () => new Uint8Array(100).fill(0x41),
};
for (const [what, forge] of Object.entries(forgeries)) {
  test(`a receipt ${what} is no receipt; the item stays and the others go on`, async () => {
    const plan = async (n, { body }) => {
      if (n !== 1) return null;
      const sha = toHex(await sha256(fromB64u(body.token)));
      return json(200, { receipt: toB64u(await forge({ sha })) });
    };
    const { db, go } = await setUp(2, plan);
    assert.equal((await go({ force: true })).sent, 1);
    assert.deepEqual(db.states(), ['ready', 'received']);
    assert.equal(item(db, 1).lastError.code, 'bad-receipt');
    assert.equal(item(db, 1).tries, 1);
    assert.ok(item(db, 1).nextAt > now);
    assert.equal((await go()).sent, 0);
    now = item(db, 1).nextAt;
    assert.equal((await go()).sent, 1);
  });
}

test('killed between the request and its answer: sent again, stored once', async () => {
  let endIt;
  const killed = new Promise((resolve) => (endIt = () => resolve(offline())));
  const plan = async (n, { store }) => (n === 1 ? store().then(() => killed) : null);
  const { db, office, items } = await setUp(2, plan);
  // no locks in this process: the run that hangs stands for the killed page, in a module of its own
  const dead = await import('../../static/pwa/src/js/queue.js?killed');
  void dead.drain({ now: () => now, fetch: office.fetch, db });
  while (!office.stored.size) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(db.states(), ['sending', 'ready']);

  const result = await drain({ now: () => now, fetch: office.fetch, db });
  assert.equal(result.sent, 2);
  assert.equal(office.stored.get(items[0].sha256), 2);
  assert.equal(office.stored.size, 2);
  assert.deepEqual(db.states(), ['received', 'received']);
  endIt();
});

test('only one context sends at a time', async () => {
  const { office, go } = await setUp(3);
  const [one, two] = await Promise.all([go(), go()]);
  assert.equal(one.sent, 3);
  assert.equal(two.busy, true);
  assert.equal(office.calls.length, 3);
});

test('an item stored while the others are sent goes along', async () => {
  const late = await itemOf(9);
  const { db, go } = await setUp(2, (n) => void (n === 2 && db.items.set(late.id, late)));
  assert.equal((await go()).sent, 3);
});

const voidOf = (stamp, changes = {}) => ({
  ...stamp, id: `void-${stamp.id}`, type: 'void', stampId: stamp.id, state: 'ready', token: null, ...changes,
});
async function withVoid(plan, stampState = 'ready') {
  const all = await setUp(2, plan, (n) => (n === 1 ? { state: stampState } : {}));
  const mine = voidOf(all.items[0], { sha256: toHex(await sha256(all.items[0].cose)) });
  all.db.items.set(mine.id, mine);
  return { ...all, mine };
}

test('a void goes along after its stamp', async () => {
  const { db, go, office } = await withVoid();
  assert.equal((await go()).sent, 3);
  assert.deepEqual(office.calls.map(({ path }) => path), ['/api/stamps', '/api/voids', '/api/stamps']);
  assert.deepEqual(Object.keys(office.calls[1].body), ['cose_sign1']);
  assert.ok(db.states().every((state) => state === 'received'));
});

test('a void waits while its stamp waits', async () => {
  const bad = async (n) => (n === 1 ? json(200, { receipt: 'AAAA' }) : null);
  const { db, go, mine } = await withVoid(bad);
  assert.equal((await go()).sent, 1);
  assert.equal(db.items.get(mine.id).state, 'ready');
  assert.equal((await summary({ db })).nextAt, item(db, 1).nextAt);
  now = item(db, 1).nextAt;
  assert.equal((await go()).sent, 2);
  assert.equal(db.items.get(mine.id).state, 'received');
});

test('a void of a stamp that was received long ago, or left the phone, goes', async () => {
  const { db, go, items } = await withVoid(undefined, 'received');
  assert.equal((await go()).sent, 2);
  const gone = await withVoid();
  gone.db.items.delete(items[0].id);
  assert.equal((await gone.go()).sent, 2);
  assert.ok(db.states().every((state) => state === 'received'));
});

test('a void whose stamp the server does not find is tried again; a stamp that is not found is set aside', async () => {
  const lost = (_n, { path }) => (path === '/api/voids' ? problem(404, 'not-found') : null);
  const { db, go, mine } = await withVoid(lost);
  assert.equal((await go()).sent, 2);
  for (let tries = 1; tries < 5; tries++) await go({ force: true });
  assert.deepEqual([db.items.get(mine.id).state, db.items.get(mine.id).tries], ['ready', 5]);
  assert.equal((await go({ force: true })).quarantined, 1);
  const other = await setUp(1, () => problem(404, 'not-found'));
  assert.equal((await other.go()).quarantined, 1);
});

test('a void of a quarantined stamp is set aside with it and comes back with it', async () => {
  const { db, go, office, mine, items } = await withVoid((n) => (n === 1 ? problem(422, 'damaged') : null));
  assert.equal((await go()).sent, 1);
  assert.equal(db.items.get(mine.id).state, 'quarantined');
  assert.equal(db.items.get(mine.id).lastError.code, 'stamp-quarantined');
  await retry(items[0].id, { db, now: () => now, fetch: office.fetch });
  assert.ok(db.states().every((state) => state === 'received'));
});

test('what a logged-out person left is sent, then leaves the phone', async () => {
  const { db, go } = await setUp(2, undefined, (n) => ({ orphan: n === 1 }));
  assert.equal((await go()).sent, 2);
  assert.deepEqual(db.states(), ['received']);
  assert.equal(item(db, 1), undefined);
});

test('a clock that was set back a year does not strand the queue', async () => {
  const { go } = await setUp(1, (n) => (n === 1 ? offline() : null));
  await go();
  now -= 365 * 86_400_000;
  assert.equal((await go()).sent, 1);
});

test('the summary counts for one person or for all', async () => {
  const changes = (n) => ({ personId: n === 1 ? 'p1' : 'p2', state: ['', 'ready', 'sending', 'quarantined'][n] });
  const { db } = await setUp(3, undefined, changes);
  const all = { waiting: 2, sending: 1, quarantined: 1, oldest: 1795300001, nextAt: 0 };
  assert.deepEqual(await summary({ db }), all);
  const mine = { waiting: 1, sending: 1, quarantined: 1, oldest: 1795300002, nextAt: 0 };
  assert.deepEqual(await summary({ db, personId: 'p2' }), mine);
});

test('the back-off: 2 s doubling to 5 min, jittered; short in front without a network', () => {
  const mid = { random: () => 0.5 };
  assert.deepEqual([1, 2, 3, 8, 9, 50].map((n) => backOff(n, mid)), [2000, 4000, 8000, 256_000, 300_000, 300_000]);
  const front = { ...mid, network: true, visible: true };
  assert.deepEqual([1, 3, 15, 16, 30].map((n) => backOff(n, front)), [2000, 8000, 8000, 16_000, 300_000]);
  for (let i = 0; i < 200; i++) {
    const wait = backOff(3);
    assert.ok(wait >= 6400 && wait <= 9600);
    assert.ok(backOff(40) <= 300_000);
  }
});

test('a stubborn storm of faults: 40 items, each stored, none lost, the order of the rest kept', async () => {
  let seed = 1;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const plan = async (_n, { store }) => {
    const dice = chance();
    if (dice < 0.2) return offline();
    if (dice < 0.3) return store().then(offline); // stored, the answer lost
    if (dice < 0.4) return problem(503, 'busy');
    return null;
  };
  const { db, office, go, items } = await setUp(40, plan);
  for (let i = 0; i < 400 && db.states().some((state) => state !== 'received'); i++) {
    await go();
    now = (await summary({ db })).nextAt ?? now;
  }
  assert.ok(db.states().every((state) => state === 'received'));
  assert.deepEqual(new Set(office.stored.keys()), new Set(items.map((i) => i.sha256)));
});
