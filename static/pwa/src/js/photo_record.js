/**
 * The record of a visit, byte for byte (docs/formats/photo-record.md), and the server's receipts for
 * it and for its photos. Pure: keys, ids and times are arguments. A record names each photo's hash,
 * so what arrives can be told from what was taken.
 */
import { fromB64u, fromHex, toHex } from './base32.js';
import { decode, encode } from './cbor.js';
import { TokenError, signPayload, verifyReceipt } from './token.js';

export const MAX_PHOTOS = 60;
export const MAX_PHOTO_BYTES = 40 * 1024 * 1024;
const MAX_FIELDS = 20;
const MAX_NAME = 20;
const MAX_VALUE = 200;
const MAX_BOARD_BYTES = 11_500; // with 60 photos and the signature a record stays below 16 KiB
export const PHASES = ['', 'before', 'during', 'after'];
const SOURCES = ['camera', 'picked'];

/** @param {string} uuid @returns {Uint8Array} 16 bytes */
export const uuidBytes = (uuid) => fromHex(uuid.replaceAll('-', ''));

/** At most `limit` characters, as the server counts them. @param {string} text @param {number} limit */
const cut = (text, limit) => [...String(text).toWellFormed?.() ?? text].slice(0, limit).join('');

/**
 * A board as the server takes it: fields without a name or named twice are left out, long texts cut.
 * @param {[string, string][]} pairs @returns {[string, string][] | null} null: too much text for a record
 */
export function boardOf(pairs) {
  const board = new Map();
  for (const [name, value] of pairs) {
    const key = cut(name, MAX_NAME);
    if (key && !board.has(key) && board.size < MAX_FIELDS) board.set(key, cut(value, MAX_VALUE));
  }
  const clean = [...board];
  return encode(clean).length > MAX_BOARD_BYTES ? null : clean;
}

/** @param {import('./photo_store.js').Shot} shot */
const promised = ({ id, sha256, size, capturedAt, phase, source }) => [
  ...[uuidBytes(id), fromHex(sha256), size, Math.floor(capturedAt)],
  ...[PHASES.indexOf(phase), SOURCES.indexOf(source)],
];

/**
 * @param {import('./photo_store.js').PhotoRecord} record
 * @param {import('./photo_store.js').Shot[]} shots in their order
 * @returns {Uint8Array} deterministic CBOR
 */
export function recordPayload(record, shots) {
  const { trip, stampSha256, board, series, replaces, practice, place } = record;
  const inner = [
    [1, trip && cut(trip, 16)],
    [2, stampSha256 && fromHex(stampSha256)],
    [3, board],
    [4, shots.map(promised)],
    [5, uuidBytes(series)],
    [6, replaces && uuidBytes(replaces)],
    [7, Number(practice)],
    [8, place && cut(place, 80)],
  ];
  return encode(
    new Map([
      [1, record.organisation],
      [2, record.staffNumber],
      [6, Math.floor(record.capturedAt)],
      [7, uuidBytes(record.id)],
      [-70002, new Map(inner.filter(([, value]) => value !== null && value !== undefined && value !== ''))],
    ]),
  );
}

/**
 * @param {Parameters<typeof recordPayload>[0]} record @param {Parameters<typeof recordPayload>[1]} shots
 * @param {import('./identity.js').DeviceKey} device
 * @returns {Promise<Uint8Array>} COSE_Sign1
 */
export const signRecord = (record, shots, { privateKey, kid }) =>
  signPayload(privateKey, fromHex(kid), recordPayload(record, shots));

/**
 * A receipt lets the phone forget a photo: it counts only when a pinned key signed it over these very
 * bytes and this very id, and says nothing else.
 * @param {string} text base64url @param {{kid: string, x: string, y: string}[]} pinned
 * @param {string} sha256 hex of what was sent @param {string} uuid of the record or photo
 * @returns {Promise<{receipt: Uint8Array, storedAt: number}>}
 * @throws {TokenError} bad-receipt
 */
export async function checkReceipt(text, pinned, sha256, uuid) {
  try {
    const receipt = fromB64u(text);
    const { receivedAt } = await verifyReceipt(receipt, pinned, sha256);
    const [, unsigned, payload] = decode(receipt).value;
    const said = decode(payload);
    const named = said.get(4) instanceof Uint8Array && toHex(said.get(4)) === toHex(uuidBytes(uuid));
    if (!named || said.size !== 3 || !(unsigned instanceof Map) || unsigned.size) throw new TokenError('bad-receipt', 'other id');
    return { receipt, storedAt: receivedAt };
  } catch (cause) {
    throw cause instanceof TokenError ? cause : new TokenError('bad-receipt', String(cause));
  }
}
