// The tus client against an office in memory: pieces that grow and shrink, checksums, proxies in the way.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { beforeEach, test } from 'node:test';

import { askOffset, create, freshMemory, nextSize, sendFrom } from '../../static/pwa/src/js/tus.js';
import { Office, dropped, problem } from './office.js';

const KB = 1024;
const PHOTO = '0190a6b0-0000-4000-8000-000000000002';
const UPLOADS = '/api/photos/uploads';
const big = new Uint8Array(randomBytes(3000 * KB));
let time;
beforeEach(() => (time = 0));

/** An office that expects the photo, and a way to it. */
async function ready(plan, bytes = big) {
  const office = new Office();
  office.photos.set(PHOTO, { sha: 'x', size: bytes.length, receipt: null });
  office.tickets.add('t');
  const way = { ticket: 't', memory: freshMemory(), fetch: office.fetch, now: () => time };
  const { url } = await create(UPLOADS, PHOTO, bytes.length, way);
  office.plan = plan ?? (() => null);
  const [upload] = office.uploads.values();
  const arrived = () => Buffer.compare(Buffer.from(upload.bytes), Buffer.from(bytes)) === 0;
  return { office, way, url, upload, arrived, send: (offset = 0) => sendFrom(url, bytes, offset, way, () => {}) };
}
const patches = (office) => office.calls.filter(({ verb }) => verb === 'PATCH');

test('creation names the photo and its length, and again gives the same address', async () => {
  const { office, way, url } = await ready();
  const [{ method, headers }] = office.calls;
  assert.equal(method, 'POST');
  assert.equal(headers.get('Upload-Length'), String(big.length));
  assert.equal(atob(headers.get('Upload-Metadata').split(' ')[1]), PHOTO);
  assert.equal(headers.get('Tus-Resumable'), '1.0.0');
  assert.equal(headers.get('Authorization'), 'Bearer t');
  assert.match(url, /^\/api\/photos\/uploads\/[\w-]{36}$/, 'a path of ours, whatever host the answer names');
  assert.equal((await create(UPLOADS, PHOTO, big.length, way)).url, url);
  assert.equal(office.uploads.size, 1);
});

test('pieces double while they are fast, each with its checksum, up to 1 MB', async () => {
  const { office, send, arrived } = await ready();
  assert.equal(await send(), null);
  assert.ok(arrived());
  assert.deepEqual(office.pieces.map(({ length }) => length / KB), [256, 512, 1024, 1024, 184]);
  for (const { headers } of patches(office)) {
    assert.match(headers.get('Upload-Checksum'), /^sha256 [\w+/]{43}=$/);
    assert.equal(headers.get('Content-Type'), 'application/offset+octet-stream');
  }
});

test('pieces halve while they are slow or fail, never below 256 KB', () => {
  assert.equal(nextSize(1024 * KB, 9000, true), 512 * KB);
  assert.equal(nextSize(512 * KB, 10, false), 256 * KB);
  assert.equal(nextSize(256 * KB, 60_000, false), 256 * KB);
  assert.equal(nextSize(512 * KB, 3000, true), 512 * KB);
  assert.equal(nextSize(1024 * KB, 10, true), 1024 * KB);
});

test('a slow network gets small pieces', async () => {
  const { office, way, send } = await ready(({ verb }) => void (verb === 'PATCH' && (time += 9000)));
  way.memory.size = 1024 * KB;
  assert.equal(await send(), null);
  assert.deepEqual(office.pieces.slice(0, 3).map(({ length }) => length / KB), [1024, 512, 256]);
});

test('it goes on from where the server stands', async () => {
  const { office, way, url, send, arrived } = await ready(({ n }) => (n > 3 ? dropped() : null));
  assert.equal((await send()).status, 0);
  office.plan = () => null;
  const { offset } = await askOffset(url, big.length, way);
  assert.equal(offset, 768 * KB);
  assert.equal(await send(offset), null);
  assert.ok(arrived());
  assert.equal(office.pieces.reduce((sum, { length }) => sum + length, 0), big.length, 'nothing twice');
});

test('an answer lost after the piece was stored: the offset is asked, nothing goes twice', async () => {
  const { office, send, arrived } = await ready(({ n }) => (n === 3 ? { after: dropped() } : null));
  assert.equal(await send(), null);
  assert.ok(arrived());
  assert.equal(office.pieces.reduce((sum, { length }) => sum + length, 0), big.length);
});

test('409: the offset is asked', async () => {
  const { send, arrived, upload } = await ready();
  upload.bytes = big.subarray(0, 300 * KB);
  assert.equal(await send(0), null);
  assert.ok(arrived());
});

test('460: the piece is sent again', async () => {
  const { office, send, arrived } = await ready(({ n }) => (n === 3 ? problem(460, 'checksum-mismatch') : null));
  assert.equal(await send(), null);
  assert.ok(arrived());
  assert.equal(patches(office)[1].headers.get('Upload-Offset'), patches(office)[2].headers.get('Upload-Offset'));
});

test('damage on the way is found by the checksum', async () => {
  const { office, send, arrived } = await ready((request) => {
    if (request.n === 2) request.body = request.body.map((byte, n) => (n === 99 ? byte ^ 1 : byte));
  });
  assert.equal(await send(), null);
  assert.ok(arrived());
  assert.equal(office.pieces.length, 6);
});

test('a piece that never comes through ends the attempt', async () => {
  const { office, send } = await ready(({ verb }) => (verb === 'PATCH' ? problem(460, 'checksum-mismatch') : null));
  assert.equal((await send()).problem.code, 'checksum-mismatch');
  assert.equal(patches(office).length, 4);
});

for (const status of [401, 404, 410, 423, 500, 503, 507]) {
  test(`${status} ends the attempt at once`, async () => {
    const { office, send } = await ready(({ verb }) => (verb === 'PATCH' ? problem(status, 'x') : null));
    assert.equal((await send()).status, status);
    assert.equal(patches(office).length, 1);
  });
}

for (const status of [403, 405, 501]) {
  test(`a proxy that answers ${status} to PATCH: POST in disguise, from then on always`, async () => {
    const { office, way, send, arrived } = await ready(({ method }) => (method === 'PATCH' ? new Response('<h1>no</h1>', { status }) : null));
    assert.equal(await send(), null);
    assert.ok(arrived());
    assert.equal(way.memory.override, true);
    assert.equal(office.calls.filter(({ method }) => method === 'PATCH').length, 1);
    assert.ok(patches(office).slice(1).every(({ method, headers }) => method === 'POST' && headers.get('X-HTTP-Method-Override') === 'PATCH'));
  });
}

test('our own 403 is no proxy', async () => {
  const { office, way, send } = await ready(({ verb }) => (verb === 'PATCH' ? problem(403, 'not-yours') : null));
  assert.equal((await send()).problem.code, 'not-yours');
  assert.equal(way.memory.override, false);
  assert.equal(patches(office).length, 1);
});

test('a proxy that blocks both ways: the answer, nothing remembered', async () => {
  const { way, send } = await ready(({ verb }) => (verb === 'PATCH' ? new Response('', { status: 405 }) : null));
  assert.equal((await send()).status, 405);
  assert.equal(way.memory.override, false);
});

test('something swallows PATCH only: after two in a row POST is used', async () => {
  const { office, way, send, arrived } = await ready(({ method }) => (method === 'PATCH' ? dropped() : null));
  assert.equal(await send(), null);
  assert.ok(arrived());
  assert.equal(way.memory.override, true);
  assert.equal(office.calls.filter(({ method }) => method === 'PATCH').length, 2);
});

test('one dropped connection makes nobody suspicious', async () => {
  const { way, send, arrived } = await ready(({ n }) => (n === 3 ? dropped() : null));
  assert.equal(await send(), null);
  assert.ok(arrived());
  assert.equal(way.memory.override, false);
});

test('a network that is gone ends the attempt, PATCH is not suspected', async () => {
  const { way, send } = await ready(() => dropped());
  assert.equal((await send()).problem.code, 'network');
  assert.equal(way.memory.override, false);
});

test('413: the same again, smaller', async () => {
  const { office, way, send, arrived } = await ready(({ body }) => (body?.length > 512 * KB ? new Response('', { status: 413 }) : null));
  way.memory.size = 1024 * KB;
  assert.equal(await send(), null);
  assert.ok(arrived());
  assert.ok(office.pieces.every(({ length }) => length <= 512 * KB));
  assert.equal(patches(office).filter(({ body }) => body.length > 512 * KB).length, 1, 'the limit is learnt');
});

test('a portal that answers 200 to everything is no server', async () => {
  const portal = () => new Response('<h1>Wi-Fi</h1>', { status: 200 });
  const { way, url, send } = await ready(portal);
  assert.equal((await send()).problem.code, 'not-json');
  assert.equal((await askOffset(url, big.length, way)).ok, false);
  assert.equal((await create(UPLOADS, PHOTO, big.length, way)).ok, false);
});

test('an offset outside the photo is no offset', async () => {
  const wild = () => new Response(null, { status: 204, headers: { 'Upload-Offset': String(big.length + 1) } });
  const { way, url, send } = await ready(wild);
  assert.equal((await send()).problem.code, 'not-json');
  assert.equal((await askOffset(url, big.length, way)).ok, false);
});
