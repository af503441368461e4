import assert from 'node:assert/strict';
import { test } from 'node:test';

import { boardOf, isBlank, pairsOf, siteOf, withVisit } from '../../static/pwa/src/js/board.js';
import { fit } from '../../static/pwa/src/js/darkroom.js';
import { PHOTO_WORDS, counted } from '../../static/pwa/src/js/photo_words.js';
import { NO_VISIT, isAnchored, visitOf } from '../../static/pwa/src/js/visit.js';
import { WORDS } from '../../static/pwa/src/js/words.js?alone'; // before others add theirs

const OWN = new Set(Object.keys(WORDS));

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-26T03:00:00Z');
const FIELDS = [{ name: '공사명', kind: 'text' }, { name: '위치', kind: 'text' }, { name: '날짜', kind: 'date' }];
const open = (kind, at = NOW - HOUR) => ({ trip: '20261126-AAAAAA', kind, practice: false, at });
const stamp = (facts) => ({ type: 'stamp', trip: '20261126-AAAAAA', state: 'received', capturedAt: NOW / 1000 - 60, seq: 1, sha256: 'ab', practice: false, voidedAt: null, server: { place: { name: '용지호수' } }, ...facts });

test('photos belong to the newest stamp of the open trip', () => {
  const items = [stamp({ seq: 1, sha256: '01', capturedAt: 1 }), stamp({ seq: 2, sha256: '02' })];
  assert.deepEqual(visitOf(open('arrive'), items, NOW), { trip: '20261126-AAAAAA', stampSha256: '02', place: '용지호수', practice: false });
  assert.equal(visitOf(open('arrive'), [stamp({ state: 'ready', server: null })], NOW).place, null);
});

test('they belong to no trip that ended, is old, or whose stamps do not stand', () => {
  assert.equal(visitOf(open('return'), [stamp()], NOW), NO_VISIT);
  assert.equal(visitOf(open('arrive', NOW - 40 * HOUR), [stamp()], NOW), NO_VISIT);
  assert.equal(visitOf(undefined, [stamp()], NOW), NO_VISIT);
  for (const fact of [{ voidedAt: 1 }, { state: 'quarantined' }, { state: 'practice' }, { type: 'void' }, { trip: 'other' }]) {
    assert.equal(visitOf(open('arrive'), [stamp(fact)], NOW), NO_VISIT, JSON.stringify(fact));
  }
});

test("a time counts as checked when the phone's clock agreed with the server's lately", () => {
  const heard = { fetchedAt: NOW, serverOffset: -900 };
  assert.equal(isAnchored(heard, NOW + HOUR), true);
  assert.equal(isAnchored(heard, NOW + 13 * HOUR), false, 'too long ago');
  for (const serverOffset of [24 * HOUR, -24 * HOUR, 121_000, undefined]) assert.equal(isAnchored({ ...heard, serverOffset }, NOW), false, `${serverOffset}`);
  assert.equal(isAnchored(undefined, NOW), false);
});

test('a board is what the template asks for, with the day of the photo in Seoul', () => {
  const board = boardOf(FIELDS, { 공사명: '  정비 ', 모름: 'x', 날짜: '1999-01-01' }, Date.parse('2026-11-25T15:00:01Z') / 1000);
  assert.deepEqual(board, { 공사명: '정비', 위치: '', 날짜: '2026-11-26' });
  assert.equal(boardOf(FIELDS, { 위치: '가'.repeat(300) }, 1).위치.length, 200);
});

test('an office may call a field as it likes, and its order stands', () => {
  const names = ['constructor', '10', '__proto__', '2', 'toString', 'valueOf', '1'];
  const fields = names.map((name) => ({ name, kind: 'text' }));
  assert.equal(isBlank(fields, {}), true);
  assert.deepEqual(pairsOf(fields, {}, 1), names.map((name) => [name, '']));
  const values = structuredClone(Object.fromEntries(names.map((name, at) => [name, ` ${at} `])));
  assert.deepEqual(pairsOf(fields, values, 1), names.map((name, at) => [name, String(at)]));
  assert.equal(isBlank(fields, values), false);
  assert.equal(siteOf(pairsOf(fields, values, 1)), '0', 'the first field of the template');
  assert.equal(boardOf(fields, values, 1).constructor, '0');
});

test('a day alone is no board, and a place is called by its first words', () => {
  assert.equal(isBlank(FIELDS, { 공사명: ' ' }), true);
  assert.equal(isBlank(FIELDS, { 위치: '용지로' }), false);
  assert.equal(siteOf({ 공사명: ' ', 위치: '용지로' }), '용지로');
  assert.equal(siteOf({}), '');
});

test('a later visit of a series adds to it and makes it the newest', () => {
  const memory = { board: {}, series: [{ id: 'b', board: {}, at: 2, phases: {} }, { id: 'a', board: {}, at: 1, phases: { before: 2 } }] };
  const next = withVisit(memory, { id: 'a', board: { x: 'y' }, at: 3, phases: { before: 1, after: 4 } });
  assert.deepEqual(next.series.map(({ id }) => id), ['a', 'b']);
  assert.deepEqual(next.series[0], { id: 'a', board: { x: 'y' }, at: 3, phases: { before: 3, after: 4 } });
  let many = memory;
  for (let n = 0; n < 40; n += 1) many = withVisit(many, { id: `n${n}`, board: {}, at: n, phases: {} });
  assert.equal(many.series.length, 20);
});

test('pictures shrink to the longest side and never grow', () => {
  assert.deepEqual(fit(8064, 6048, 4032), { width: 4032, height: 3024 });
  assert.deepEqual(fit(1080, 1920, 4032), { width: 1080, height: 1920 });
  assert.deepEqual(fit(2160, 3840, 320), { width: 180, height: 320 });
});

test('the words of the camera page are whole in both languages and take no name of another page', () => {
  const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort().join();
  for (const [key, [ko, en]] of Object.entries(PHOTO_WORDS)) {
    assert.ok(ko.trim() && en.trim(), key);
    assert.doesNotMatch(en, /[가-힣]/u, key);
    assert.equal(holes(ko), holes(en), key);
    assert.ok(!OWN.has(key), `${key} stands in words.js too`);
  }
});

test('one photo has words of its own where they are needed', () => {
  assert.equal(counted('camera.saved', 1), '사진 1장 저장됨');
  assert.equal(counted('camera.saved', 2), '사진 2장 저장됨');
  assert.equal(counted('wait.stuck', 1), '서버가 받지 않은 사진이 1장 있어요. 지워지지 않고 여기 남아 있어요.');
});
