/** Bytes as text: base32 for the QR address (RFC 4648, no padding), hex for names, base64url for JSON. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param {Uint8Array} bytes @returns {string} upper case, no padding */
export function encode(bytes) {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
  }
  return bits ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

/**
 * @param {string} text any case
 * @returns {Uint8Array}
 * @throws {RangeError} on a foreign character, an impossible length or bits left over
 */
export function decode(text) {
  const out = [];
  let held = 0;
  let bits = 0;
  for (const char of text.toUpperCase()) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) throw new RangeError('not base32');
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push((held >> bits) & 255);
  }
  if (bits > 4 || held & ((1 << bits) - 1)) throw new RangeError('not base32: bits left over');
  return Uint8Array.from(out);
}

/** @param {Uint8Array} bytes @returns {string} lower case */
export const toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

/** @param {string} hex @returns {Uint8Array} */
export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** @param {Uint8Array} bytes @returns {string} base64url, no padding */
export const toB64u = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** @param {string} text base64url @returns {Uint8Array} @throws on foreign characters */
export const fromB64u = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
