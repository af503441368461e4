/** 누고?: the list follows what is typed; arrows walk through it; the address can be passed on. */
import './boot.js';
import { asking, complete, fetchList, next } from './directory_search.js';
import { byId } from './screen.js';

const box = /** @type {HTMLInputElement} */ (byId('q'));
const list = byId('found');
const page = byId('directory');
const form = /** @type {HTMLFormElement} */ (byId('ask'));

/** @param {string} query @returns {string} the part of the address after ? */
function chosen(query) {
  const given = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  given.set('q', query);
  return given.toString();
}

let composing = false;

/** What a syllable that is being composed found: nothing, so far; what is there stays until it is whole. @type {{search: string, found: Document} | null} */
let withheld = null;

/** Whether the present address is a search that somebody meant: Enter, a link, back. Typing on does not write over it. */
let meant = Boolean(box.value);

/** @param {string} query */
function record(query) {
  const address = query ? `/directory?${chosen(query)}` : '/directory';
  if (address === location.pathname + location.search) return;
  history[meant ? 'pushState' : 'replaceState'](null, '', address);
  meant = false;
}

/** How long nobody types before the rest of a list is asked for; while they type it shows what fits a screen. */
const REST_MS = 300;
let pause = 0;
let shows = 0;

/** A rest that was lost on its way. @type {(() => void) | null} */
let unfinished = null;

/** The offices that a list had no more room for, behind those that are there. @param {string} search @param {number} turn */
async function showRest(search, turn) {
  unfinished = null;
  const found = await fetchList(`/directory/found?${search}`);
  if (turn !== shows) return; // another list stands there now
  if (found) complete(list, found);
  else unfinished = () => showRest(search, turn);
}

/** Where back led to; it is shown as it was. */
let back = '';

/** @param {string} search @param {Document} found */
function show(search, found) {
  const query = new URLSearchParams(search).get('q') ?? '';
  withheld = composing && !found.querySelector('.office') ? { search, found } : null;
  if (withheld) return;
  clearTimeout(pause);
  unfinished = null;
  shows += 1;
  const shown = found.getElementById('list');
  list.replaceChildren(...[...shown.childNodes].map((node) => document.importNode(node, true)));
  if ('more' in shown.dataset) pause = setTimeout(showRest, REST_MS, search, shows);
  if (!back) record(query);
  byId('as-table').href = `/directory/table?${chosen(query)}`;
  document.title = query ? `${query} · ${page.dataset.title}` : page.dataset.title;
}

let lost = false;
const ask = asking(
  (search) => fetchList(`/directory/found?${back ? '' : 'brief=1&'}${search}`),
  show,
  (state) => {
    lost = state === 'lost';
    list.toggleAttribute('aria-busy', state === 'asking');
    if (lost) byId('said').textContent = page.dataset.saidLost;
  },
  chosen(box.value), // the list that the page came with
);

/** @param {string} query what stands in the box now */
function want(query) {
  back = '';
  return ask(chosen(query));
}

box.addEventListener('compositionstart', () => {
  composing = true;
});
box.addEventListener('compositionend', () => {
  composing = false;
  if (withheld?.search === chosen(box.value)) show(withheld.search, withheld.found);
  else want(box.value);
});
box.addEventListener('input', () => want(box.value));
addEventListener('online', () => {
  if (lost) want(box.value);
  else unfinished?.();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  record(box.value);
  meant = true;
  want(box.value);
});
addEventListener('popstate', () => {
  box.value = new URLSearchParams(location.search).get('q') ?? '';
  meant = true;
  back = location.search.slice(1);
  if (back) ask(back);
  else want('');
});

/** Back from an entry to the row that was opened. */
list.addEventListener('click', ({ target }) => {
  const row = /** @type {Element} */ (target).closest('.hit');
  if (row) history.replaceState({ uid: row.dataset.uid }, '');
});
document.querySelector(`.hit[data-uid="${CSS.escape(history.state?.uid ?? '')}"] a.what`)?.focus();

/** @returns {HTMLElement[]} */
const links = () => [...list.querySelectorAll('a.what')];

/** @param {KeyboardEvent} event */
function walk(event) {
  const from = document.activeElement;
  const inList = from?.matches('a.what') ?? false;
  if (!['ArrowDown', 'ArrowUp'].includes(event.key) || event.isComposing) return;
  if (!inList && (from !== box || event.key === 'ArrowUp')) return;
  event.preventDefault();
  (next(links(), from, event.key) ?? box).focus();
}

document.addEventListener('keydown', (event) => {
  walk(event);
  const typing = document.activeElement?.matches('input, select, textarea') ?? false;
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === 'Escape' && !event.isComposing && (document.activeElement === box || document.activeElement?.matches('a.what'))) {
    box.value = '';
    box.focus();
    want('');
  }
});
if (!box.value && !history.state?.uid && matchMedia('(hover: hover) and (pointer: fine)').matches) box.focus();
