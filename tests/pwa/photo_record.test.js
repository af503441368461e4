// The record of a visit against the vectors that the server's tests read too, and the receipts for it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { fromHex, toB64u, toHex } from '../../static/pwa/src/js/base32.js';
import { encode } from '../../static/pwa/src/js/cbor.js';
import { boardOf, checkReceipt, recordPayload, signRecord, uuidBytes } from '../../static/pwa/src/js/photo_record.js';
import { sign1, sign1Tbs } from '../../static/pwa/src/js/token.js';
import { key, photoReceipt, stranger } from './office.js';

const vector = JSON.parse(readFileSync(new URL('../photos/vectors/record.json', import.meta.url), 'utf8'));
const ours = ({ staff_number, captured_at, stamp_sha256, ...rest }) => ({
  ...rest, staffNumber: staff_number, capturedAt: captured_at, stampSha256: stamp_sha256,
});
const shots = ({ photos }) => photos.map(({ captured_at, ...rest }) => ({ ...rest, capturedAt: captured_at }));
const SHA = '22'.repeat(32);
const UUID = '0190a6b0-0000-4000-8000-000000000002';

for (const [n, { record, payload_hex, sign1_hex }] of vector.cases.entries()) {
  test(`the payload is that of vector ${n}`, () => {
    assert.equal(toHex(recordPayload(ours(record), shots(record))), payload_hex);
  });

  test(`the signed record is that of vector ${n}, given its signature`, () => {
    const kid = fromHex(vector.device.kid);
    const signature = fromHex(sign1_hex).slice(-64);
    assert.equal(toHex(sign1(kid, fromHex(payload_hex), signature)), sign1_hex);
  });
}

test('a correction, which has no photos, is that of the golden vector', () => {
  const { record, payload_hex } = JSON.parse(readFileSync(new URL('../photos/vectors/golden_correction.json', import.meta.url), 'utf8'));
  assert.equal(toHex(recordPayload({ ...ours(record), board: Object.entries(record.board) }, [])), payload_hex);
});

test('a record is signed by the device key over these bytes', async () => {
  const [{ record, payload_hex }] = vector.cases;
  const kid = '01'.repeat(8);
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const message = await signRecord(ours(record), shots(record), { privateKey: pair.privateKey, kid });
  const tbs = sign1Tbs(fromHex(kid), fromHex(payload_hex));
  assert.ok(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, pair.publicKey, message.slice(-64), tbs));
});

test('what is absent or empty is left out; fractions of seconds are floored', () => {
  const bare = ours(vector.cases[1].record);
  const empty = { ...bare, trip: '', place: '', stampSha256: null, replaces: undefined, capturedAt: bare.capturedAt + 0.9 };
  assert.equal(toHex(recordPayload(empty, shots(vector.cases[1].record))), vector.cases[1].payload_hex);
});

test('a receipt that the server made counts', async () => {
  const { kid, x, y, sha256, id, sign1_hex, stored_at } = vector.receipt;
  const pin = { kid, x: toB64u(fromHex(x)), y: toB64u(fromHex(y)) };
  const { storedAt, receipt } = await checkReceipt(toB64u(fromHex(sign1_hex)), [pin], sha256, id);
  assert.deepEqual([storedAt, toHex(receipt)], [stored_at, sign1_hex]);
});

const wrong = {
  'over other bytes': () => photoReceipt('33'.repeat(32), UUID),
  'for another photo': () => photoReceipt(SHA, UUID.replace(/2$/, '3')),
  'by another key': () => photoReceipt(SHA, UUID, stranger),
  'by another key under the pinned name': () => photoReceipt(SHA, UUID, { ...stranger, kid: key.kid }),
  'that says more': () => photoReceipt(SHA, UUID, key, [[3, new Uint8Array(8)]]),
  'of a stamp': () => photoReceipt(SHA, UUID, key, [[4, new Uint8Array(8)]]),
  'that is noise': () => toB64u(new Uint8Array(90).fill(0x41)),
  'that is no text': () => '!!',
  'that is missing': () => undefined,
};
for (const [what, make] of Object.entries(wrong)) {
  test(`a receipt ${what} is none`, async () => {
    await assert.rejects(checkReceipt(await make(), [key.pin], SHA, UUID), { code: 'bad-receipt' });
  });
}

test('a receipt with any bit turned is none', async () => {
  const good = Uint8Array.from(Buffer.from(await photoReceipt(SHA, UUID), 'base64url'));
  for (let bit = 0; bit < good.length * 8; bit += 1) {
    const bad = good.slice();
    bad[bit >> 3] ^= 1 << (bit & 7);
    await assert.rejects(checkReceipt(toB64u(bad), [key.pin], SHA, UUID), { code: 'bad-receipt' });
  }
});

test('a board is brought to what the server takes', () => {
  const fields = Array.from({ length: 25 }, (_, n) => [`칸${n}`, '값']);
  assert.equal(boardOf(fields).length, 20);
  assert.deepEqual(boardOf([['', 'x'], ['가', '1'], ['가', '2']]), [['가', '1']]);
  const [[name, value]] = boardOf([['🚧'.repeat(30), '🚧'.repeat(300)]]);
  assert.deepEqual([[...name].length, [...value].length], [20, 200]);
  assert.equal(boardOf(Array.from({ length: 20 }, (_, n) => [`칸${n}`, '가'.repeat(200)])), null);
});

test('the largest record that a board allows stays below 16 KiB', async () => {
  let board = [];
  for (let length = 1; boardOf(Array.from({ length: 20 }, (_, n) => [`칸${n}`, '가'.repeat(length)])); length++) {
    board = boardOf(Array.from({ length: 20 }, (_, n) => [`칸${n}`, '가'.repeat(length)]));
  }
  const photo = { id: UUID, sha256: SHA, size: 40 * 1024 * 1024, capturedAt: 2 ** 32 - 1, phase: 'after', source: 'picked' };
  const record = { ...ours(vector.cases[0].record), board, place: '🚧'.repeat(80), organisation: '9'.repeat(16), staffNumber: '9'.repeat(32) };
  const payload = recordPayload(record, Array.from({ length: 60 }, () => photo));
  const message = sign1(new Uint8Array(8), payload, new Uint8Array(64));
  assert.ok(message.length <= 16 * 1024 && message.length > 14_000, String(message.length));
  assert.equal(uuidBytes(UUID).length, 16);
  assert.ok(encode(board).length > 11_000);
});
