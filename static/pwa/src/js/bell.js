/**
 * The number beside the bell: asked for once a minute with the tag of what is known, not while the page is
 * hidden, at once when it is looked at again. A server that says who is asking is nobody ends it. Nothing is
 * imported here: what is shared with a module that comes later would be cut out of the first view's one file.
 */
const EVERY_MS = 60_000;
const TIMEOUT_MS = 10_000;
const SLOWEST = 10; // times slower while the server does not answer

/** @param {number} count notices not read */
export function draw(count) {
  const bell = document.getElementById('bell');
  const [badge, words] = [bell.querySelector('.count'), bell.querySelector('.sr')];
  badge.textContent = String(count);
  badge.hidden = count === 0;
  words.textContent = count ? bell.dataset.some.replace('{count}', String(count)) : bell.dataset.none;
}

/** Ask now and again. @param {{fetch?: typeof fetch}} [options] */
export function watch({ fetch = globalThis.fetch } = {}) {
  let tag = '';
  let failed = 0;
  let timer = 0;
  let over = false;

  async function ask() {
    const headers = { Accept: 'application/json', ...(tag ? { 'If-None-Match': tag } : {}) };
    const answer = await fetch('/api/notices/live', { headers, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    over = answer.status === 401;
    if (answer.status === 304 || over) return;
    if (!answer.ok) throw new Error(String(answer.status));
    draw((await answer.json()).unread);
    tag = answer.headers.get('ETag') ?? '';
  }

  async function turn() {
    clearTimeout(timer);
    try {
      await ask();
      failed = 0;
    } catch {
      failed += 1;
    }
    const pause = EVERY_MS * Math.min(SLOWEST, 1 + failed) * (0.85 + Math.random() * 0.3);
    if (!document.hidden && !over) timer = setTimeout(turn, pause);
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (!document.hidden && !over) turn();
  });
  return turn();
}
