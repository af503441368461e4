import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encode as base32 } from '../../static/pwa/src/js/base32.js';
import { MAX_VERSION, modules, warmQr } from '../../static/pwa/src/js/qr.js';
import * as coin from '../../static/pwa/src/js/token.js';
import { claimsOf } from './stamps.js';

const PUBLIC_URL = 'https://stamp.gyeongnam-example.go.kr';
const urlOf = (length) => coin.tokenUrl(PUBLIC_URL, new Uint8Array(length).fill(0x5a));

test('the encoder is there', async () => {
  assert.ok(await warmQr());
});

test('the longest Korean names and departments fit 400 bytes and version 17 at level M', async () => {
  const fitted = coin.fitClaims(claimsOf());
  const length = coin.tokenLength(fitted);
  assert.ok(length <= coin.LIMIT, `${length} bytes`);
  const code = await modules(urlOf(length), 'M');
  assert.ok(code.version <= MAX_VERSION, `version ${code.version}`);
});

test('a token of exactly 400 bytes fits version 17 at level M', async () => {
  const code = await modules(urlOf(coin.LIMIT), 'M');
  assert.ok(code.version <= MAX_VERSION, `version ${code.version}`);
  assert.equal(code.size, 17 + 4 * code.version);
});

test('the sample of the format is v16 at M and v19 at Q', async () => {
  const url = `HTTPS://YOITDA.EXAMPLE/S/${base32(new Uint8Array(382))}`;
  assert.equal((await modules(url, 'M')).version, 16);
  assert.equal((await modules(url, 'Q')).version, 19);
});

test('short and lower-case addresses are drawn too', async () => {
  assert.ok((await modules('HTTPS://A.KR/S/AAAA', 'M')).version <= 3);
  assert.ok((await modules('http://127.0.0.1:8000/today?lang=ko', 'M')).version <= 4);
});
