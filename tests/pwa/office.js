// The office's side of photos, in memory: records, tus uploads, receipts, as the contract of /api/photos says.
import { createHash } from 'node:crypto';

import { fromB64u, fromHex, toB64u, toHex } from '../../static/pwa/src/js/base32.js';
import { decode, encode } from '../../static/pwa/src/js/cbor.js';
import { sha256, signPayload } from '../../static/pwa/src/js/token.js';
import { uuidBytes } from '../../static/pwa/src/js/photo_record.js';
import { serverKey } from './stamps.js';

export const key = await serverKey();
export const stranger = await serverKey();

const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers });
export const problem = (status, code, headers, reason) => json(status, { code, title: '제목', detail: '까닭', ...(reason && { reason }) }, headers);
export const dropped = () => new TypeError('Failed to fetch');
const uuidOf = (bytes) => toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const hash = (bytes) => createHash('sha256').update(bytes).digest();

/** A receipt as the server signs it; `changes` make it another. */
export async function photoReceipt(sha, uuid, signer = key, more = []) {
  const payload = new Map([[1, fromHex(sha)], [2, 1795300600], [4, uuidBytes(uuid)], ...more]);
  return toB64u(await signPayload(signer.privateKey, signer.kid, encode(payload)));
}

export class Office {
  /** `plan` is asked before each request: a Response or an Error stands for the way; {after} replaces the answer once done. */
  constructor(plan = () => null) {
    Object.assign(this, { plan, calls: [], records: new Map(), photos: new Map(), uploads: new Map(), tickets: new Set() });
    this.stored = []; // [photo, sha256] of each photo that was stored
    this.pieces = []; // {photo, offset, length} of each piece that came
    this.fetch = async (path, init) => {
      const request = { path, method: init.method, headers: new Headers(init.headers), body: init.body, n: this.calls.length + 1 };
      request.verb = request.headers.get('X-HTTP-Method-Override') ?? init.method;
      this.calls.push(request);
      const planned = await this.plan(request, this);
      if (planned instanceof Error) throw planned;
      if (planned instanceof Response) return planned;
      const answer = await this.answer(request);
      if (planned?.after instanceof Error) throw planned.after;
      return planned?.after ?? answer;
    };
  }

  answer({ path, verb, headers, body }) {
    if (path === '/api/photos/records') return this.record(JSON.parse(body));
    const bearer = headers.get('Authorization')?.replace('Bearer ', '');
    if (!this.tickets.has(bearer)) return verb === 'HEAD' ? new Response(null, { status: 401 }) : problem(401, 'bad-ticket');
    const receipt = /^\/api\/photos\/([\w-]{36})\/receipt$/.exec(path);
    if (receipt) return this.receipt(receipt[1]);
    if (path === '/api/photos/uploads') return this.create(headers);
    const upload = this.uploads.get(path.split('/').at(-1));
    if (!upload) return verb === 'HEAD' ? new Response(null, { status: 404 }) : problem(404, 'not-found');
    return verb === 'HEAD' ? this.told(200, upload) : this.piece(upload, headers, new Uint8Array(body));
  }

  async record({ cose_sign1: text }) {
    const message = fromB64u(text);
    const sha = toHex(await sha256(message));
    const payload = decode(decode(message).value[2]);
    const id = uuidOf(payload.get(7));
    const known = this.records.get(id);
    if (known && known !== sha) return problem(409, 'record-taken');
    const replaced = payload.get(-70002).get(6);
    if (!payload.get(-70002).get(4).length && !this.records.has(replaced && uuidOf(replaced))) return problem(422, 'bad-record', {}, 'replaces-unknown');
    this.records.set(id, sha);
    const named = payload.get(-70002).get(4).map(([photo, digest, size]) => [uuidOf(photo), toHex(digest), size]);
    for (const [photo, digest, size] of named) if (!this.photos.has(photo)) this.photos.set(photo, { sha: digest, size, receipt: null });
    const ticket = `ticket-${this.tickets.size}`;
    this.tickets.add(ticket);
    const photos = named.map(([photo]) => ({ id: photo, state: 'expected', receipt: this.photos.get(photo).receipt }));
    return json(200, { receipt: await photoReceipt(sha, id), ticket, photos });
  }

  create(headers) {
    const photo = atob(headers.get('Upload-Metadata').split(' ')[1]);
    const length = Number(headers.get('Upload-Length'));
    const known = this.photos.get(photo);
    if (!known) return problem(404, 'not-found');
    if (known.receipt) return problem(409, 'photo-arrived');
    if (known.size !== length) return problem(422, 'wrong-length');
    const id = photo.replace(/^.{8}/, 'aaaaaaaa');
    if (!this.uploads.has(id)) this.uploads.set(id, { photo, length, bytes: new Uint8Array() });
    return new Response(null, { status: 201, headers: { Location: `https://office.example/api/photos/uploads/${id}` } });
  }

  told = (status, { bytes }) => new Response(null, { status, headers: { 'Upload-Offset': String(bytes.length) } });

  piece(upload, headers, part) {
    const offset = Number(headers.get('Upload-Offset'));
    this.pieces.push({ photo: upload.photo, offset, length: part.length });
    if (offset !== upload.bytes.length) return problem(409, 'wrong-offset');
    if (part.length > 1024 * 1024) return problem(413, 'piece-too-large');
    if (headers.get('Upload-Checksum') !== `sha256 ${hash(part).toString('base64')}`) return problem(460, 'checksum-mismatch');
    upload.bytes = Buffer.concat([upload.bytes, part]);
    return this.told(204, upload);
  }

  async receipt(photo) {
    const known = this.photos.get(photo);
    if (!known) return problem(404, 'not-found');
    if (known.receipt) return json(200, { receipt: known.receipt });
    const [id, upload] = [...this.uploads].find(([, one]) => one.photo === photo) ?? [];
    if (upload?.bytes.length !== known.size) return problem(409, 'not-complete');
    this.uploads.delete(id);
    if (hash(upload.bytes).toString('hex') !== known.sha) return problem(409, 'hash-mismatch');
    this.stored.push([photo, known.sha]);
    known.receipt = await photoReceipt(known.sha, photo);
    return json(200, { receipt: known.receipt });
  }

  /** Bytes that came more than once. */
  get resent() {
    const want = [...this.photos.values()].reduce((sum, { size }) => sum + size, 0);
    return this.pieces.reduce((sum, { length }) => sum + length, 0) - want;
  }
}
