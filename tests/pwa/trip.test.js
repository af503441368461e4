import assert from 'node:assert/strict';
import { test } from 'node:test';

import { kindAfter, lastTrip, tripFor } from '../../static/pwa/src/js/trip.js';
import { itemOf } from './stamps.js';

const at = (day, hour) => Date.UTC(2026, 10, day, hour - 9); // in Seoul
const last = (kind, day, hour, practice = false) => ({ trip: '20261109-AAAAAA', kind, practice, at: at(day, hour) });

test('a trip comes into being with its first tap, named by the date in Seoul', () => {
  assert.match(tripFor(undefined, 'start', false, at(9, 8)), /^20261109-[A-Z2-7]{6}$/);
  assert.match(tripFor(undefined, 'arrive', false, Date.UTC(2027, 0, 4, 15)), /^20270105-[A-Z2-7]{6}$/);
  assert.notEqual(tripFor(undefined, 'start', false, at(9, 8)), tripFor(undefined, 'start', false, at(9, 8)));
});

test('later stamps belong to the open trip, over night too', () => {
  assert.equal(tripFor(last('start', 9, 8), 'arrive', false, at(9, 10)), '20261109-AAAAAA');
  assert.equal(tripFor(last('arrive', 9, 10), 'arrive', false, at(9, 14)), '20261109-AAAAAA');
  assert.equal(tripFor(last('arrive', 9, 10), 'return', false, at(10, 17)), '20261109-AAAAAA');
});

test('a return closes it, a start opens another, two days without a stamp end it, practice stays apart', () => {
  assert.notEqual(tripFor(last('return', 9, 18), 'arrive', false, at(9, 19)), '20261109-AAAAAA');
  assert.notEqual(tripFor(last('start', 9, 8), 'start', false, at(9, 13)), '20261109-AAAAAA');
  assert.notEqual(tripFor(last('start', 9, 8), 'arrive', false, at(11, 8)), '20261109-AAAAAA');
  assert.notEqual(tripFor(last('start', 9, 8, true), 'arrive', false, at(9, 9)), '20261109-AAAAAA');
});

test('the next kind follows the open trip; practice and real trips do not follow each other', () => {
  assert.equal(kindAfter(undefined, false, at(9, 8)), 'start');
  assert.equal(kindAfter(last('start', 9, 8), false, at(9, 10)), 'arrive');
  assert.equal(kindAfter(last('arrive', 9, 10), false, at(9, 17)), 'return');
  assert.equal(kindAfter(last('return', 9, 17), false, at(9, 18)), 'start');
  assert.equal(kindAfter(last('start', 9, 8, true), false, at(9, 9)), 'start');
  assert.equal(kindAfter(last('start', 9, 8), true, at(9, 9)), 'start');
  assert.equal(kindAfter(last('start', 9, 8, true), true, at(9, 9)), 'arrive');
});

test('a cancelled stamp does not steer the trip: the one before it does', async () => {
  const kinds = ['start', 'return'];
  const [first, second] = await Promise.all(kinds.map((kind, i) => itemOf(i + 1, { kind })));
  const gone = { ...second, voidedAt: second.capturedAt + 60 };
  const mark = { ...gone, id: `void-${second.id}`, type: 'void', stampId: second.id };
  const now = second.capturedAt * 1000;
  assert.equal(lastTrip([second, first]).kind, 'return');
  const open = lastTrip([gone, first, mark]);
  assert.deepEqual(open, { trip: first.trip, kind: 'start', practice: false, at: first.capturedAt * 1000 });
  assert.equal(kindAfter(open, false, now), 'arrive');
  assert.equal(tripFor(open, 'arrive', false, now), first.trip);
  assert.equal(lastTrip([{ ...first, voidedAt: now }, gone, mark]), undefined);
});
