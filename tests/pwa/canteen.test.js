// The canteen: what is said of a line and for how long, how its document is asked for, what waits to be sent, what is drawn.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { FakeClock, settle } from './clock.js';

const heard = new Set();
const page = { hidden: false, addEventListener: (_name, work) => heard.add(work), removeEventListener: (_name, work) => heard.delete(work) };
const disk = new Map();
globalThis.localStorage = { getItem: (key) => disk.get(key) ?? null, setItem: (key, value) => disk.set(key, String(value)), removeItem: (key) => disk.delete(key) };
globalThis.document = { documentElement: { lang: 'ko' } };
const clock = new FakeClock();
Object.assign(globalThis, clock.timers);

const { ago, canteenNow, isUnder, levelOf, sayCanteen, sayLine, sayMenu, worthSaying } = await import('../../static/pwa/src/js/canteen_view.js');
const { follow, pauseOf, serverClock } = await import('../../static/pwa/src/js/canteen_live.js');
const { LAST_MS, checkIns } = await import('../../static/pwa/src/js/canteen_check_in.js');
const { chosenOf, forget, keep, readKept } = await import('../../static/pwa/src/js/canteen_kept.js');
const { pieces, scene, tableRows } = await import('../../static/pwa/src/js/canteen_chart.js');
const { isSo } = await import('../../static/pwa/src/js/canteen_replay.js');
const { cardOf } = await import('../../static/pwa/src/js/canteen_card.js');

const NOON = Date.parse('2026-11-26T12:10:00+09:00'); // a Thursday
const MINUTE = 60_000;
const line = (changes = {}) => ({
  id: 'a', name: '한식', state: 'open', basis: 'live', level: 2, range: { low: 8, high: 12, headline: 11 }, people: 34, trend: -1,
  seen_ms: NOON - 12_000, sources: [{ kind: 'counter', ok: true }, { kind: 'colleagues', ok: true, count: 5 }], advice: { when: 'now' }, ...changes,
});
const doc = (lines = [line()], changes = {}) => ({
  v: 1, clock: { at_ms: NOON, speed: 1 }, made_ms: 1_000_000, period_ms: 2500, state: 'open', why_closed: '', next: null,
  meal: { kind: 'lunch', opens_ms: NOON - 40 * MINUTE, closes_ms: NOON + 50 * MINUTE }, menu: { day: '2026-11-26', meal: 'lunch', items: ['밥', '국', '김치'] }, lines, ...changes,
});

beforeEach(() => {
  disk.clear();
  heard.clear();
  clock.waiting.clear();
  page.hidden = false;
});

describe('what is said', () => {
  test('a fresh line says level, minutes, trend, people, age, sources and advice', () => {
    const said = sayLine(line(), doc(), NOON, 1000);
    assert.equal(said.mode, 'live');
    assert.deepEqual([said.word, said.minutes, said.headline, said.trendWord, said.people], ['보통', '8–12분', '대개 11분 안', '줄어드는 중', '줄에 34명쯤']);
    assert.deepEqual([said.age, said.sources, said.advice], ['12초 전 소식', '사람 세는 기기 · 동료 5명', '지금 가세요']);
  });

  test('after ninety seconds it is the last report, without trend or advice', () => {
    const at = (ms) => sayLine(line({ seen_ms: NOON - ms }), doc(), NOON, 1000);
    assert.equal(at(90_000).mode, 'live');
    const old = at(90_001);
    assert.deepEqual([old.mode, old.age, old.advice, old.trend, old.minutes], ['old', '마지막 소식 1분 전', '', null, '8–12분']);
  });

  test('a server that is silent for more than twenty seconds is told, whatever the basis', () => {
    assert.equal(sayLine(line(), doc(), NOON, 20_000).mode, 'live');
    assert.equal(sayLine(line(), doc(), NOON, 20_001).mode, 'old');
    const usual = sayLine(line({ basis: 'usual', seen_ms: null }), doc(), NOON, 180_000);
    assert.deepEqual([usual.mode, usual.age], ['old', '3분 전에 받은 것이에요']);
  });

  test('a shut canteen is asked for rarely, and that is no silence', () => {
    const shut = doc([line({ state: 'closed' })], { period_ms: 60_000 });
    assert.deepEqual([sayLine(shut.lines[0], shut, NOON, 119_000).age, sayLine(shut.lines[0], shut, NOON, 121_000).age], ['', '마지막 소식 2분 전']);
  });

  test('a number of half an hour ago is told in the past only', () => {
    const said = sayLine(line({ seen_ms: NOON - 40 * MINUTE }), doc(), NOON, 40 * MINUTE);
    assert.deepEqual([said.mode, said.level, said.minutes, said.word, said.age], ['past', null, '', '알 수 없어요', '마지막 소식 40분 전: 보통 8–12분']);
  });

  test('the usual says so, with its weekday, and no age of a report', () => {
    const said = sayLine(line({ basis: 'usual', seen_ms: null, trend: 1 }), doc(), NOON, 0);
    assert.deepEqual([said.mode, said.note, said.trendWord, said.age], ['usual', '지금 소식이 없어 평소 목요일 이맘때를 보여 드려요.', '', '']);
  });

  test('what is not known has no number, and says what to do', () => {
    const said = sayLine(line({ basis: 'unknown', level: null, range: null }), doc(), NOON, 0);
    assert.deepEqual([said.mode, said.word, said.minutes, said.level], ['unknown', '알 수 없어요', '', null]);
    assert.match(said.note, /줄 섰어요/);
  });

  test('without a range there is the level only; a lost source is named as lost', () => {
    const said = sayLine(line({ range: null, sources: [{ kind: 'counter', ok: false }] }), doc(), NOON, 0);
    assert.deepEqual([said.word, said.minutes, said.headline, said.sources], ['보통', '', '', '사람 세는 기기 (소식 끊김)']);
    assert.notEqual(said.note, '');
  });

  test('an empty line says so, and nobody is told to reckon with no minutes', () => {
    const said = sayLine(line({ people: 0, level: 0, range: { low: 0, high: 1, headline: 0 } }), doc(), NOON, 0);
    assert.deepEqual([said.people, said.minutes, said.headline], ['줄에 아무도 없어요', '1분 안쪽', '']);
  });

  test('within how many minutes one usually is, only where the range does not say it', () => {
    const said = (low, high, headline) => sayLine(line({ range: { low, high, headline } }), doc(), NOON, 0).headline;
    assert.deepEqual([said(8, 12, 11), said(8, 12, 12), said(0, 4, 2), said(5, 5, 5)], ['대개 11분 안', '', '', '']);
  });

  test('a wish that is fulfilled already is known by a line of which something is heard now', () => {
    const under = (changes, minutes = 12) => isUnder(doc([line(changes)]), NOON, 1000, minutes);
    assert.deepEqual([under({}), under({}, 11), under({ basis: 'usual' }), under({ state: 'closed' }), under({ range: null })], [true, false, false, false, false]);
    assert.equal(under({ seen_ms: NOON - 100_000 }), false);
  });

  test('closed and sold out lines say nothing else', () => {
    assert.deepEqual([sayLine(line({ state: 'sold_out' }), doc(), NOON, 0).word, sayLine(line({ state: 'closed' }), doc(), NOON, 0).minutes], ['품절이에요', '']);
  });

  test('only what changes a decision is worth saying aloud', () => {
    const before = worthSaying(sayLine(line(), doc(), NOON, 0));
    assert.equal(worthSaying(sayLine(line({ people: 30, range: { low: 7, high: 11, headline: 10 }, trend: 0 }), doc(), NOON, 0)), before);
    assert.notEqual(worthSaying(sayLine(line({ level: 1 }), doc(), NOON, 0)), before);
    assert.notEqual(worthSaying(sayLine(line({ advice: null }), doc(), NOON, 0)), before);
  });

  test('a canteen that is shut says why and when it opens', () => {
    const shut = (changes) => sayCanteen(doc([], { state: 'closed', ...changes }), NOON);
    const next = { kind: 'lunch', opens_ms: NOON + 24 * 60 * MINUTE - 40 * MINUTE };
    assert.deepEqual([shut({ why_closed: '개천절', next }).title, shut({ next }).next], ['오늘은 쉬어요 · 개천절', '내일 11:30에 열어요 · 점심']);
    assert.equal(shut({ next: { kind: 'dinner', opens_ms: NOON + 300 * MINUTE } }).next, '17:10에 열어요 · 저녁');
    assert.equal(shut({ next: { kind: 'lunch', opens_ms: NOON + 4 * 1440 * MINUTE } }).next, '11월 30일 (월) 12:10에 열어요 · 점심');
    assert.equal(sayCanteen(doc([], { state: 'sold_out' }), NOON).title, '오늘 점심은 품절이에요');
    assert.equal(shut({ next: { kind: 'lunch', opens_ms: NOON - 1 } }).title, '알 수 없어요');
  });

  test('a menu is of today, tomorrow or a day, and none when its day is over', () => {
    const on = (day) => sayMenu(doc([], { menu: { day, meal: 'lunch', items: ['밥'] } }), NOON)?.title;
    assert.deepEqual([on('2026-11-26'), on('2026-11-27'), on('2026-11-30'), on('2026-11-25')], ['오늘 점심', '내일 점심', '11월 30일 (월) 점심', undefined]);
  });

  test('ages are words', () => {
    assert.deepEqual([0, 12_000, 59_999, 60_000, 3_600_000, 259_200_000].map(ago), ['방금', '12초 전', '59초 전', '1분 전', '1시간 전', '3일 전']);
  });

  test('the canteen has its own clock, which may run faster', () => {
    const fast = doc([line()], { clock: { at_ms: NOON, speed: 10 } });
    assert.equal(canteenNow(fast, 1_005_000), NOON + 50_000);
    assert.equal(canteenNow(fast, 990_000), NOON); // before it was made: not earlier
    assert.equal(sayLine(line(), fast, canteenNow(fast, 1_080_000), 0).mode, 'live'); // eighty seconds of ours
    assert.equal(sayLine(line(), fast, canteenNow(fast, 1_080_000), 0).age, '1분 전 소식'); // as in ours
    const old = sayLine(line(), fast, canteenNow(fast, 1_090_000), 0);
    assert.deepEqual([old.mode, old.age, old.advice], ['old', '마지막 소식 1분 전', '']);
    assert.equal(sayLine(line(), fast, canteenNow(fast, 1_021_000), 21_000).age, '마지막 소식 22초 전');
  });

  test('a played lunch is as was asked for at the speed, and anew when its clock went back', () => {
    const at = (speed) => ({ clock: { speed, played: true } });
    assert.deepEqual([isSo(at(10), NOON, { speed: 10, before: Infinity }), isSo(at(1), NOON, { speed: 10, before: Infinity })], [true, false]);
    assert.deepEqual([isSo(at(1), NOON, { speed: 1, before: NOON }), isSo(at(1), NOON - MINUTE, { speed: 1, before: NOON })], [false, true]);
  });

  test('levels begin at their cuts', () => {
    assert.deepEqual([2.9, 3, 7, 12, 20].map(levelOf), [0, 1, 2, 3, 4]);
  });

  test('the home card shows the shortest open line and two dishes', () => {
    const two = doc([line({ level: 4, name: '일품' }), line({ id: 'b', level: 1, name: '한식', range: { low: 3, high: 6, headline: 5 } })]);
    assert.deepEqual(cardOf(two, NOON, 0), { word: '한식 조금', tone: 'good', minutes: '3–6분', more: '지금 가세요 · 12초 전 소식', menu: '밥, 국' });
    const shut = cardOf(doc([], { state: 'closed', why_closed: '개천절' }), NOON, 0);
    assert.deepEqual([shut.word, shut.minutes], ['', '오늘은 쉬어요 · 개천절']);
    assert.equal(cardOf(doc(), NOON, 60_000).tone, '');
    assert.equal(cardOf(doc([line({ advice: null })]), NOON, 0).more, '줄어드는 중 · 12초 전 소식');
  });
});

describe('asking', () => {
  let answers;
  let asked;
  const fetch = async (_path, { headers, signal }) => {
    asked.push({ at: clock.time, tag: headers['If-None-Match'] ?? '' });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === 'silence') return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    if (answer instanceof Error) throw answer;
    return answer();
  };
  const told = (changes, tag = '"1"') => () => new Response(JSON.stringify(doc([line()], changes)), { headers: { ETag: tag, Date: new Date(clock.time + 3000).toUTCString() } });
  const status = (code, headers = {}) => () => new Response(null, { status: code, headers: { Date: new Date(clock.time).toUTCString(), ...headers } });
  const got = [];
  const over = [];
  const missing = [];
  const start = async () => {
    own.push(follow('/live', { heard: (fresh, at) => got.push({ fresh, ...at }), over: (code) => over.push(code), failed: (code) => missing.push(code) }, { fetch, now: clock.now, page }));
    await settle();
    await settle(); // a body takes a moment longer
  };

  const own = [];
  afterEach(() => own.splice(0).forEach((one) => one.stop()));
  beforeEach(() => {
    asked = [];
    got.length = over.length = missing.length = 0;
  });

  test('every 2.0 to 2.9 seconds, with the tag of what is known', async () => {
    answers = [told(), status(304)];
    await start();
    await clock.pass(60_000);
    const gaps = asked.slice(1).map(({ at }, i) => at - asked[i].at);
    assert.ok(gaps.length > 19 && gaps.every((gap) => gap >= 2000 && gap <= 2900), String(gaps));
    assert.deepEqual([asked[0].tag, asked[1].tag], ['', '"1"']);
    assert.equal(got.filter(({ fresh }) => fresh).length, 1);
    assert.equal(got.length, asked.length); // a 304 is a sign of life too
  });

  test('its jitter covers 2.0 to 2.9 s; failures double up to fifteen seconds, each page at its own moment', () => {
    assert.deepEqual([pauseOf(2500, 0, () => 0), pauseOf(2500, 0, () => 1)].map(Math.round), [2000, 2900]);
    assert.deepEqual([pauseOf(2500, 1, () => 0), pauseOf(2500, 1, () => 1)], [1000, 5000]);
    assert.deepEqual([2, 3, 4, 9].map((failed) => pauseOf(2500, failed, () => 1)), [5000, 10_000, 15_000, 15_000]);
    assert.equal(pauseOf(2500, 9, () => 0), 7500);
  });

  test('a shut canteen is asked for as rarely as its document says', async () => {
    answers = [told({ period_ms: 60_000 }), status(304)];
    await start();
    await clock.pass(300_000);
    assert.ok(asked.length <= 7, String(asked.length));
  });

  test('slower while nobody answers, at the old pace at once when somebody does', async () => {
    answers = [new Error('no network')];
    await start();
    await clock.pass(120_000);
    assert.ok(asked.length < 16, String(asked.length));
    assert.equal(got.length, 0);
    answers = [told(), status(304)];
    await clock.pass(15_000);
    assert.equal(got[0].fresh.v, 1);
    const before = asked.length;
    await clock.pass(10_000);
    assert.ok(asked.length - before >= 3);
  });

  test('a server that is too busy is not asked before it says', async () => {
    answers = [status(503, { 'Retry-After': '30' }), told()];
    await start();
    await clock.pass(29_000);
    assert.equal(asked.length, 1);
    await clock.pass(2000);
    assert.equal(asked.length, 2);
  });

  test('an answer that does not come is given up after ten seconds', async () => {
    answers = ['silence', told()];
    await start();
    await clock.pass(9999);
    assert.equal(asked.length, 1);
    assert.equal(got.length, 0);
    await clock.pass(6000); // and at most five seconds until the next
    assert.ok(got.length >= 1);
  });

  test('nothing while hidden, at once when seen again', async () => {
    answers = [told(), status(304)];
    await start();
    await clock.pass(1000);
    page.hidden = true;
    for (const work of [...heard]) work();
    await clock.pass(600_000);
    assert.equal(asked.length, 1);
    page.hidden = false;
    for (const work of [...heard]) work();
    await settle();
    assert.equal(asked.length, 2);
  });

  test('an address that opens nothing ends it, and so does a log-out', async () => {
    for (const code of [410, 401]) {
      answers = [status(code)];
      asked = [];
      await start();
      await clock.pass(600_000);
      assert.equal(asked.length, 1);
    }
    assert.deepEqual(over, [410, 401]);
    assert.equal(heard.size, 0);
  });

  test('while nothing was told of a canteen yet it is asked for more rarely, and its page is told', async () => {
    answers = [status(404)];
    await start();
    await clock.pass(120_000);
    assert.ok(asked.length > 5 && asked.length < 16, String(asked.length));
    assert.deepEqual([...new Set(missing)], [404]);
    answers = [told()];
    await clock.pass(15_000);
    assert.ok(got.length > 0);
  });

  test('a document of another version is no news', async () => {
    answers = [told({ v: 2 })];
    await start();
    await clock.pass(5000);
    assert.equal(got.length, 0);
  });

  test('the server’s clock is the latest that its dates allow', async () => {
    answers = [told(), status(304)];
    await start();
    assert.ok(Math.abs(got[0].offset - 3000) < 1000, String(got[0].offset));
    const dates = serverClock();
    assert.equal(dates.hear('Thu, 26 Nov 2026 03:10:00 GMT', NOON + 900), -900);
    assert.equal(dates.hear('Thu, 26 Nov 2026 03:10:05 GMT', NOON + 5100), -100);
    assert.equal(dates.hear(null, NOON), -100);
  });
});

describe('what is kept', () => {
  test('it is read by its own person only, and forgotten whoever’s it is', () => {
    keep('p', { mine: { canteens: [{ id: '1' }, { id: '2' }] }, chosen: '2' });
    assert.equal(chosenOf(readKept('p')).id, '2');
    assert.equal(readKept('q').mine, null);
    assert.equal(chosenOf(keep('p', { chosen: 'gone' })).id, '1');
    forget();
    assert.equal(chosenOf(readKept('p')), null);
  });

  test('what is no document of ours is as nothing', () => {
    disk.set('canteen', '{"half');
    assert.equal(readKept('p').mine, null);
  });
});

describe('check-ins', () => {
  let sent;
  let answer;
  const refused = [];
  const fine = { ok: true, status: 204 };
  const make = () => checkIns({ changed: () => {}, refused: (code) => refused.push(code), now: clock.now, newId: () => 'id-1', send: async (...all) => {
    sent.push(all);
    return answer;
  } });

  beforeEach(() => {
    sent = [];
    refused.length = 0;
    answer = fine;
  });

  test('joined and served are sent with how long ago they were, without a name', async () => {
    const own = make();
    await own.join('a');
    clock.time += 300_000;
    await own.serve();
    assert.deepEqual(sent, [
      ['POST', '/api/canteen/check-ins', { id: 'id-1', line_id: 'a', ago_ms: 0 }],
      ['POST', '/api/canteen/check-ins/id-1/served', { ago_ms: 0 }],
    ]);
    assert.equal(own.waiting(), false);
    clock.time += 61_000;
    assert.equal(own.current(), null);
  });

  test('without a network it waits, survives the page, and says later how long ago it was', async () => {
    answer = { ok: false, status: 0, problem: { code: 'network' } };
    await make().join('a');
    clock.time += 120_000;
    const again = make();
    assert.deepEqual([again.current().line, again.waiting()], ['a', true]);
    answer = fine;
    await again.serve();
    assert.deepEqual(sent.slice(1).map(([, , body]) => body.ago_ms), [120_000, 0]);
  });

  test('taken back before anything went out, nothing is sent; afterwards it is deleted', async () => {
    answer = { ok: false, status: 0, problem: { code: 'network' } };
    const own = make();
    await own.join('a');
    await own.undo(); // the server may have it: the answer was lost
    assert.equal(own.current(), null);
    answer = { ok: false, status: 404, problem: { code: 'not-found' } };
    await own.again();
    assert.deepEqual(sent.at(-1).slice(0, 2), ['DELETE', '/api/canteen/check-ins/id-1']);
    assert.deepEqual([own.waiting(), refused.length, disk.size], [false, 0, 0]);
  });

  test('what the server will not have is told once and forgotten', async () => {
    answer = { ok: false, status: 422, problem: { code: 'bad-input', title: '-', detail: '-' } };
    const own = make();
    await own.join('a');
    assert.deepEqual([refused, own.current(), own.waiting()], [['bad-input'], null, false]);
  });

  test('a server that is busy or asks for a login loses nothing', async () => {
    for (const status of [401, 429, 503]) {
      disk.clear();
      answer = { ok: false, status, problem: { code: 'x' } };
      const own = make();
      await own.join('a');
      assert.equal(own.waiting(), true);
    }
  });

  test('who joins again at a meal goes on with the first', async () => {
    answer = { ok: true, status: 200, data: { check_in: { id: 'first', served_ms: null }, known: true } };
    const own = make();
    await own.join('a');
    await own.serve();
    assert.equal(sent[1][1], '/api/canteen/check-ins/first/served');
    answer = { ok: true, status: 200, data: { check_in: { id: 'first', served_ms: 5 }, known: true } };
    await own.undo();
    await own.join('a');
    assert.deepEqual([own.waiting(), own.current().served], [false, clock.time]);
  });

  test('a server that is busy is left alone for a while', async () => {
    answer = { ok: false, status: 429, retryAfter: 40_000, problem: { code: 'too-many-tries' } };
    const own = make();
    await own.join('a');
    clock.time += 39_000;
    await own.again();
    assert.equal(sent.length, 1);
    clock.time += 2000;
    await own.again();
    assert.equal(sent.length, 2);
  });

  test('after two hours it says nothing any more', async () => {
    const own = make();
    await own.join('a');
    clock.time += LAST_MS + 1;
    assert.equal(own.current(), null);
  });
});

describe('the chart', () => {
  const point = (minutes, q50, basis = 'live') => [NOON + minutes * MINUTE, q50 - 1, q50, q50 + 2, basis];

  test('a line is broken where nothing was seen, and changes where its basis changes', () => {
    const found = pieces([point(-9, 4), point(-8, 5), point(-3, 6), point(-2, 6, 'usual'), point(-1, 6, 'usual')], 180_000);
    assert.deepEqual(found.map((piece) => piece.length), [2, 1, 3]);
  });

  test('it shows the last hour, the usual for half an hour more, and all that is high', () => {
    const drawn = scene({ hour: [point(-70, 4), point(-10, 30), point(5, 1)], usual: [[NOON + 29 * MINUTE, 1, 9, 12], [NOON + 31 * MINUTE, 1, 9, 12]] }, NOON);
    assert.deepEqual([drawn.hour.length, drawn.usual.length, drawn.top], [1, 1, 35]);
  });

  test('the table holds the same numbers, every five minutes, the newest first', () => {
    const hour = Array.from({ length: 11 }, (_, i) => point(i - 10, 8 + i));
    const rows = tableRows(scene({ hour, usual: [[NOON, 2, 6, 9]] }, NOON));
    assert.deepEqual(rows.map(({ time }) => time), ['12:10', '12:05', '12:00']);
    assert.deepEqual(rows[0], { time: '12:10', level: '혼잡', minutes: '18 (17–20)', usual: '6' });
  });
});
