import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FixError, assess, createFixer, practiceFix } from '../../static/pwa/src/js/fix.js';
import { FakeClock, settle } from './clock.js';

const PHONE = { webdriver: false, desktop: false, touch: true, timeZone: 'Asia/Seoul', persisted: true };

/** A phone whose positions the test gives. */
function phone(environment = PHONE) {
  const clock = new FakeClock();
  const watches = new Map();
  let opened = 0;
  const geolocation = {
    watchPosition(success, failure, options) {
      watches.set((opened += 1), { success, failure, options });
      return opened;
    },
    clearWatch: (id) => watches.delete(id),
  };
  const give = (accuracy, more = {}, timestamp = clock.time) => {
    const coords = { latitude: 35.2, longitude: 128.7, accuracy, altitude: 20, ...more };
    for (const watch of [...watches.values()]) watch.success({ coords, timestamp });
  };
  const fail = (code) => [...watches.values()].forEach((watch) => watch.failure({ code }));
  const fixer = createFixer({ geolocation, now: clock.now, timers: clock.timers, environment: () => environment });
  return { clock, watches, fixer, give, fail, opened: () => opened };
}

/** Nothing is left running: no watch, no timer, no sample in memory. */
function assertStill({ watches, clock, fixer }) {
  assert.equal(watches.size, 0, 'a watch is left');
  assert.equal(clock.waiting.size, 0, 'a timer is left');
  assert.equal(fixer.samples.length, 0, 'samples are left');
}

test('a tap resolves at once with a good warm sample, and stops watching', async () => {
  const p = phone();
  p.fixer.warm();
  await p.clock.pass(1000);
  p.give(12);
  await p.clock.pass(4000);
  const result = await p.fixer.collect();
  assert.equal(result.best.accuracy, 12);
  assert.equal(result.samples, 1);
  assert.equal(result.jitterDm, 0);
  assert.equal(result.signals, 0);
  assert.equal(result.coarse, false);
  assertStill(p);
});

test('warm samples vanish after five seconds, even when none follows', async () => {
  const p = phone();
  p.fixer.warm();
  p.give(12);
  await p.clock.pass(6100);
  assert.equal(p.fixer.samples.length, 0);
  p.fixer.cool();
  assertStill(p);
});

test('a good sample that is too old does not answer the tap', async () => {
  const p = phone();
  p.fixer.warm();
  p.give(12);
  await p.clock.pass(5001);
  const tap = p.fixer.collect();
  await settle();
  p.give(15);
  const { best, samples } = await tap;
  assert.equal(best.accuracy, 15);
  assert.equal(samples, 1);
  assertStill(p);
});

/** A phone that stands still: each watch calls once, then never again; `single` also answers a single question. */
function still({ single, silent = false }) {
  const clock = new FakeClock();
  const watches = new Map();
  let opened = 0;
  const position = () => ({ coords: { latitude: 35.2, longitude: 128.7, accuracy: 14.5, altitude: 20 }, timestamp: clock.time });
  const geolocation = {
    watchPosition(success) {
      const id = (opened += 1);
      watches.set(id, success);
      const speaks = !silent || id === 1;
      if (speaks) setImmediate(() => watches.has(id) && success(position()));
      return id;
    },
    clearWatch: (id) => watches.delete(id),
    getCurrentPosition: (success, _failure, options) => {
      assert.deepEqual(options, { enableHighAccuracy: true, maximumAge: 0, timeout: 12_000 });
      if (single) setImmediate(() => success(position()));
    },
  };
  const fixer = createFixer({ geolocation, now: clock.now, timers: clock.timers, environment: () => PHONE });
  return { clock, watches, fixer, opened: () => opened };
}

for (const [what, kind] of Object.entries({
  'a new watch': { single: false },
  'a single question': { single: true, silent: true },
  'both': { single: true },
})) {
  test(`a tap after a long wait on a device that stands still: ${what} answers`, async () => {
    const p = still(kind);
    p.fixer.warm();
    await settle();
    assert.equal(p.fixer.samples.length, 1);
    await p.clock.pass(60_000);
    assert.equal(p.fixer.samples.length, 0);
    const result = await p.fixer.collect();
    assert.equal(result.best.accuracy, 14.5);
    assert.equal(result.best.at, p.clock.time);
    assert.equal(result.samples, 1);
    assert.equal(p.opened(), 2);
    await settle();
    assertStill(p);
  });
}

test('the answer to a single question and the same position from the watch are one sample', async () => {
  const p = phone();
  let answer;
  p.fixer.geolocation.getCurrentPosition = (success) => (answer = success);
  const tap = p.fixer.collect();
  answer({ coords: { latitude: 35.2, longitude: 128.7, accuracy: 40 }, timestamp: p.clock.time });
  await p.clock.pass(300);
  p.give(40);
  await p.clock.pass(12_000);
  const { samples, signals } = await tap;
  assert.deepEqual([samples, signals], [1, 0]);
  p.fixer.warm();
  answer({ coords: { latitude: 35.2, longitude: 128.7, accuracy: 9 }, timestamp: p.clock.time });
  assert.equal(p.fixer.samples.length, 0, 'a late answer belongs to no tap');
  p.fixer.cool();
  assertStill(p);
});

test('leaving the screen stops and forgets', () => {
  const p = phone();
  p.fixer.warm();
  p.give(50);
  p.fixer.cool();
  p.give(12);
  assertStill(p);
});

test('warm twice watches once', () => {
  const p = phone();
  p.fixer.warm();
  p.fixer.warm();
  assert.equal(p.watches.size, 1);
  assert.deepEqual([...p.watches.values()][0].options, { enableHighAccuracy: true, maximumAge: 0 });
  p.fixer.cool();
});

test('five samples are enough; the best and the spread are told', async () => {
  const p = phone();
  const steps = [];
  const tap = p.fixer.collect({ onProgress: (step) => steps.push(step) });
  for (const [i, accuracy] of [80, 60, 31.5, 40, 33].entries()) {
    await p.clock.pass(900 + i * 37);
    p.give(accuracy, { latitude: 35.2 + i * 1e-5 });
  }
  const result = await tap;
  assert.equal(result.samples, 5);
  assert.equal(result.best.accuracy, 31.5);
  assert.equal(result.best.lat, 35.20002);
  assert.equal(result.jitterDm, 44); // 4e-5 degrees of latitude
  assert.equal(result.signals, 0);
  assert.deepEqual(steps.at(-1), { samples: 4, accuracy: 31.5 }); // after the fifth the stamp itself comes
  assertStill(p);
});

test('the first sample of 20 m or better ends it early', async () => {
  const p = phone();
  const tap = p.fixer.collect();
  await p.clock.pass(500);
  p.give(90);
  await p.clock.pass(500);
  p.give(20);
  const result = await tap;
  assert.equal(result.samples, 2);
  assert.equal(result.best.accuracy, 20);
  assertStill(p);
});

test('after twelve seconds the best so far is taken, however coarse', async () => {
  const p = phone();
  const tap = p.fixer.collect();
  p.give(1500);
  await p.clock.pass(11_999);
  assert.equal(p.watches.size, 1);
  await p.clock.pass(1);
  const result = await tap;
  assert.equal(result.coarse, true);
  assert.equal(result.samples, 1);
  assert.equal(result.signals, 1 << 5);
  assertStill(p);
});

test('exactly 1,000 m is not coarse', () => {
  assert.equal(practiceFix(35, 128, 1000).coarse, false);
  assert.equal(practiceFix(35, 128, 1000.5).coarse, true);
});

const rejects = (promise, code) =>
  assert.rejects(promise, (error) => error instanceof FixError && error.code === code);

test('no sample in twelve seconds: timeout', async () => {
  const p = phone();
  const tap = p.fixer.collect();
  const refused = rejects(tap, 'timeout');
  p.fail(3);
  await p.clock.pass(12_000);
  await refused;
  assertStill(p);
});

test('permission denied: at once', async () => {
  const p = phone();
  const refused = rejects(p.fixer.collect(), 'denied');
  await settle();
  p.fail(1);
  await refused;
  assertStill(p);
});

test('permission denied while warming: the screen is told, the tap asks again', async () => {
  const p = phone();
  const told = [];
  p.fixer.warm((state) => told.push(state));
  p.fail(1);
  assert.deepEqual(told, [{ error: 'denied' }]);
  assert.equal(p.watches.size, 0);
  const tap = p.fixer.collect();
  await settle();
  p.give(9.5);
  assert.equal((await tap).best.accuracy, 9.5);
  assertStill(p);
});

test('position unavailable: three seconds of grace, then said', async () => {
  const p = phone();
  const refused = rejects(p.fixer.collect(), 'unavailable');
  await settle();
  p.fail(2);
  await p.clock.pass(2999);
  p.fail(2);
  assert.equal(p.watches.size, 1);
  await p.clock.pass(1);
  await refused;
  assertStill(p);
});

test('position unavailable, told before the tap and never again: said after the grace', async () => {
  const p = phone();
  p.fixer.warm();
  p.fail(2);
  const refused = rejects(p.fixer.collect(), 'unavailable');
  await settle();
  await p.clock.pass(3000);
  await refused;
  assertStill(p);
});

test('position unavailable for a moment is forgiven', async () => {
  const p = phone();
  const tap = p.fixer.collect();
  await settle();
  p.fail(2);
  await p.clock.pass(2000);
  p.give(55);
  p.fail(2);
  await p.clock.pass(3000);
  p.give(18);
  assert.equal((await tap).samples, 2);
  assertStill(p);
});

test('no geolocation at all: unsupported', async () => {
  await rejects(createFixer({ geolocation: undefined, environment: () => PHONE }).collect(), 'unsupported');
});

test('a tap can be cancelled, before and during', async () => {
  const p = phone();
  await rejects(p.fixer.collect({ signal: AbortSignal.abort() }), 'aborted');
  const stop = new AbortController();
  const refused = rejects(p.fixer.collect({ signal: stop.signal }), 'aborted');
  p.give(70);
  stop.abort();
  await refused;
  assertStill(p);
});

test('one tap at a time; hiding the screen does not break the one under way', async () => {
  const p = phone();
  const tap = p.fixer.collect();
  await rejects(p.fixer.collect(), 'aborted');
  p.fixer.cool();
  p.give(10.5);
  assert.equal((await tap).best.accuracy, 10.5);
  assertStill(p);
});

test('what the browser does not know is null', async () => {
  const p = phone();
  const tap = p.fixer.collect();
  p.give(14, { altitude: undefined, altitudeAccuracy: -1, heading: NaN, speed: -1 });
  const { best } = await tap;
  assert.deepEqual([best.alt, best.altAcc, best.heading, best.speed], [null, null, null, null]);
});

const AT = 1_795_300_000_000;
const sample = (i, more = {}) => ({
  lat: 35.2 + i * 3e-5, lon: 128.7, accuracy: 21.3 + i, alt: 20, altAcc: 3, heading: null, speed: 0,
  time: AT + i * 1000 + i * i * 13, at: AT + i * 1000 + i * i * 13, ...more,
});
const series = (more = () => ({}), count = 5) => Array.from({ length: count }, (_, i) => sample(i, more(i)));
const signalsOf = (samples, environment = PHONE) => {
  const { signals } = assess(samples, environment);
  return Array.from({ length: 14 }, (_, i) => i + 1).filter((n) => (signals >> (n - 1)) & 1);
};

test('an honest phone raises no signal', () => {
  assert.deepEqual(signalsOf(series()), []);
  assert.deepEqual(signalsOf(series(() => ({}), 1)), []);
  assert.deepEqual(signalsOf(series(), {}), []);
});

test('each spoof signal that a phone can see', () => {
  assert.deepEqual(signalsOf(series(() => ({ lat: 35.2 }))), [1]);
  assert.deepEqual(signalsOf(series(() => ({ accuracy: 30 }))), [2]);
  assert.deepEqual(signalsOf(series(() => ({ accuracy: 30.7 }))), []);
  assert.deepEqual(signalsOf(series(() => ({ accuracy: 4.5, alt: null }))), [3]);
  assert.deepEqual(signalsOf(series(() => ({ accuracy: 4.5, alt: null })), { ...PHONE, desktop: undefined }), []);
  const still = (i) => ({ lat: 35.2 + i * 2e-7, speed: 1.25 });
  assert.deepEqual(signalsOf(series(still)), [4]);
  assert.deepEqual(signalsOf(series((i) => ({ ...still(i), speed: 0 }))), []);
  assert.deepEqual(signalsOf(series((i) => ({ time: AT + i * 1000 }))), [5]);
  assert.deepEqual(signalsOf(series((i) => ({ time: AT + i * 1000 }), 3)), []);
  assert.deepEqual(signalsOf(series((i) => ({ accuracy: 101.5 + i }))), [6]);
  assert.deepEqual(signalsOf(series((i) => ({ time: AT - 31_000 + i * 1100 - i * i * 13 }))), [7]);
  assert.deepEqual(signalsOf(series(), { ...PHONE, serverOffset: -121_000 }), [7]);
  assert.deepEqual(signalsOf(series((i) => ({ time: AT - 70_000 + i * i * 13 }))), [7, 14]);
  assert.deepEqual(signalsOf(series(), { ...PHONE, webdriver: true }), [10]);
  assert.deepEqual(signalsOf(series(), { ...PHONE, desktop: true }), [10]);
  assert.deepEqual(signalsOf(series(), { ...PHONE, touch: false }), [10]);
  assert.deepEqual(signalsOf(series(), { ...PHONE, timeZone: 'Asia/Tokyo' }), [11]);
  assert.deepEqual(signalsOf(series(), { ...PHONE, persisted: false }), [13]);
});

test('the newest of equally good samples is taken', () => {
  assert.equal(assess(series(() => ({ accuracy: 9.5 })), PHONE).best.time, sample(4).time);
});

test('the spread is capped', () => {
  assert.equal(assess([sample(0), sample(1, { lat: -35 })], PHONE).jitterDm, 65_535);
});

test('a failing reader of the environment does not cost the stamp', async () => {
  const p = phone();
  p.fixer.environment = () => Promise.reject(new Error('no'));
  const tap = p.fixer.collect();
  p.give(15);
  assert.equal((await tap).signals, 0);
});
