// What a phone makes of the server's word about its person, over an IndexedDB in memory.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import * as idb from './idb.js';
import * as db from '../../static/pwa/src/js/db.js';
import { getIdentity, refreshState, standing } from '../../static/pwa/src/js/identity.js';

const person = { id: 'p1', name: '김하늘', organisation: { code: '46770', name: '가온시' } };
const device = { enrolled: true };
const answering = (consent) => ({
  fetch: async () =>
    new Response(
      JSON.stringify({ server_time: 1_795_300_000, person, consent, audit_key: { kid: 'ab' }, receipt_key: null, device: null }),
      { status: 200, headers: { 'Content-Type': 'application/json' } },
    ),
});
const changed = { version: 'b'.repeat(64), agreed: false, agreed_at: 1_795_000_000, withdrawn: false };

beforeEach(() => {
  db.close();
  idb.clear();
  idb.onCommit(() => {});
  idb.onPut(() => null);
});

test('a phone that is new to a person who agreed to an older text speaks of no withdrawal', async () => {
  await refreshState(answering(changed));
  assert.equal(standing(await getIdentity(), device), 'unagreed');
});

test('a consent that was taken back is called that, whatever the phone knew', async () => {
  await refreshState(answering({ ...changed, agreed: true }));
  assert.equal(standing(await getIdentity(), device), 'ready');
  await refreshState(answering({ ...changed, version: 'c'.repeat(64), withdrawn: true }));
  assert.equal(standing(await getIdentity(), device), 'withdrawn');
});

test('an identity that an older version kept stands until the server is heard', async () => {
  const kept = { person, consentVersion: 'a'.repeat(64), consentAgreed: false, consentChanged: false, auditKey: { kid: 'ab' } };
  await db.set('identity', { ...kept, consentAgreed: true });
  assert.equal(standing(await getIdentity(), device), 'ready');
  await db.set('identity', { ...kept, consentWithdrawn: true });
  assert.equal(standing(await getIdentity(), device), 'withdrawn');
  await refreshState(answering(changed));
  assert.equal(standing(await getIdentity(), device), 'unagreed');
});
