/** What a counter sends, as it comes: asked for every two and a half seconds, not while the page is hidden. */
import { byId, show } from './screen.js';

const EVERY_MS = 2500;
const SLOWEST_MS = 20_000;
const TIMEOUT_MS = 10_000;

/**
 * @typedef {{seq: string, time: string, values: string, why: string, counted: string, delay: string, skew: string}} Row
 * @typedef {object} Live
 * @property {{code: string, tone: string, name: string, todo: string}} state
 * @property {string} testing words while a test lasts, else ""
 * @property {string} seen
 * @property {string} last_seq
 * @property {string} skew
 * @property {Row[]} rows the newest first
 */

/** @param {ParentNode} node @param {string} part @param {string} words written only when they change: screen readers say it */
function put(node, part, words) {
  const place = node.querySelector(`[data-part=${part}]`);
  if (place && place.textContent !== words) place.textContent = words;
  return place;
}

/** @param {Row} row @returns {Element} */
function rowOf(row) {
  const pattern = /** @type {HTMLTemplateElement} */ (byId('row')).content;
  const node = document.importNode(pattern, true).querySelector('tr');
  for (const part of ['seq', 'time', 'values', 'delay', 'skew']) put(node, part, row[part]);
  put(node, 'why', row.why).classList.add(row.counted ? 'good' : 'warn');
  return node;
}

/** @param {Live} news */
export function draw(news) {
  const { state, testing, rows } = news;
  put(byId('state'), 'name', state.name).className = `badge ${state.tone}`;
  show(put(byId('state'), 'todo', state.todo), state.todo !== '');
  if (state.code === 'swapped') show(byId('swap'), true);
  for (const part of ['seen', 'last_seq', 'skew']) put(byId('counter'), part, news[part] || '–');
  if (byId('testing').textContent !== testing) byId('testing').textContent = testing;
  show(byId('testing'), testing !== '');
  show(byId('end-test'), testing !== '');
  byId('trace').querySelector('tbody').replaceChildren(...rows.map(rowOf));
  show(byId('trace'), rows.length > 0);
  show(byId('nothing'), rows.length === 0);
}

/** Ask now and again, not while the page is hidden. @param {HTMLElement} page */
export function follow(page) {
  let tag = '';
  let failed = 0;
  let timer = 0;
  let over = false;

  async function ask() {
    const headers = { Accept: 'application/json', ...(tag ? { 'If-None-Match': tag } : {}) };
    const answer = await fetch(page.dataset.url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    over = [401, 403, 404].includes(answer.status);
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    draw(await answer.json());
    tag = answer.headers.get('ETag') ?? '';
  }

  function say() {
    const { live, lost } = byId('follows').dataset;
    const words = failed ? lost : live;
    if (byId('follows').textContent !== words) byId('follows').textContent = words;
    show(byId('reload'), failed > 0);
  }

  async function turn() {
    clearTimeout(timer);
    try {
      await ask();
      failed = 0;
    } catch {
      failed += 1;
    }
    say();
    const pause = Math.min(SLOWEST_MS, EVERY_MS * (1 + failed)) * (0.85 + Math.random() * 0.3);
    if (!document.hidden && !over) timer = setTimeout(turn, pause);
  }

  page.addEventListener('ask', turn); // something was changed here
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (!document.hidden && !over) turn();
  });
  return turn();
}
