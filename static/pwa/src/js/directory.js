/** 누고?: the list follows what is typed; arrows walk through it; the address can be passed on. */
import './boot.js';
import { asking, fetchList, next } from './directory_search.js';
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

/** What a syllable that is being composed found: nothing, so far; what is there stays until it is whole. @type {{query: string, found: Document} | null} */
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

/** @param {string} query @param {Document} found */
function show(query, found) {
  withheld = composing && !found.querySelector('.office') ? { query, found } : null;
  if (withheld) return;
  list.replaceChildren(...[...found.getElementById('list').childNodes].map((node) => document.importNode(node, true)));
  record(query);
  byId('as-table').href = `/directory/table?${chosen(query)}`;
  document.title = query ? `${query} · ${page.dataset.title}` : page.dataset.title;
}

const want = asking((query) => fetchList(`/directory/found?${chosen(query)}`), show, (state) => {
  list.toggleAttribute('aria-busy', state === 'asking');
  if (state === 'lost') byId('said').textContent = page.dataset.saidLost;
});

box.addEventListener('compositionstart', () => {
  composing = true;
});
box.addEventListener('compositionend', () => {
  composing = false;
  if (withheld?.query === box.value) show(withheld.query, withheld.found);
  else want(box.value);
});
box.addEventListener('input', () => want(box.value));
addEventListener('online', () => want(box.value));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  record(box.value);
  meant = true;
  want(box.value);
});
addEventListener('popstate', () => {
  box.value = new URLSearchParams(location.search).get('q') ?? '';
  meant = true;
  want(box.value);
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
