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

/** A syllable that is being composed may find nothing for a moment; then what is there stays. @param {Document} found */
const notYet = (found) => composing && !found.querySelector('.office');

/** @param {string} query @param {Document} found */
function show(query, found) {
  if (notYet(found)) return;
  list.replaceChildren(...[...found.getElementById('list').childNodes].map((node) => document.importNode(node, true)));
  history.replaceState(history.state, '', query ? `/directory?${chosen(query)}` : '/directory');
  byId('as-table').href = `/directory/table?${new URLSearchParams({ q: query })}`;
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
  want(box.value);
});
box.addEventListener('input', () => want(box.value));
addEventListener('online', () => want(box.value));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  want(box.value);
});

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
if (!box.value && matchMedia('(hover: hover) and (pointer: fine)').matches) box.focus();
