// The kitchen's presses on their way: nothing lost, nothing doubled, with the true time, whatever dies in between.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { FakeClock, settle } from './clock.js';
import { keeper, newId, presses } from '../../static/pwa/src/js/kiosk_queue.js';

const API = '/api/canteen/taps/link';
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Lets answers be read to their end before it moves on. */
class PatientClock extends FakeClock {
  async pass(ms) {
    const end = this.time + ms;
    for (;;) {
      for (let i = 0; i < 12; i += 1) await settle();
      const next = Math.min(...[...this.waiting.values()].map(({ at }) => at));
      if (next > end) break;
      await super.pass(Math.max(0, next - this.time));
    }
    await super.pass(end - this.time);
  }
}

/** What browsers' localStorage does, and what it refuses. */
class Storage {
  constructor() {
    this.map = new Map();
    this.full = false;
  }

  get length() {
    return this.map.size;
  }

  key(i) {
    return [...this.map.keys()][i];
  }

  getItem(key) {
    return this.map.has(key) ? this.map.get(key) : null;
  }

  setItem(key, value) {
    if (this.full) throw new DOMException('full', 'QuotaExceededError');
    this.map.set(key, value);
  }

  removeItem(key) {
    this.map.delete(key);
  }
}

/** The server: by true time, idempotent, as app/cafeteria/service/taps.py. */
class Server {
  constructor(clock) {
    this.clock = clock;
    this.taps = new Map();
    this.asked = [];
    this.mood = () => null; // null answers, an Error breaks the connection, a Response is the answer
    this.deaf = false; // what comes is kept, and the answer is lost
  }

  answer(status, body, headers = {}) {
    return new Response(JSON.stringify(body), { status, headers: { Date: new Date(this.clock.time).toUTCString(), ...headers } });
  }

  problem(status, code, headers) {
    return this.answer(status, { code, title: 't', detail: 'd' }, headers);
  }

  fetch = async (path, { method, body }) => {
    this.asked.push(path);
    const mood = this.mood(path);
    if (mood instanceof Error) throw mood;
    if (mood) return mood;
    if (method === 'GET') return new Response('ok\n', { headers: { Date: new Date(this.clock.time).toUTCString() } });
    const given = JSON.parse(body);
    const found = path === API ? this.take(given) : this.undo(path.split('/').at(-2));
    if (this.deaf) throw new TypeError('connection lost');
    return found;
  };

  take({ id, line_id: line, kind, people, ago_ms: ago }) {
    const known = this.taps.get(id);
    if (!known && ago > 2 * HOUR) return this.problem(422, 'canteen-tap-too-old');
    if (!known) this.taps.set(id, { line, kind, people, at: this.clock.time - ago, undone: false });
    return this.answer(200, { tap: {}, known: !!known, states: { [line]: kind === 'mark' ? 'open' : kind } });
  }

  undo(id) {
    if (!this.taps.has(id)) return this.problem(404, 'not-found');
    this.taps.get(id).undone = true;
    return this.answer(200, { undone: true });
  }
}

const OFFLINE = () => new TypeError('no network');
let clock;
let server;
let storage;
let slip; // by how much the phone's clock is wrong

beforeEach(() => {
  clock = new PatientClock();
  server = new Server(clock);
  storage = new Storage();
  slip = 0;
});

/** The page, opened (anew). */
function open({ store = storage, locks = null } = {}) {
  const told = { state: null, dropped: [], lines: {} };
  const began = clock.time;
  const kept = keeper(store);
  const queue = presses({
    canteen: 'c', api: API, kept, fetch: server.fetch, locks, timers: clock.timers,
    wall: () => clock.time + slip, mono: () => clock.time - began,
    changed: (state) => (told.state = state), dropped: ({ id }) => told.dropped.push(id), lines: (states) => Object.assign(told.lines, states),
  });
  return { ...queue, told, kept };
}

const all = () => [...server.taps.values()];
const kill = () => clock.waiting.clear();

test('a press goes at once, with its people, and a state without', async () => {
  const page = open();
  page.press('l', 'mark', 20);
  page.press('l', 'sold_out', null);
  assert.equal(page.state().waiting, 2);
  await clock.pass(1);
  assert.deepEqual(all().map(({ kind, people }) => [kind, people]), [['mark', 20], ['sold_out', undefined]]);
  assert.deepEqual([page.told.state.waiting, page.told.state.next, storage.length], [0, 0, 1]); // the server's time is kept
});

test('how a line is: as pressed here while it waits, else as the server says', async () => {
  server.mood = OFFLINE;
  const page = open();
  assert.equal(page.wanted('l'), '');
  page.press('l', 'closed', null);
  const last = page.press('l', 'sold_out', null);
  page.press('l', 'mark', 20);
  page.press('m', 'open', null);
  assert.deepEqual([page.wanted('l'), page.wanted('m')], ['sold_out', 'open']);
  await clock.pass(1);
  page.undo(last);
  assert.equal(page.wanted('l'), 'closed');
  server.mood = () => null;
  await clock.pass(MINUTE);
  assert.deepEqual([page.wanted('l'), page.told.lines.m], ['', 'open']);
});

test('a link that is found to be revoked stops everything', async () => {
  const page = open();
  page.end();
  page.press('l', 'mark', 20);
  await clock.pass(MINUTE);
  assert.deepEqual([page.told.state.over, all().length], ['revoked', 0]);
});

test('minutes without a network: kept through a reload, told when it is tried next, sent once with its true time', async () => {
  server.mood = OFFLINE;
  let page = open();
  page.press('l', 'mark', 30);
  const at = clock.time;
  await clock.pass(1);
  assert.equal(page.told.state.waiting, 1);
  assert.equal(page.told.state.next, clock.time - 1 + 2000);
  await clock.pass(5 * MINUTE);
  assert.ok(page.told.state.next > clock.time && page.told.state.next <= clock.time + MINUTE);
  kill();
  page = open();
  page.drain();
  await clock.pass(3 * MINUTE);
  server.mood = () => null;
  await clock.pass(MINUTE);
  assert.equal(all().length, 1);
  assert.ok(Math.abs(all()[0].at - at) <= 1000, String(all()[0].at - at));
  assert.equal(page.told.state.waiting, 0);
});

test('the try that is told is the one that comes', async () => {
  server.mood = OFFLINE;
  const page = open();
  page.press('l', 'mark', 30);
  await clock.pass(1);
  for (let i = 0; i < 8; i += 1) {
    const { next } = page.told.state;
    const before = server.asked.length;
    await clock.pass(next - clock.time - 1);
    assert.equal(server.asked.length, before);
    await clock.pass(1);
    assert.equal(server.asked.length, before + 1);
  }
});

for (const wrong of [-3 * HOUR, 0, 26 * HOUR]) {
  test(`a clock that is ${wrong / HOUR} hours wrong, and set right while a press waits, changes no press`, async () => {
    slip = wrong;
    let page = open();
    page.press('l', 'open', null); // from its answer the phone knows the server's time
    await clock.pass(1);
    server.mood = OFFLINE;
    page.press('l', 'mark', 10);
    const at = clock.time;
    await clock.pass(10 * MINUTE);
    kill();
    slip = 0;
    page = open();
    await clock.pass(10 * MINUTE);
    server.mood = () => null;
    page.drain();
    await clock.pass(1);
    assert.ok(Math.abs(all()[1].at - at) <= 2000, String(all()[1].at - at));
  });
}

test('on a page that stays open the running clock is enough', async () => {
  server.mood = OFFLINE;
  const page = open();
  page.press('l', 'mark', 10);
  const at = clock.time;
  await clock.pass(MINUTE);
  slip = 40 * HOUR; // no network has told the server's time before
  await clock.pass(MINUTE);
  server.mood = () => null;
  await clock.pass(MINUTE);
  assert.ok(Math.abs(all()[0].at - at) <= 1000);
});

test('killed between sending and the answer: asked again, counted once', async () => {
  server.deaf = true;
  let page = open();
  page.press('l', 'mark', 40);
  await clock.pass(1);
  kill();
  server.deaf = false;
  page = open();
  assert.equal(page.state().waiting, 1);
  page.drain();
  await clock.pass(1);
  assert.equal(all().length, 1);
  assert.ok(server.asked.filter((path) => path === API).length >= 2);
  assert.equal(page.state().waiting, 0);
});

test('two tabs of one phone lose nothing and double nothing', async () => {
  server.mood = OFFLINE;
  const [one, two] = [open(), open()];
  one.press('l', 'mark', 10);
  two.press('l', 'mark', 20);
  one.press('m', 'closed', null);
  await clock.pass(MINUTE);
  assert.deepEqual([one.state().waiting, two.state().waiting], [3, 3]);
  server.mood = () => null;
  await clock.pass(2 * MINUTE);
  assert.equal(all().length, 3);
  assert.deepEqual([one.state().waiting, two.state().waiting], [0, 0]);
});

test('where the browser has locks, one tab sends and the other tries later', async () => {
  let held = false;
  const locks = {
    request: async (_name, _options, work) => {
      if (held) return work(null);
      held = true;
      try {
        return await work({});
      } finally {
        held = false;
      }
    },
  };
  const [one, two] = [open({ locks }), open({ locks })];
  one.press('l', 'mark', 10);
  two.press('l', 'mark', 20);
  await clock.pass(10_000);
  assert.equal(all().length, 2);
  assert.equal(server.asked.filter((path) => path === API).length, 2);
  assert.equal(two.state().waiting, 0);
});

test('a press that never left is taken back without a word to the server', async () => {
  server.mood = OFFLINE;
  const page = open();
  page.press('l', 'open', null);
  await clock.pass(1);
  const wrong = page.press('l', 'mark', 40); // the first one stands before it and does not get through
  page.undo(wrong);
  server.mood = () => null;
  await clock.pass(MINUTE);
  assert.deepEqual(all().map(({ kind }) => kind), ['open']);
});

test('a press that may have arrived is called back, offline and after a reload too', async () => {
  server.deaf = true;
  let page = open();
  const lost = page.press('l', 'mark', 40);
  await clock.pass(1);
  page.undo(lost);
  kill();
  server.deaf = false;
  page = open();
  page.drain();
  await clock.pass(MINUTE);
  assert.deepEqual(all().map(({ undone }) => undone), [true]);
  const sent = page.press('l', 'mark', 10);
  await clock.pass(1);
  server.mood = OFFLINE;
  page.undo(sent);
  await clock.pass(1);
  assert.equal(page.state().waiting, 1);
  server.mood = () => null;
  await clock.pass(MINUTE);
  assert.deepEqual(all().map(({ undone }) => undone), [true, true]);
  assert.equal(page.state().waiting, 0);
});

test('an undo while its press is on the way follows it', async () => {
  const page = open();
  const sent = page.press('l', 'mark', 40); // the request is out, its answer is not here
  page.undo(sent);
  await clock.pass(1);
  assert.deepEqual(all().map(({ undone }) => undone), [true]);
  assert.equal(page.state().waiting, 0);
});

test('a refusal takes one press away, with a word, and the others go on', async () => {
  for (const [status, code] of [[409, 'canteen-tap-taken'], [404, 'not-found'], [422, 'bad-input']]) {
    server.mood = (path) => (path === API && server.asked.filter((one) => one === API).length === 1 ? server.problem(status, code) : null);
    server.asked = [];
    server.taps.clear();
    const page = open();
    const bad = page.press('l', 'mark', 10);
    page.press('l', 'mark', 20);
    await clock.pass(1);
    assert.deepEqual(page.told.dropped, [bad.id]);
    assert.equal(page.told.state.refused, 1);
    assert.deepEqual(all().map(({ people }) => people), [20]);
  }
});

test('a revoked link stops everything, keeps what waits, and a new link of the canteen sends it', async () => {
  server.mood = () => server.problem(410, 'canteen-link-revoked');
  let page = open();
  page.press('l', 'mark', 10);
  await clock.pass(HOUR);
  assert.equal(page.told.state.over, 'revoked');
  assert.equal(page.told.state.waiting, 1);
  assert.equal(server.asked.length, 1);
  server.mood = () => null;
  page = open();
  page.drain();
  await clock.pass(1);
  assert.equal(all().length, 1);
});

test('who was signed out keeps what waits until they are back', async () => {
  server.mood = () => server.problem(401, 'sign-in-needed');
  const page = open();
  page.press('l', 'mark', 10);
  await clock.pass(MINUTE);
  assert.deepEqual([page.told.state.over, page.told.state.waiting], ['signedout', 1]);
});

test('the answers of portals and proxies are no answers', async () => {
  const page = open();
  const strange = [
    new Response('<html>sign in to the network</html>'), new Response('{}'), new Response('<h1>404</h1>', { status: 404 }),
    new Response('{"error": "gone"}', { status: 410 }), new Response('no', { status: 422 }), new Response('bad gateway', { status: 502 }),
  ];
  server.mood = () => strange.shift() ?? null;
  page.press('l', 'mark', 10);
  await clock.pass(HOUR);
  assert.deepEqual([all().length, page.told.dropped.length, page.told.state.over, page.told.state.waiting], [1, 0, '', 0]);
});

test('a server that asks for patience gets it', async () => {
  server.mood = () => server.problem(429, 'too-many-tries', { 'Retry-After': '40' });
  const page = open();
  page.press('l', 'mark', 10);
  await clock.pass(39_000);
  assert.equal(server.asked.length, 1);
  assert.equal(page.told.state.next, clock.time + 1000);
  server.mood = () => null;
  await clock.pass(1000);
  assert.equal(all().length, 1);
});

test('what is older than two hours is let go with a word; what may have arrived is asked about first', async () => {
  server.mood = OFFLINE;
  let page = open();
  const [tried, never] = [page.press('l', 'mark', 10), page.press('l', 'mark', 20)];
  await clock.pass(HOUR);
  kill();
  page = open();
  await clock.pass(1.1 * HOUR);
  const young = page.press('l', 'mark', 30);
  assert.equal(page.state().waiting, 3);
  server.mood = () => null;
  await clock.pass(MINUTE);
  assert.deepEqual(page.told.dropped, [tried.id, never.id]);
  assert.deepEqual([page.told.state.old, page.told.state.waiting], [2, 0]);
  assert.deepEqual([...server.taps.keys()], [young.id]);
});

test('a full storage, or none, falls back to memory, and says so until all is sent', async () => {
  for (const store of [storage, null]) {
    storage.full = true;
    server.taps.clear();
    server.mood = OFFLINE;
    const page = open({ store });
    page.press('l', 'mark', 10);
    page.press('l', 'mark', 20);
    await clock.pass(MINUTE);
    assert.deepEqual([page.told.state.unsaved, page.told.state.waiting], [true, 2]);
    server.mood = () => null;
    await clock.pass(MINUTE);
    assert.deepEqual([page.told.state.unsaved, page.told.state.waiting, all().length], [false, 0, 2]);
  }
});

test('a storage that fills up while a press waits shows it once', async () => {
  server.mood = OFFLINE;
  const page = open();
  storage.full = false;
  page.press('l', 'mark', 10);
  storage.full = true; // that it was tried is kept in memory now
  await clock.pass(MINUTE);
  assert.equal(page.state().waiting, 1);
  server.mood = () => null;
  await clock.pass(MINUTE);
  assert.deepEqual([all().length, page.state().waiting], [1, 0]);
});

test('rubbish in the storage hurts nobody', async () => {
  for (const text of ['', '{', 'null', '7', '{"id": 3}']) storage.setItem(`kiosk:c:${text}`, text);
  storage.setItem('kiosk-off', '"x"');
  const page = open();
  page.press('l', 'mark', 10);
  await clock.pass(1);
  assert.equal(all().length, 1);
});

test('ids are UUIDs, and each its own', () => {
  const ids = new Set(Array.from({ length: 200 }, newId));
  assert.equal(ids.size, 200);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
