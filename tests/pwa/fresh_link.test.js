// Links that have run out on a page that stays open.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { lasting, renewing } from '../../static/pwa/src/js/fresh_link.js';

const asked = [];
let answer;
const reply = () => new Response(JSON.stringify({ url: `/photos/file/fresh-${asked.length}`, minutes: 15 }), { headers: { 'Content-Type': 'application/json' } });
beforeEach(() => {
  asked.length = 0;
  answer = reply;
  globalThis.fetch = async (path, { method }) => {
    asked.push(`${method} ${path}`);
    return answer();
  };
});
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Something to listen on; `capture` as the page's errors need it. */
class Root {
  addEventListener(name, heard, capture) {
    Object.assign(this, { name, heard, capture });
  }
}
const picture = (id) => ({ src: '/photos/file/old', dataset: {}, id, matches: (what) => what === 'img' });

test('a picture whose link ran out is shown by a fresh one', async () => {
  const root = new Root();
  renewing(root, ({ id }) => id, 'small');
  assert.deepEqual([root.name, root.capture], ['error', true]);
  const one = picture('a');
  root.heard({ target: one });
  await settle();
  assert.deepEqual([one.src, asked], ['/photos/file/fresh-1', ['POST /api/photos/a/link?size=small']]);
});

test('each is asked for once, though it fails again, and others beside it are too', async () => {
  const root = new Root();
  renewing(root, ({ id }) => id, 'large');
  const [one, two] = [picture('a'), picture('b')];
  for (const target of [one, one, two]) root.heard({ target });
  await settle();
  root.heard({ target: one });
  await settle();
  assert.deepEqual(asked, ['POST /api/photos/a/link?size=large', 'POST /api/photos/b/link?size=large']);
});

test('no link, no answer and no picture leave things as they are', async () => {
  const root = new Root();
  renewing(root, ({ id }) => id, 'small');
  const one = picture('a');
  answer = () => new Response('{}', { status: 403 });
  root.heard({ target: one });
  await settle();
  assert.equal(one.src, '/photos/file/old');
  const two = picture('b');
  answer = () => {
    throw new TypeError('Failed to fetch');
  };
  root.heard({ target: two });
  await settle();
  assert.equal(two.src, '/photos/file/old');
  root.heard({ target: picture('') });
  root.heard({ target: { matches: () => false } });
  await settle();
  assert.equal(asked.length, 2);
});

/** A link, and how often it was followed. */
class Link extends Root {
  href = '/photos/file/old';
  followed = [];
  async click() {
    const event = { stopped: false, preventDefault: () => Object.assign(event, { stopped: true }) };
    await this.heard(event);
    if (!event.stopped) this.followed.push(this.href);
  }
}

test('a large picture that is opened late is opened by a fresh link', async () => {
  let time = 0;
  const link = new Link();
  lasting(link, 'a', () => time);
  time = 13 * 60_000;
  await link.click();
  assert.deepEqual([link.followed, asked], [['/photos/file/old'], []]);
  time = 16 * 60_000;
  await link.click();
  await settle();
  assert.deepEqual(link.followed, ['/photos/file/old', '/photos/file/fresh-1']);
  answer = () => new Response('{}', { status: 500 });
  time = 60 * 60_000;
  await link.click();
  await settle();
  assert.equal(link.followed.length, 3, 'no loop when there is none');
});
