/**
 * The stamp token, byte for byte (docs/formats/stamp-token.md). Pure: keys, nonces and times are
 * arguments. What stands here must agree with the server's encoder to the last bit, or a true
 * stamp is refused as a forgery.
 */
import { Tagged, decode, encode, float } from './cbor.js';
import { encode as base32, fromB64u, fromHex, toHex } from './base32.js';

/** Longest token in bytes: QR version 17 at level M still holds it. */
export const LIMIT = 400;
/** Values of claim 5; exactly one of start, arrive, return, plus flags. */
export const KIND = { start: 1, arrive: 2, return: 4, offline: 8, practice: 16, coarse: 32 };

const P256 = { name: 'ECDH', namedCurve: 'P-256' };
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const EMPTY = new Uint8Array();
const PROTECTED = encode(new Map([[1, 1]])); // A128GCM
const RECIPIENT = encode(new Map([[1, -25]])); // ECDH-ES + HKDF-256
const AAD = encode(['Encrypt', PROTECTED, EMPTY]);
const NO_PARTY = [null, null, null];
const KDF = encode([1, NO_PARTY, NO_PARTY, [128, RECIPIENT]]);

/**
 * @typedef {object} Fix where: degrees, metres, m/s
 * @property {number} lat
 * @property {number} lon
 * @property {number | null} [alt]
 * @property {number} accuracy
 * @property {number | null} [altAcc]
 * @property {number | null} [heading]
 * @property {number | null} [speed]
 * @property {number} time unix seconds of the fix; floored
 * @property {number} [age] seconds from fix to capture; floored
 *
 * @typedef {object} Claims
 * @property {string} organisation code
 * @property {string} staffNumber
 * @property {number} capturedAt unix seconds; floored
 * @property {Uint8Array} cti 8 bytes
 * @property {Fix} fix
 * @property {string} trip
 * @property {number} seq from 1
 * @property {Uint8Array} prev 8 bytes
 * @property {Uint8Array} beacon 8 bytes
 * @property {number} kind sum of KIND values
 * @property {[number, number, number]} samples count, jitter in dm, signals bitmask
 * @property {string} [name]
 * @property {string} [department]
 * @property {Uint8Array} consent 8 bytes
 */

/** The claim cannot be written: not a finite number, or the token is too long. */
export class TokenError extends Error {
  /** @param {'bad-number' | 'too-large' | 'bad-receipt'} code @param {string} [message] */
  constructor(code, message = code) {
    super(message);
    this.code = code;
  }
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} 32 bytes */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/** @param {number} value @returns {number} */
function finite(value) {
  if (!Number.isFinite(value)) throw new TokenError('bad-number');
  return value;
}

/** @param {[number, unknown][]} pairs @returns {Map<number, unknown>} without the absent ones */
const present = (pairs) => new Map(pairs.filter(([, value]) => value !== undefined));

/** Optional floats: absent when null, NaN (heading while still) or outside what a token may hold. */
const maybeFloat = (value, low, high) =>
  Number.isFinite(value) && value >= low && value <= high ? float(value) : undefined;

/** @param {Fix} fix */
const location = (fix) =>
  present([
    [1, float(finite(fix.lat))],
    [2, float(finite(fix.lon))],
    [3, maybeFloat(fix.alt, -1e5, 1e5)],
    [4, float(finite(fix.accuracy))],
    [5, maybeFloat(fix.altAcc, 0, 5e7)],
    [6, maybeFloat(fix.heading, 0, 360)],
    [7, maybeFloat(fix.speed, 0, 1e5)],
    [8, Math.floor(finite(fix.time))],
    [9, fix.age === undefined ? undefined : Math.floor(finite(fix.age))],
  ]);

/** @param {Claims} c @returns {Uint8Array} deterministic CBOR @throws {TokenError} bad-number */
export const encodeClaims = (c) =>
  encode(
    new Map([
      [1, c.organisation],
      [2, c.staffNumber],
      [6, Math.floor(finite(c.capturedAt))],
      [7, c.cti],
      [264, location(c.fix)],
      [
        -70001,
        present([
          [1, c.trip],
          [2, c.seq],
          [3, c.prev],
          [4, c.beacon],
          [5, c.kind],
          [6, c.samples],
          [7, c.name || undefined],
          [8, c.department || undefined],
          [10, c.consent],
        ]),
      ],
    ]),
  );

/** @param {Uint8Array} kid @returns {Uint8Array} {1: -7 (ES256), 4: kid} */
const signerHeader = (kid) => encode(new Map([[1, -7], [4, kid]]));

/** @param {Uint8Array} head protected header bytes @param {Uint8Array} payload */
const structure = (head, payload) => encode(['Signature1', head, EMPTY, payload]);

/** The bytes to be signed. @param {Uint8Array} kid 8 bytes @param {Uint8Array} payload @returns {Uint8Array} */
export const sign1Tbs = (kid, payload) => structure(signerHeader(kid), payload);

/** @param {Uint8Array} kid @param {Uint8Array} payload @param {Uint8Array} sig r||s, low s @returns {Uint8Array} */
export const sign1 = (kid, payload, sig) => encode(new Tagged(18, [signerHeader(kid), new Map(), payload, sig]));

/**
 * ECDSA is malleable: (r, n-s) verifies too. Only the lower s is allowed on the wire.
 * @param {Uint8Array} sig r||s, 64 bytes
 * @returns {Uint8Array} 64 bytes
 */
export function lowS(sig) {
  const s = BigInt('0x' + toHex(sig.subarray(32)));
  if (s <= ORDER / 2n) return sig;
  const low = (ORDER - s).toString(16).padStart(64, '0');
  return Uint8Array.from([...sig.subarray(0, 32), ...fromHex(low)]);
}

/** @param {CryptoKey} privateKey @param {Uint8Array} bytes @returns {Promise<Uint8Array>} r||s, low s */
export const signBytes = async (privateKey, bytes) =>
  lowS(new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytes)));

/**
 * @param {CryptoKey} privateKey @param {Uint8Array} kid @param {Uint8Array} payload
 * @returns {Promise<Uint8Array>} COSE_Sign1
 */
export const signPayload = async (privateKey, kid, payload) =>
  sign1(kid, payload, await signBytes(privateKey, sign1Tbs(kid, payload)));

/** @param {Uint8Array} x @param {Uint8Array} y */
const coseKey = (x, y) => new Map([[1, 2], [-1, 1], [-2, x], [-3, y]]);

/** @param {Uint8Array} x @param {Uint8Array} y @returns {Promise<Uint8Array>} 8 bytes of the key's thumbprint */
export const deviceKid = async (x, y) => (await sha256(encode(coseKey(x, y)))).slice(0, 8);

/** @param {CryptoKey} publicKey P-256 @returns {Promise<{x: Uint8Array, y: Uint8Array}>} */
export async function publicPoint(publicKey) {
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  return { x: raw.slice(1, 33), y: raw.slice(33) };
}

/**
 * @param {Uint8Array} iv @param {Uint8Array} ciphertext @param {Uint8Array} kid
 * @param {{x: Uint8Array, y: Uint8Array}} point the ephemeral public key
 */
const envelope = (iv, ciphertext, kid, point) =>
  encode(
    new Tagged(96, [
      PROTECTED,
      new Map([[5, iv]]),
      ciphertext,
      [[RECIPIENT, new Map([[4, kid], [-1, coseKey(point.x, point.y)]]), EMPTY]],
    ]),
  );

/**
 * Everything of the sealing that does not depend on the claims, so that it can be done ahead.
 * Use the result once: an ephemeral key must never seal two tokens.
 * @param {{auditKid: Uint8Array, auditX: Uint8Array, auditY: Uint8Array, ephemeral?: CryptoKeyPair}} to
 * @returns {Promise<{kid: Uint8Array, key: CryptoKey, point: {x: Uint8Array, y: Uint8Array}}>}
 */
export async function prepareSeal({ auditKid, auditX, auditY, ephemeral }) {
  const { subtle } = crypto;
  const pair = ephemeral ?? (await subtle.generateKey(P256, false, ['deriveBits']));
  const audit = await subtle.importKey('raw', Uint8Array.from([4, ...auditX, ...auditY]), P256, false, []);
  const shared = await subtle.deriveBits({ name: 'ECDH', public: audit }, pair.privateKey, 256);
  const ikm = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: EMPTY, info: KDF };
  const key = await subtle.deriveKey(hkdf, ikm, { name: 'AES-GCM', length: 128 }, false, ['encrypt']);
  return { kid: auditKid, key, point: await publicPoint(pair.publicKey) };
}

/**
 * @param {Awaited<ReturnType<typeof prepareSeal>>} prepared
 * @param {Uint8Array} plain COSE_Sign1 bytes
 * @param {Uint8Array} iv 12 random bytes
 * @returns {Promise<Uint8Array>} the token
 */
export async function sealPrepared(prepared, plain, iv) {
  const gcm = { name: 'AES-GCM', iv, additionalData: AAD, tagLength: 128 };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm, prepared.key, plain));
  return envelope(iv, sealed, prepared.kid, prepared.point);
}

/**
 * @param {{sign1: Uint8Array, auditKid: Uint8Array, auditX: Uint8Array, auditY: Uint8Array,
 *   ephemeral: CryptoKeyPair, iv: Uint8Array}} parts
 * @returns {Promise<Uint8Array>} the token
 */
export const seal = async (parts) => sealPrepared(await prepareSeal(parts), parts.sign1, parts.iv);

/** @param {Claims} claims @param {number} [kidLength] of the audit key, 1..4 @returns {number} bytes of its token */
export function tokenLength(claims, kidLength = 4) {
  const plain = sign1(new Uint8Array(8), encodeClaims(claims), new Uint8Array(64));
  const point = { x: new Uint8Array(32), y: new Uint8Array(32) };
  return envelope(new Uint8Array(12), new Uint8Array(plain.length + 16), new Uint8Array(kidLength), point).length;
}

/**
 * The drop rule: while the token is too long, leave out department, name, altitude, heading and speed.
 * @param {Claims} claims @param {number} [limit] bytes @param {number} [kidLength]
 * @returns {Claims} @throws {TokenError} too-large when nothing is left to drop
 */
export function fitClaims(claims, limit = LIMIT, kidLength = 4) {
  const none = undefined;
  const drops = [
    (c) => ({ ...c, department: none }),
    (c) => ({ ...c, name: none }),
    (c) => ({ ...c, fix: { ...c.fix, alt: none, altAcc: none } }),
    (c) => ({ ...c, fix: { ...c.fix, heading: none, speed: none } }),
  ];
  let fitted = claims;
  while (tokenLength(fitted, kidLength) > limit) {
    const drop = drops.shift();
    if (!drop) throw new TokenError('too-large');
    fitted = drop(fitted);
  }
  return fitted;
}

/**
 * @param {string} publicUrl @param {Uint8Array} token
 * @returns {string} upper case throughout: alphanumeric in the QR
 */
export const tokenUrl = (publicUrl, token) => `${publicUrl.replace(/\/+$/, '')}/S/`.toUpperCase() + base32(token);

/**
 * @param {{privateKey: CryptoKey, kid: Uint8Array, sha256: Uint8Array, voidedAt: number, reason: string}} parts
 *   sha256 of the stamp's token; the reason is cut at 200 characters
 * @returns {Promise<Uint8Array>} COSE_Sign1
 */
export function voidRecord({ privateKey, kid, sha256: digest, voidedAt, reason }) {
  const text = [...reason].slice(0, 200).join('');
  return signPayload(privateKey, kid, encode(new Map([[1, digest], [2, Math.floor(voidedAt)], [3, text]])));
}

/** @param {boolean} ok @param {string} why */
function must(ok, why) {
  if (!ok) throw new TokenError('bad-receipt', why);
}

/**
 * A receipt lets the phone forget: it counts only when signed by a pinned key over these very bytes.
 * @param {Uint8Array} bytes COSE_Sign1 of the server
 * @param {{kid: string, x: string, y: string}[]} pinned hex kid, base64url point
 * @param {string} expectedSha hex of what was sent
 * @returns {Promise<{receivedAt: number, cti: string | null}>}
 * @throws {TokenError} bad-receipt
 */
export async function verifyReceipt(bytes, pinned, expectedSha) {
  try {
    const outer = decode(bytes);
    const [head, , payload, signature] = outer instanceof Tagged && outer.tag === 18 ? outer.value : outer;
    const header = decode(head);
    const key = pinned.find(({ kid }) => kid === toHex(header.get(4)));
    must(key !== undefined && header.get(1) === -7, 'unknown key');
    const point = Uint8Array.from([4, ...fromB64u(key.x), ...fromB64u(key.y)]);
    const es256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const publicKey = await crypto.subtle.importKey('raw', point, es256, false, ['verify']);
    must(await crypto.subtle.verify(es256, publicKey, signature, structure(head, payload)), 'wrong signature');
    const claims = decode(payload);
    must(toHex(claims.get(1)) === expectedSha, 'other bytes');
    return { receivedAt: claims.get(2), cti: claims.has(3) ? toHex(claims.get(3)) : null };
  } catch (cause) {
    throw cause instanceof TokenError ? cause : new TokenError('bad-receipt', String(cause));
  }
}
