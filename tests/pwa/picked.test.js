// Pictures from the gallery: what is developed, what is kept in its own bytes, what is left out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';

import { fromHex } from '../../static/pwa/src/js/base32.js';
import { MAX_PHOTO_BYTES } from '../../static/pwa/src/js/photo_record.js';
import { isHeic, readPicked } from '../../static/pwa/src/js/picked.js';

const { heads } = JSON.parse(readFileSync(new URL('../photos/vectors/heads.json', import.meta.url), 'utf8'));
const HEIC = fromHex(heads[0].head_hex);

/** A browser that cannot draw it, as Chromium says so: an error with a number for a code. */
const blind = async () => {
  throw new DOMException('The source image could not be decoded.', 'InvalidStateError');
};

afterEach(() => {
  delete globalThis.createImageBitmap;
});

for (const { name, head_hex, heic } of heads) {
  test(`a head is ${heic ? '' : 'not '}taken for HEIC, as by the server: ${name}`, () => {
    assert.equal(isHeic(fromHex(head_hex)), heic);
    const within = new Uint8Array([9, 9, 9, ...fromHex(head_hex)]).subarray(3); // not at the start of its buffer
    assert.equal(isHeic(within), heic);
  });
}

test('what the browser draws is developed, whatever it is', async () => {
  const frame = { width: 1, height: 1 };
  globalThis.createImageBitmap = async (_file, how) => {
    assert.equal(how.imageOrientation, 'from-image');
    return frame;
  };
  assert.deepEqual(await readPicked(new Blob([HEIC])), { frame });
});

test('a HEIC that it cannot draw is kept in its exact bytes', async () => {
  globalThis.createImageBitmap = blind;
  const file = new Uint8Array(5000).map((_, at) => HEIC[at] ?? at & 255);
  const { bytes, frame } = await readPicked(new Blob([file], { type: 'image/x' }));
  assert.equal(frame, undefined);
  assert.ok(bytes instanceof ArrayBuffer);
  assert.deepEqual(new Uint8Array(bytes), file);
});

test('whatever is neither is left out, by its bytes and not its name', async () => {
  globalThis.createImageBitmap = blind;
  for (const told of heads.filter(({ heic }) => !heic)) {
    const file = new File([fromHex(told.head_hex)], 'a.heic', { type: 'image/heic' });
    await assert.rejects(readPicked(file), { code: 'unreadable' }, told.name);
  }
});

test('a HEIC larger than the server takes is left out before it is read', async () => {
  globalThis.createImageBitmap = blind;
  let read = 0;
  const file = (size) => ({ size, slice: () => new Blob([HEIC]), arrayBuffer: async () => new ArrayBuffer((read += 1)) });
  await assert.rejects(readPicked(file(MAX_PHOTO_BYTES + 1)), { code: 'too-large' });
  assert.equal(read, 0);
  assert.equal((await readPicked(file(MAX_PHOTO_BYTES))).bytes.byteLength, 1);
});

test('a file that cannot be read any more is left out', async () => {
  globalThis.createImageBitmap = blind;
  const gone = { size: 9, slice: () => ({ arrayBuffer: blind }) };
  await assert.rejects(readPicked(gone), { code: 'unreadable' });
});
