/**
 * What arrives while the inbox is open: asked for every two and a half seconds, with jitter, not while
 * hidden, slower only while the server does not answer: a first photo after a quiet hour must not wait
 * longer than the tenth. A card that is on the page is changed in its place; a new one goes to
 * the top, and the page is scrolled by as much, so that what somebody looks at stays where it is.
 */
import { renewing } from './fresh_link.js';
import { byId, korean, make, show } from './screen.js';

const EVERY_MS = 2500;
const SLOWEST_MS = 15_000;
const TIMEOUT_MS = 10_000;
const MOST = 300;

/** @typedef {{id: string, record: string, url: string, thumb: string, label: string, time: string, who: string, phase: string, state: string, state_words: string, why: string, picked: boolean, corrected: boolean}} Card */
/** @typedef {{time: string, site: string, who: string, words: string, whole: boolean}} Arrived how much of a record is here */

/** @param {Element} node @param {string} part @param {string} words @param {boolean} [hideEmpty] */
function put(node, part, words, hideEmpty = false) {
  for (const one of node.querySelectorAll(`[data-part=${part}]`)) {
    one.textContent = words;
    if (hideEmpty) show(one, words !== '');
  }
}

/** @param {Element} node a card @param {Card} card */
function thumb(node, card) {
  const look = node.querySelector('.look');
  const known = look.querySelector('img');
  if (!card.thumb) return known?.remove();
  const wanted = known?.isConnected && node.dataset.state === 'ready';
  if (wanted && known.getAttribute('src')) return undefined;
  known?.remove();
  return look.prepend(make('img', { src: card.thumb, alt: '', width: '320', height: '240', decoding: 'async' }));
}

/** @param {HTMLElement} node @param {Card} card @param {string} query */
function fill(node, card, query) {
  thumb(node, card);
  Object.assign(node.dataset, { id: card.id, record: card.record, state: card.state });
  node.querySelector('.look').setAttribute('href', query ? `${card.url}?${query}` : card.url);
  const box = node.querySelector('input[name=photo]');
  box.value = card.id;
  box.disabled = card.state !== 'ready';
  put(node, 'label', card.label);
  put(node, 'state', card.state === 'ready' ? '' : card.state_words);
  put(node, 'phase', card.phase, true);
  put(node, 'time', card.time);
  put(node, 'who', card.who);
  put(node, 'why', card.why, true);
  for (const part of ['picked', 'corrected']) for (const mark of node.querySelectorAll(`[data-part=${part}]`)) show(mark, card[part]);
}

/** @param {string} id @returns {HTMLElement | null} */
const shown = (id) => document.querySelector(`#photos .shot[data-id="${CSS.escape(id)}"]`);

/** The first card that is in the window, and where. @returns {{node: Element, top: number} | null} */
function anchor() {
  for (const node of document.querySelectorAll('#photos .group:not([hidden]) .shot')) {
    const { top, bottom } = node.getBoundingClientRect();
    if (bottom > 0) return { node, top };
  }
  return null;
}

/** Somebody who has scrolled or stands in the grid must not lose the place. */
const reading = () => scrollY > 40 || document.activeElement?.closest('.shot, #make') !== null;

/** How much of each record is here, wherever it stands. @param {Record<string, Arrived>} records */
function count(records) {
  for (const [id, { words, whole }] of Object.entries(records)) {
    for (const badge of document.querySelectorAll(`[data-count="${CSS.escape(id)}"]`)) {
      badge.textContent = words;
      badge.classList.toggle('warn', !whole);
    }
  }
}

/** The records of the cards that came while the page is open, one line each, above them. @param {Record<string, Arrived>} records */
function head(records) {
  const lines = byId('fresh').querySelector('.records');
  const shots = byId('fresh').querySelector('.shots');
  const cardOf = (id) => shots.querySelector(`[data-record="${CSS.escape(id)}"]`);
  for (const [id, { time, site, who }] of Object.entries(records)) {
    if (!cardOf(id) || lines.querySelector(`[data-count="${CSS.escape(id)}"]`)) continue;
    const said = [make('span', { class: 'num' }, time), ...[site, who].filter(Boolean).map((one) => make('span', { class: 'muted', ...korean(one) }, one))];
    const badge = make('span', { class: 'badge', 'data-count': id });
    lines.prepend(make('li', { class: 'small' }, ...said.flatMap((one) => [one, ' ']), badge));
  }
  for (const line of [...lines.children]) if (!cardOf(line.querySelector('.badge').dataset.count)) line.remove();
}

/** @param {Card[]} cards new ones, newest first @param {Record<string, Arrived>} records @param {string} query */
function insert(cards, records, query) {
  const list = byId('fresh').querySelector('.shots');
  const pattern = /** @type {HTMLTemplateElement} */ (byId('card')).content;
  const keep = reading() ? anchor() : null;
  for (const card of [...cards].reverse()) {
    const node = /** @type {HTMLElement} */ (document.importNode(pattern, true).querySelector('.shot'));
    fill(node, card, query);
    list.prepend(node);
  }
  while (list.children.length > MOST) list.lastElementChild.remove();
  head(records);
  show(byId('fresh'), true);
  show(byId('nothing'), false);
  show(byId('make'), true);
  if (keep) scrollBy(0, keep.node.getBoundingClientRect().top - keep.top);
  return keep !== null;
}

/** @param {HTMLElement} inbox @param {any} news */
function take(inbox, news) {
  const { query, page } = inbox.dataset;
  const fresh = [];
  let arrived = 0;
  for (const card of news.cards) {
    const node = shown(card.id);
    if (node?.dataset.state !== card.state) arrived += card.state === 'ready' ? 1 : 0;
    if (node) fill(node, card, query);
    else fresh.push(card);
  }
  const above = fresh.length > 0 && (page !== '1' || insert(fresh, news.records, query));
  count(news.records);
  if (above) unseen += fresh.length;
  tell(inbox, arrived);
}

/** How many new cards stand above the window, unseen. */
let unseen = 0;

/** @param {HTMLElement} inbox @param {number} count of photos that have arrived */
function tell(inbox, count) {
  const words = (number) => inbox.dataset.saidNew.replace('{count}', String(number));
  byId('show-news').textContent = words(unseen);
  show(byId('show-news'), unseen > 0);
  if (!count) return;
  byId('news').textContent = '';
  requestAnimationFrame(() => {
    byId('news').textContent = words(count);
  });
}

/** @param {HTMLElement} inbox */
export function live(inbox) {
  let tag = '';
  let failed = 0;
  let timer = 0;

  const pause = () => Math.min(SLOWEST_MS, EVERY_MS * Math.max(1, failed / 2)) * (0.85 + Math.random() * 0.3);
  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(turn, pause());
  };

  async function ask() {
    const query = inbox.dataset.query ? `&${inbox.dataset.query}` : '';
    const headers = { Accept: 'application/json', ...(tag ? { 'If-None-Match': tag } : {}) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(`/api/photos/live?since=${inbox.dataset.newest}${query}`, { headers, signal, redirect: 'error' });
    if (answer.status === 304) return null;
    if (!answer.ok) throw new Error(String(answer.status));
    const news = await answer.json();
    tag = answer.headers.get('ETag') ?? '';
    inbox.dataset.newest = String(news.newest);
    return news;
  }

  async function turn() {
    try {
      const news = await ask();
      byId('live').removeAttribute('data-paused');
      failed = 0;
      if (news) take(inbox, news);
      if (news?.more) return turn();
    } catch {
      byId('live').setAttribute('data-paused', '');
      failed += 1;
    }
    return plan();
  }

  document.addEventListener('visibilitychange', () => {
    failed = 0;
    if (document.hidden) clearTimeout(timer);
    else turn();
  });
  byId('show-news').addEventListener('click', () => {
    unseen = 0;
    show(byId('show-news'), false);
    if (inbox.dataset.page !== '1') location.assign(`/photos${inbox.dataset.query ? `?${inbox.dataset.query}` : ''}`);
    scrollTo({ top: 0 });
    byId('fresh').querySelector('.look')?.focus();
  });
  renewing(inbox, (picture) => picture.closest('.shot')?.dataset.id, 'small');
  show(byId('live'), true);
  plan();
}
