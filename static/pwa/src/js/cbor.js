/**
 * Deterministic CBOR (RFC 8949, section 4.2.1): the bytes that are signed must be the same bytes
 * in every implementation, so there is exactly one way to write each value, and `decode` refuses
 * every other way.
 *
 * Values: integers, strings, Uint8Array, Array, Map, boolean, null, Float, Tagged.
 */

/** A number that is a float even when it is whole: JavaScript cannot tell 6.0 from 6. */
export class Float {
  /** @param {number} value rounded to float32 */
  constructor(value) {
    this.value = Math.fround(value);
  }
}

/** @param {number} value @returns {Float} */
export const float = (value) => new Float(value);

/** A tagged value, for example 18 (COSE_Sign1) or 96 (COSE_Encrypt). */
export class Tagged {
  /** @param {number} tag @param {unknown} value */
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

/** The bytes are not CBOR, or not written the one deterministic way. */
export class CborError extends Error {}

const MAX_DEPTH = 16;
const TWO_32 = 2 ** 32;

/** @param {number} major @param {number} n uint up to 2^53-1 @returns {number[]} */
function head(major, n) {
  const top = major << 5;
  if (n < 24) return [top | n];
  if (n < 256) return [top | 24, n];
  if (n < 65536) return [top | 25, n >> 8, n & 255];
  const low = n >>> 0;
  const tail = [low >>> 24, (low >>> 16) & 255, (low >>> 8) & 255, low & 255];
  if (n < TWO_32) return [top | 26, ...tail];
  const high = Math.floor(n / TWO_32);
  return [top | 27, high >>> 24, (high >>> 16) & 255, (high >>> 8) & 255, high & 255, ...tail];
}

/** @param {number} v a float32 @returns {number} its 32 bits */
function float32Bits(v) {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, v);
  return view.getUint32(0);
}

/**
 * The 16 bits of a half float that holds `v` exactly, or -1 when there are none.
 * @param {number} v a float32
 */
function halfBits(v) {
  const bits = float32Bits(v);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 127;
  if (exponent === 128) return Number.isNaN(v) ? 0x7e00 : sign | 0x7c00;
  const steps = Math.abs(v) * 2 ** 24; // in units of the smallest half float
  if (steps < 1024) return Number.isInteger(steps) ? sign | steps : -1;
  if (exponent > 15 || bits & 0x1fff) return -1;
  return sign | ((exponent + 15) << 10) | ((bits >>> 13) & 1023);
}

/** @param {number} v a float32 @returns {number[]} */
function floatBytes(v) {
  const half = halfBits(v);
  if (half >= 0) return [0xf9, half >> 8, half & 255];
  const bits = float32Bits(v);
  return [0xfa, bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255];
}

/** Bytewise order of encoded keys. @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function compare(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** @param {Map<unknown, unknown>} map @returns {number[]} */
function mapBytes(map) {
  const pairs = [...map].map(([key, value]) => [bytesOf(key), bytesOf(value)]);
  pairs.sort((a, b) => compare(a[0], b[0]));
  return head(5, map.size).concat(...pairs.flat());
}

/** @param {unknown} value @returns {number[]} */
function bytesOf(value) {
  if (Number.isSafeInteger(value)) return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') {
    const utf8 = new TextEncoder().encode(value);
    return head(3, utf8.length).concat(...utf8);
  }
  if (value instanceof Uint8Array) return head(2, value.length).concat(...value);
  if (Array.isArray(value)) return head(4, value.length).concat(...value.map(bytesOf));
  if (value instanceof Map) return mapBytes(value);
  if (value instanceof Float) return floatBytes(value.value);
  if (value instanceof Tagged) return head(6, value.tag).concat(bytesOf(value.value));
  if (value === null) return [0xf6];
  if (typeof value === 'boolean') return [value ? 0xf5 : 0xf4];
  throw new CborError(`no CBOR for ${typeof value}`);
}

/**
 * @param {unknown} value numbers must be safe integers; wrap floats in `float()`
 * @returns {Uint8Array}
 * @throws {CborError} on anything else
 */
export const encode = (value) => Uint8Array.from(bytesOf(value));

/** @param {boolean} ok @param {string} why */
function must(ok, why) {
  if (!ok) throw new CborError(why);
}

/** @param {number} bits @returns {number} */
function halfValue(bits) {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + mantissa) * 2 ** (exponent - 25) : mantissa * 2 ** -24);
}

/**
 * @param {Uint8Array} bytes
 * @returns {{value: (depth: number) => unknown, at: () => number}}
 */
function reader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  /** @param {number} count @returns {number} the offset before the step */
  const step = (count) => {
    must(count <= bytes.length - at, 'truncated');
    at += count;
    return at - count;
  };

  /** @param {number} info the low five bits of the first byte @returns {number} */
  const argument = (info) => {
    if (info < 24) return info;
    must(info < 28, 'indefinite length');
    if (info === 24) return bytes[step(1)];
    if (info === 25) return view.getUint16(step(2));
    const high = view.getUint32(step(4));
    return info === 26 ? high : high * TWO_32 + view.getUint32(step(4));
  };

  /** @param {number} info @returns {unknown} */
  const simple = (info) => {
    if (info === 25) return float(halfValue(view.getUint16(step(2))));
    if (info === 26) return float(view.getFloat32(step(4)));
    must(info > 19 && info < 23, 'unknown simple value or float64');
    return info === 22 ? null : info === 21;
  };

  /** @template T @param {number} count @param {() => T} next @returns {T[]} */
  const list = (count, next) => {
    const out = [];
    while (out.length < count) out.push(next());
    return out;
  };

  /** @param {number} depth @returns {unknown} */
  const value = (depth) => {
    must(depth < MAX_DEPTH, 'nested too deep');
    const first = bytes[step(1)];
    const major = first >> 5;
    if (major === 7) return simple(first & 31);
    const n = argument(first & 31);
    must(Number.isSafeInteger(n), 'integer out of range');
    if (major < 2) return major ? -1 - n : n;
    if (major === 6) return new Tagged(n, value(depth + 1));
    if (major === 4) return list(n, () => value(depth + 1));
    if (major === 5) return new Map(list(n, () => [value(depth + 1), value(depth + 1)]));
    const part = bytes.slice(step(n), at);
    return major === 2 ? part : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part);
  };
  return { value, at: () => at };
}

/**
 * Strict: what is read must encode to the same bytes again, so long forms, unsorted or duplicate
 * keys, wide floats and trailing bytes are all refused.
 * @param {Uint8Array} bytes
 * @returns {unknown} floats come back as Float, maps as Map
 * @throws {CborError}
 */
export function decode(bytes) {
  const { value, at } = reader(bytes);
  let read;
  try {
    read = value(0);
  } catch (cause) {
    throw cause instanceof CborError ? cause : new CborError('not UTF-8', { cause });
  }
  must(at() === bytes.length, 'trailing bytes');
  must(!compare(encode(read), bytes), 'not deterministic');
  return read;
}
