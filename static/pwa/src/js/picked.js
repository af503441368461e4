/**
 * Pictures from the gallery. What this browser can draw is developed like a shot; a HEIC that it
 * cannot draw is kept in its own bytes, because the office can open it.
 */
import { MAX_PHOTO_BYTES } from './photo_record.js';

const HEAD_BYTES = 64;
const HEVC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const ANY_CODEC = ['mif1', 'mif2', 'msf1']; // a still or a sequence, of any codec

/** Codes: unreadable, too-large. */
export class PickedError extends Error {
  /** @param {string} code @param {unknown} [cause] */
  constructor(code, cause) {
    super(code, { cause });
    this.code = code;
  }
}

/**
 * Whether the server takes it for HEIC (app/photos/rules/sniff.py): a `ftyp` box whose major brand is
 * HEVC's, or any codec's with HEVC among the others.
 * @param {Uint8Array} bytes the file, or its first 64 bytes
 */
export function isHeic(bytes) {
  const head = bytes.subarray(0, HEAD_BYTES);
  if (head.length < 12) return false;
  const brand = (at) => String.fromCharCode(...head.subarray(at, at + 4));
  const size = new DataView(head.buffer, head.byteOffset).getUint32(0);
  if (brand(4) !== 'ftyp' || size < 16 || size % 4) return false;
  const others = [];
  for (let at = 16; at < Math.min(size, head.length); at += 4) others.push(brand(at));
  return HEVC_BRANDS.includes(brand(8)) || (ANY_CODEC.includes(brand(8)) && others.some((one) => HEVC_BRANDS.includes(one)));
}

/**
 * @param {File | Blob} file
 * @returns {Promise<{frame: ImageBitmap} | {bytes: ArrayBuffer}>} upright; or the bytes of a HEIC, as they are
 * @throws {PickedError}
 */
export async function readPicked(file) {
  let cause;
  try {
    return { frame: await createImageBitmap(file, { imageOrientation: 'from-image' }) };
  } catch (error) {
    cause = error;
  }
  try {
    if (!isHeic(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()))) throw cause;
    if (file.size > MAX_PHOTO_BYTES) throw new PickedError('too-large');
    return { bytes: await file.arrayBuffer() };
  } catch (error) {
    throw error instanceof PickedError ? error : new PickedError('unreadable', error);
  }
}
