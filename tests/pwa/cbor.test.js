import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fromHex, toHex } from '../../static/pwa/src/js/base32.js';
import { CborError, Tagged, decode, encode, float } from '../../static/pwa/src/js/cbor.js';
import { randomFrom } from './random.js';

const hex = (value) => toHex(encode(value));

test('integers are written in the fewest bytes', () => {
  const known = [
    [0, '00'], [23, '17'], [24, '1818'], [255, '18ff'], [256, '190100'], [65535, '19ffff'], [65536, '1a00010000'],
    [4294967295, '1affffffff'], [4294967296, '1b0000000100000000'], [2 ** 53 - 1, '1b001fffffffffffff'],
    [-1, '20'], [-24, '37'], [-25, '3818'], [-70001, '3a00011170'], [-4294967297, '3b0000000100000000'],
  ];
  for (const [value, bytes] of known) assert.equal(hex(value), bytes, String(value));
});

test('floats are rounded to float32 and written in the shortest exact form', () => {
  const known = [
    [0, 'f90000'], [-0, 'f98000'], [1, 'f93c00'], [6, 'f94600'], [1.5, 'f93e00'], [65504, 'f97bff'],
    [65505, 'fa477fe100'], [65536, 'fa47800000'], [100000, 'fa47c35000'], [5.960464477539063e-8, 'f90001'],
    [2.980232238769531e-8, 'fa33000000'], [0.00006103515625, 'f90400'], [0.000060975551605224609, 'f903ff'],
    [-4, 'f9c400'], [-4.1, 'fac0833333'], [11.2, 'fa41333333'], [0.1, 'fa3dcccccd'], [1e40, 'f97c00'],
    [Infinity, 'f97c00'], [-Infinity, 'f9fc00'], [NaN, 'f97e00'], [3.4028234663852886e38, 'fa7f7fffff'],
    [1.401298464324817e-45, 'fa00000001'], [1.00048828125, 'fa3f801000'], [1.0009765625, 'f93c01'],
  ];
  for (const [value, bytes] of known) assert.equal(hex(float(value)), bytes, String(value));
});

test('every half float is written in two bytes and comes back', () => {
  for (let bits = 0; bits < 65536; bits++) {
    const isNaN = (bits & 0x7c00) === 0x7c00 && bits & 0x3ff;
    if (isNaN) continue;
    const bytes = Uint8Array.of(0xf9, bits >> 8, bits & 255);
    assert.deepEqual(encode(decode(bytes)), bytes);
  }
});

test('map keys are sorted by their bytes, whatever the order of insertion', () => {
  const map = new Map([[-70001, 0], ['a', 0], [264, 0], [10, 0], [-1, 0], [100, 0]]);
  assert.equal(hex(map), 'a6' + '0a00' + '186400' + '19010800' + '2000' + '3a0001117000' + '616100');
});

test('text, bytes, lists, tags and simple values', () => {
  assert.equal(hex('홍'), '63ed998d');
  assert.equal(hex(fromHex('0102')), '420102');
  assert.equal(hex([1, [2], true, false, null]), '85018102f5f4f6');
  assert.equal(hex(new Tagged(96, 0)), 'd86000');
  assert.equal(encode(new Uint8Array(70000)).length, 70005);
});

test('what has no single spelling is refused', () => {
  for (const value of [1.5, NaN, undefined, {}, 2 ** 53, () => 0, new Map([[1, undefined]])]) {
    assert.throws(() => encode(value), CborError);
  }
});

test('reading refuses every other spelling', () => {
  const wrong = {
    'long integer': '1817', 'long length': '580101', 'float64': 'fb3ff0000000000000', 'wide float': 'fa3f800000',
    'unsorted keys': 'a202000100', 'duplicate keys': 'a201000100', 'indefinite list': '9f01ff',
    'trailing byte': '0000', 'truncated': '1901', 'truncated text': '63ed99', 'bad UTF-8': '62ff00',
    'undefined': 'f7', 'empty': '', 'reserved': '1c', 'other NaN': 'f97e01', 'integer above 2^53': '1b0020000000000000',
    'a length of gigabytes': '5affffffff', 'a list of billions': '9affffffff', 'deep': '81'.repeat(40) + '00',
    'overlong UTF-8': '62c080', 'surrogate': '63eda080',
  };
  for (const [why, bytes] of Object.entries(wrong)) assert.throws(() => decode(fromHex(bytes)), CborError, why);
});

const random = randomFrom(20261121);
const below = (n) => Math.floor(random() * n);
const GENERATORS = [
  () => below(30),
  () => -below(300),
  () => Math.floor(random() * 2 ** below(54)),
  () => float((random() - 0.5) * 10 ** (below(60) - 30)),
  () => float(below(5000) / 2 ** below(12)),
  () => Uint8Array.from({ length: below(40) }, () => below(256)),
  () => Array.from({ length: below(12) }, () => String.fromCodePoint(0xac00 + below(11172))).join(''),
  () => [null, true, false][below(3)],
];
function value(depth) {
  const pick = below(GENERATORS.length + (depth ? 3 : 0));
  if (pick < GENERATORS.length) return GENERATORS[pick]();
  const many = Array.from({ length: below(6) }, () => value(depth - 1));
  if (pick === GENERATORS.length) return many;
  if (pick === GENERATORS.length + 1) return new Tagged(below(1000), value(depth - 1));
  return new Map(many.map((v, i) => [i % 2 ? i * 1000 : `${i}`, v]));
}

test('3,000 random values come back the same, and so do their bytes', () => {
  for (let i = 0; i < 3000; i++) {
    const bytes = encode(value(4));
    assert.deepEqual(encode(decode(bytes)), bytes);
  }
});

test('5,000 mutations are refused or are another deterministic value, never a crash', () => {
  for (let i = 0; i < 5000; i++) {
    const bytes = encode(value(3));
    bytes[below(bytes.length)] ^= 1 << below(8);
    try {
      assert.deepEqual(encode(decode(bytes)), bytes);
    } catch (error) {
      assert.ok(error instanceof CborError, String(error));
    }
  }
});
