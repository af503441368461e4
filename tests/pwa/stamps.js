// What the tests of the phone's modules share: worst-case claims, items, and a server that signs receipts.
import { encode } from '../../static/pwa/src/js/cbor.js';
import { fromHex, toB64u, toHex } from '../../static/pwa/src/js/base32.js';
import * as coin from '../../static/pwa/src/js/token.js';

const eight = (byte) => new Uint8Array(8).fill(byte);

/** The longest claims an office may have, changed as told. */
export const claimsOf = (changes = {}) => ({
  organisation: '4677000000000000',
  staffNumber: '020231234567890123456789',
  capturedAt: 1795300000,
  cti: eight(0xff),
  fix: {
    lat: 34.6112325, lon: 127.2845671, alt: 1234.567, accuracy: 11.23, altAcc: 6.78, heading: 123.45, speed: 3.21,
    time: 1795299998, age: 70000,
  },
  trip: '20261121-Q7XK2M',
  seq: 4_000_000_000,
  prev: eight(1),
  beacon: eight(2),
  kind: 4 + 8 + 16 + 32,
  samples: [65535, 65535, 0x3fff],
  name: '남궁독고황보제갈',
  department: '기후환경에너지관광문화체육정책추진단',
  consent: eight(3),
  ...changes,
});

/** A server's receipt key with its pin. */
export async function serverKey() {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const { x, y } = await coin.publicPoint(pair.publicKey);
  const kid = await coin.deviceKid(x, y);
  return { privateKey: pair.privateKey, kid, pin: { kid: toHex(kid), x: toB64u(x), y: toB64u(y) } };
}

/** A receipt as the server signs it. */
export async function receiptFor(server, sha256, at, cti) {
  const payload = new Map([[1, fromHex(sha256)], [2, at]]);
  if (cti) payload.set(3, fromHex(cti));
  return coin.signPayload(server.privateKey, server.kid, encode(payload));
}

/** A stored item, number n of its device. */
export async function itemOf(n, changes = {}) {
  const token = Uint8Array.from({ length: 380 }, (_, i) => (i * n) & 255);
  return {
    id: n.toString(16).padStart(16, '0'), type: 'stamp', personId: 'p1', kid: 'aa'.repeat(8), state: 'ready',
    token, cose: token.slice(0, 250), sha256: toHex(await coin.sha256(token)), url: '', stampId: null,
    seq: n, trip: '20261121-Q7XK2M', kind: 'arrive', practice: false, offline: true, coarse: false,
    capturedAt: 1795300000 + n, lat: 35, lon: 128, accuracy: 9, tries: 0, nextAt: 0, lastError: null,
    receipt: null, server: null, voidedAt: null, ...changes,
  };
}
