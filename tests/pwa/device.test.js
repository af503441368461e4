import assert from 'node:assert/strict';
import { test } from 'node:test';

import { tripFor } from '../../static/pwa/src/js/device.js';

const at = (day, hour) => new Date(2026, 10, day, hour).getTime();
const last = (kind, day, hour, practice = false) => ({ trip: '20261109-AAAAAA', kind, practice, at: at(day, hour) });

test('a trip comes into being with its first tap, named by the local date', () => {
  assert.match(tripFor(undefined, 'start', false, at(9, 8)), /^20261109-[A-Z2-7]{6}$/);
  assert.match(tripFor(undefined, 'arrive', false, new Date(2027, 0, 5).getTime()), /^20270105-[A-Z2-7]{6}$/);
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
