import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decode, encode, fromB64u, fromHex, toB64u, toHex } from '../../static/pwa/src/js/base32.js';
import { randomFrom } from './random.js';

const utf8 = (text) => new TextEncoder().encode(text);

test('the vectors of RFC 4648, without padding', () => {
  const known = { '': '', f: 'MY', fo: 'MZXQ', foo: 'MZXW6', foob: 'MZXW6YQ', fooba: 'MZXW6YTB', foobar: 'MZXW6YTBOI' };
  for (const [plain, text] of Object.entries(known)) {
    assert.equal(encode(utf8(plain)), text);
    assert.deepEqual(decode(text.toLowerCase()), utf8(plain));
  }
});

test('one text for one token: foreign characters, bad lengths and left-over bits are refused', () => {
  for (const text of ['M1', 'MY======', 'M Y', 'M', 'MZX', 'MZXW6Y', 'MZ', 'ÄÄ', 'MY\n']) {
    assert.throws(() => decode(text), RangeError, text);
  }
});

test('random bytes come back in each form', () => {
  const random = randomFrom(7);
  for (let length = 0; length < 420; length++) {
    const bytes = Uint8Array.from({ length }, () => random() * 256);
    assert.deepEqual(decode(encode(bytes)), bytes);
    assert.deepEqual(fromHex(toHex(bytes)), bytes);
    assert.deepEqual(fromB64u(toB64u(bytes)), bytes);
    assert.match(toB64u(bytes), /^[\w-]*$/);
  }
});
