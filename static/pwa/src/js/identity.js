/**
 * Who uses this phone and with which key. What stands here survives a dead network and an expired
 * session: a stamp never asks for a login. It does not survive a log-out or another person's login.
 */
import { call } from './api.js';
import { toB64u, toHex } from './base32.js';
import * as store from './db.js';
import { deviceKid, publicPoint, signBytes } from './token.js';

const ES256 = { name: 'ECDSA', namedCurve: 'P-256' };
/** A phone's clock that is further from the server's is told to its person and marks what it is put on. */
export const WRONG_CLOCK_MS = 120_000;
const KEEP_S = 60 * 86_400; // received stamps older than this leave the phone; the server has them

/**
 * @typedef {object} Identity who uses this phone, kept for stamping without a network
 * @property {{id: string, name: string, staff_number: string, department: string, role: string}} person
 * @property {{code: string, name: string}} organisation
 * @property {string} consentVersion hex sha256
 * @property {boolean} consentAgreed
 * @property {boolean} [consentWithdrawn] by the person
 * @property {{kid: string, x: string, y: string, year: number}} auditKey
 * @property {{kid: string, x: string, y: string}} receiptKey
 * @property {boolean} demo
 * @property {string} publicUrl
 * @property {number} fetchedAt unix ms
 * @property {number} serverOffset device clock minus server clock, ms
 *
 * @typedef {object} DeviceKey
 * @property {string} kid hex
 * @property {CryptoKey} privateKey cannot be exported
 * @property {Uint8Array} publicX
 * @property {Uint8Array} publicY
 * @property {number} createdAt unix ms
 * @property {boolean} enrolled
 * @property {boolean} [revoked]
 */

/** Codes: not-set-up, consent-missing, key-revoked, too-late, not-mine, and the server's own on enrolment. */
export class DeviceError extends Error {
  /** @param {string} code @param {string} [title] @param {string} [detail] */
  constructor(code, title = code, detail = '') {
    super(title);
    Object.assign(this, { code, title, detail });
  }
}

/** @param {string} personId @returns {Promise<DeviceKey | undefined>} */
export const getDevice = (personId) => store.get(`device:${personId}`);

/**
 * What a tap needs of person and phone, or what is missing.
 * @param {Identity | undefined} identity @param {DeviceKey | undefined} device
 * @returns {'ready' | 'setup' | 'revoked' | 'withdrawn' | 'unagreed'}
 */
export function standing(identity, device) {
  if (identity?.consentWithdrawn) return 'withdrawn';
  if (device?.revoked) return 'revoked';
  if (!identity?.auditKey || !device?.enrolled) return 'setup';
  return identity.consentAgreed ? 'ready' : 'unagreed';
}

/** @returns {Promise<Identity | undefined>} */
export const getIdentity = () => store.get('identity');

/** @param {any} state of GET /api/state @returns {Identity} */
const identityOf = ({ person, consent, ...state }) => ({
  person,
  organisation: person.organisation,
  consentVersion: consent?.version ?? '',
  consentAgreed: consent?.agreed ?? false,
  consentWithdrawn: consent?.withdrawn ?? false,
  auditKey: state.audit_key,
  receiptKey: state.receipt_key,
  demo: state.demo,
  publicUrl: state.public_url,
  fetchedAt: Date.now(),
  serverOffset: state.offset,
});

/**
 * What the server knows of this phone's key.
 * @param {string} personId @param {{kid: string, state: string} | null} told
 */
async function noteKeyState(personId, told) {
  const device = await getDevice(personId);
  if (!device || told?.kid !== device.kid) return;
  const [enrolled, revoked] = [told.state === 'active', told.state === 'revoked'];
  if (device.enrolled === enrolled && !!device.revoked === revoked) return;
  await store.set(`device:${personId}`, { ...device, enrolled, revoked });
}

/** @param {string | undefined} kid @param {{fetch?: typeof fetch}} [options] */
async function ask(kid, options) {
  const sent = Date.now();
  const { data } = await call('GET', `/api/state${kid ? `?kid=${kid}` : ''}`, undefined, options);
  return data && { ...data, offset: Math.round((sent + Date.now()) / 2 - data.server_time * 1000) };
}

/** Every receipt key the server ever named: what waits since before a log-out is still verified. @param {any} key */
async function pin(key) {
  const pins = (await store.get('receipt-keys')) ?? {};
  if (key && !pins[key.kid]) await store.set('receipt-keys', { ...pins, [key.kid]: key });
}

/**
 * Ask the server who we are and keep the answer. An expired session takes nothing away; another
 * person's login sends the previous person's data off the phone.
 * @param {{fetch?: typeof fetch}} [options]
 * @returns {Promise<any | null>} GET /api/state, null without a network
 */
export async function refreshState(options) {
  const old = await getIdentity();
  const guess = old && (await getDevice(old.person.id));
  let state = await ask(guess?.kid, options);
  if (!state) return null;
  await pin(state.receipt_key);
  if (!state.person) {
    if (old) await noteKeyState(old.person.id, state.device); // revoking a lost phone signs it out too
    return state;
  }
  const { id } = state.person;
  const device = await getDevice(id);
  if (device && device.kid !== guess?.kid) state = (await ask(device.kid, options)) ?? state;
  if (state.person?.id !== id) return state; // logged out in between
  if (old && old.person.id !== id) await store.removePerson(old.person.id);
  await store.set('identity', identityOf(state));
  await noteKeyState(id, state.device);
  await store.removeReceived(Date.now() / 1000 - KEEP_S);
  return state;
}

/**
 * The key of this person on this phone; made once, made anew when the old one was revoked.
 * @param {string} personId @returns {Promise<DeviceKey>}
 */
export const ensureKey = (personId) =>
  store.withLock(`key:${personId}`, async () => {
    const old = await getDevice(personId);
    if (old && !old.revoked) return old;
    const pair = await crypto.subtle.generateKey(ES256, false, ['sign', 'verify']);
    const { x, y } = await publicPoint(pair.publicKey);
    const kid = toHex(await deviceKid(x, y));
    const { privateKey } = pair;
    const device = { kid, privateKey, publicX: x, publicY: y, createdAt: Date.now(), enrolled: false };
    await store.set(`device:${personId}`, device);
    return device;
  });

/**
 * Tell the server this phone's key, with proof that we hold it. Doing it again changes nothing.
 * @param {string} [label] what the person calls the phone; the server names it when empty
 * @returns {Promise<DeviceKey>} enrolled
 * @throws {DeviceError} not-set-up, or the code of the server's problem ("network" without one)
 */
export async function enrol(label = '', options = undefined) {
  const identity = await getIdentity();
  if (!identity) throw new DeviceError('not-set-up');
  const { id } = identity.person;
  const device = await ensureKey(id);
  const claim = new TextEncoder().encode(`enrol-v1:${id}:${device.kid}`);
  const proof = toB64u(await signBytes(device.privateKey, claim));
  const body = { x: toB64u(device.publicX), y: toB64u(device.publicY), label, proof };
  const { ok, problem } = await call('POST', '/api/devices', body, options);
  if (!ok) throw new DeviceError(problem.code || 'network', problem.title, problem.detail);
  const enrolled = { ...device, enrolled: true };
  await store.set(`device:${id}`, enrolled);
  return enrolled;
}
