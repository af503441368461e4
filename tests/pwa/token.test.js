// The browser's encoder against the golden vector: claims, signature structure, and the token when
// given that vector's signature, iv and ephemeral key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { decode, encode as cbor } from '../../static/pwa/src/js/cbor.js';
import { encode as base32, fromHex, toB64u, toHex } from '../../static/pwa/src/js/base32.js';
import * as coin from '../../static/pwa/src/js/token.js';
import { claimsOf, receiptFor, serverKey } from './stamps.js';

const golden = JSON.parse(readFileSync(new URL('./vectors/golden_token.json', import.meta.url), 'utf8'));
const bytes = (name) => fromHex(golden[name]);
const repeat = (byte) => new Uint8Array(8).fill(byte);
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const number = (b) => BigInt('0x' + toHex(b));

const CLAIMS = {
  organisation: '46770',
  staffNumber: '020231234',
  capturedAt: 1795300000,
  cti: fromHex('0001020304050607'),
  fix: { lat: 34.6112325, lon: 127.2845671, alt: 23.4, accuracy: 11.2, altAcc: 6.0, time: 1795299998, age: 2 },
  trip: '20261121-Q7XK2M',
  seq: 17,
  prev: repeat(0x11),
  beacon: repeat(0x22),
  kind: coin.KIND.arrive,
  samples: [7, 11, 0],
  name: '홍길동',
  department: '관광정책실',
  consent: repeat(0x33),
};

async function ephemeral() {
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: toB64u(bytes('ephemeral_d')),
    x: toB64u(bytes('ephemeral_pub_x')),
    y: toB64u(bytes('ephemeral_pub_y')),
  };
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  const { d: _, ...open } = jwk;
  return {
    privateKey: await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['deriveBits']),
    publicKey: await crypto.subtle.importKey('jwk', open, algorithm, true, []),
  };
}

test('the claims are those of the golden vector', () => {
  assert.equal(toHex(coin.encodeClaims(CLAIMS)), golden.claims_hex);
});

test('times are floored and floats rounded to float32', () => {
  const late = { ...CLAIMS, capturedAt: 1795300000.9, fix: { ...CLAIMS.fix, time: 1795299998.7, age: 2.9 } };
  assert.equal(toHex(coin.encodeClaims(late)), golden.claims_hex);
});

test('the signature structure is that of the golden vector', () => {
  const tbs = coin.sign1Tbs(bytes('device_kid'), bytes('claims_hex'));
  assert.equal(toHex(tbs), golden.sig_structure_hex);
});

test('the COSE_Sign1 is that of the golden vector, given its signature', () => {
  const signature = bytes('sign1_hex').slice(-64);
  assert.equal(toHex(coin.sign1(bytes('device_kid'), bytes('claims_hex'), signature)), golden.sign1_hex);
});

test('the token and its URL are those of the golden vector, given signature, iv and ephemeral key', async () => {
  const token = await coin.seal({
    sign1: bytes('sign1_hex'),
    auditKid: bytes('audit_kid'),
    auditX: bytes('audit_pub_x'),
    auditY: bytes('audit_pub_y'),
    ephemeral: await ephemeral(),
    iv: bytes('iv'),
  });
  assert.equal(toHex(token), golden.token_hex);
  assert.equal(toHex(await coin.sha256(token)), golden.token_sha256);
  assert.equal(coin.tokenUrl('https://yoitda.example/', token), `HTTPS://YOITDA.EXAMPLE${golden.url_path}`);
  assert.equal(coin.tokenLength(CLAIMS), token.length);
});

test('the device key is named by its thumbprint', async () => {
  const kid = await coin.deviceKid(bytes('device_pub_x'), bytes('device_pub_y'));
  assert.equal(toHex(kid), golden.device_kid);
});

test('a signature is brought to its lower s and still verifies', async () => {
  const es256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pair = await crypto.subtle.generateKey(es256, false, ['sign', 'verify']);
  const text = new TextEncoder().encode('출장');
  let raised = 0;
  for (let i = 0; i < 40; i++) {
    const raw = new Uint8Array(await crypto.subtle.sign(es256, pair.privateKey, text));
    const low = coin.lowS(raw);
    raised += number(raw.subarray(32)) > ORDER / 2n;
    assert.ok(number(low.subarray(32)) <= ORDER / 2n);
    assert.equal(low.length, 64);
    assert.ok(await crypto.subtle.verify(es256, pair.publicKey, low, text));
  }
  assert.ok(raised > 0);
});

test('a low s with leading zeros keeps its 32 bytes', () => {
  const s = (ORDER - 5n).toString(16).padStart(64, '0');
  const low = coin.lowS(fromHex('11'.repeat(32) + s));
  assert.equal(toHex(low.subarray(32)), '5'.padStart(64, '0'));
  assert.deepEqual(coin.lowS(low), low);
});

test('optional floats that are null, undefined or NaN are left out', () => {
  const fix = { ...CLAIMS.fix, alt: null, altAcc: undefined, heading: NaN, speed: null };
  const location = decode(coin.encodeClaims({ ...CLAIMS, fix })).get(264);
  assert.deepEqual([...location.keys()], [1, 2, 4, 8, 9]);
});

test('a coordinate that is no number is refused', () => {
  for (const lat of [NaN, Infinity, undefined, null]) {
    const wrong = { ...CLAIMS, fix: { ...CLAIMS.fix, lat } };
    assert.throws(() => coin.encodeClaims(wrong), { code: 'bad-number' });
  }
});

test('times beyond 2^32 are written in eight bytes', () => {
  const claims = { ...CLAIMS, capturedAt: 2 ** 40 + 1 };
  assert.match(toHex(coin.encodeClaims(claims)), /061b0000010000000001/);
});

test('the drop rule takes department, name, altitude, heading and speed, in this order', () => {
  const full = claimsOf();
  const steps = [
    (c) => c.department,
    (c) => c.name,
    (c) => c.fix.alt ?? c.fix.altAcc,
    (c) => c.fix.heading ?? c.fix.speed,
  ];
  let gone = 0;
  for (let limit = coin.tokenLength(full); limit > 320; limit--) {
    let fitted;
    try {
      fitted = coin.fitClaims(full, limit);
    } catch (error) {
      assert.equal(error.code, 'too-large');
      assert.equal(gone, 4);
      return;
    }
    assert.ok(coin.tokenLength(fitted) <= limit);
    const kept = steps.map((of) => of(fitted) !== undefined);
    const now = kept.indexOf(true) < 0 ? 4 : kept.indexOf(true);
    assert.deepEqual(kept, kept.map((_, i) => i >= now));
    assert.ok(now >= gone);
    gone = now;
  }
  assert.fail('never too large');
});

test('the sizes are those of the format: 382, 353, 396, 412 less the department 379', () => {
  const bare = { ...CLAIMS, name: undefined, department: undefined };
  const moving = { ...CLAIMS, fix: { ...CLAIMS.fix, heading: 123.4, speed: 3.3 }, samples: [7, 11, 0x3fff] };
  const long = { ...moving, department: '가나다라마바사아자차' };
  assert.equal(coin.tokenLength(CLAIMS), 382);
  assert.equal(coin.tokenLength(bare), 353);
  assert.equal(coin.tokenLength(moving), 396);
  assert.equal(coin.tokenLength(long), 412);
  assert.equal(coin.tokenLength(coin.fitClaims(long)), 379);
});

test('a void record names the stamp, the time and the reason, cut at 200 characters', async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const digest = new Uint8Array(32).fill(7);
  const reason = '잘못 눌렀습니다😀'.repeat(40);
  const parts = { privateKey: pair.privateKey, kid: repeat(1), sha256: digest, voidedAt: 1795300100.5, reason };
  const cose = decode(await coin.voidRecord(parts)).value;
  const payload = decode(cose[2]);
  assert.deepEqual(payload.get(1), digest);
  assert.equal(payload.get(2), 1795300100);
  assert.equal(payload.get(3), [...reason].slice(0, 200).join(''));
  const tbs = coin.sign1Tbs(repeat(1), cose[2]);
  assert.ok(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, pair.publicKey, cose[3], tbs));
});

test('a receipt counts only when signed by a pinned key over these bytes', async () => {
  const server = await serverKey();
  const other = await serverKey();
  const sha = 'ab'.repeat(32);
  const receipt = await receiptFor(server, sha, 1795300001, '0102030405060708');
  const read = await coin.verifyReceipt(receipt, [other.pin, server.pin], sha);
  assert.deepEqual(read, { receivedAt: 1795300001, cti: '0102030405060708' });

  const bad = { code: 'bad-receipt' };
  await assert.rejects(coin.verifyReceipt(receipt, [server.pin], 'cd'.repeat(32)), bad);
  await assert.rejects(coin.verifyReceipt(receipt, [other.pin], sha), bad);
  await assert.rejects(coin.verifyReceipt(receipt, [], sha), bad);
  await assert.rejects(coin.verifyReceipt(receipt, [{ ...other.pin, kid: server.pin.kid }], sha), bad);
  await assert.rejects(coin.verifyReceipt(cbor(['no']), [server.pin], sha), bad);
  for (let i = 0; i < receipt.length; i++) {
    const bent = receipt.slice();
    bent[i] ^= 1;
    await assert.rejects(coin.verifyReceipt(bent, [server.pin], sha), bad, `byte ${i}`);
  }
});

test('the URL holds nothing but the QR alphanumeric set', () => {
  const url = coin.tokenUrl('https://office.example.go.kr:8443', bytes('token_hex'));
  assert.match(url, /^[0-9A-Z $%*+\-./:]+$/);
  assert.ok(url.endsWith(base32(bytes('token_hex'))));
});

test('a measure that no token may hold is left out, and the stamp is made all the same', () => {
  const odd = { ...CLAIMS.fix, alt: 2e5, altAcc: -1, heading: 400, speed: -3 };
  const plain = { ...CLAIMS.fix, alt: undefined, altAcc: undefined };
  assert.deepEqual(coin.encodeClaims({ ...CLAIMS, fix: odd }), coin.encodeClaims({ ...CLAIMS, fix: plain }));
});

test('a half float above 32767 keeps its short form', () => {
  const far = { ...CLAIMS, fix: { ...CLAIMS.fix, accuracy: 40000 } };
  assert.ok(toHex(coin.encodeClaims(far)).includes('04f978e2'));
});
