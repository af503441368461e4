/** Favourites and what was opened lately: from this phone at once, then as the server has them. */
import { state } from './boot.js';
import { renew } from './directory_renew.js';
import { read, setRecent } from './directory_store.js';
import { t } from './directory_words.js';
import { getIdentity } from './identity.js';
import { byId, korean, make, show, toast } from './screen.js';

let personId = '';
let forgotten = [];

/** @param {import('./directory_store.js').Card} card @returns {HTMLElement} */
function row(card) {
  const named = [card.name, card.position].filter(Boolean).join(' ');
  const head = make('p', {}, make('a', { href: `/directory/entry/${card.uid}` }, make('b', korean(card.unit), card.unit || card.office)), ' ', make('span', korean(named), named));
  for (const [wanted, key, tone] of [[card.practice, 'mine.practice', 'warn'], [card.gone, 'mine.gone', 'bad']]) {
    if (wanted) head.append(' ', make('span', { class: `badge ${tone}` }, t(key)));
  }
  const what = make('div', { class: 'what' }, head, make('p', { class: 'small muted', ...korean(card.office) }, card.office), make('p', { class: 'small muted duty', ...korean(card.duty) }, card.duty));
  const calls = card.numbers.map(({ shown, tel }) =>
    tel
      ? make('a', { class: 'btn call num', href: `tel:${tel}` }, make('span', { class: 'sr' }, `${t('mine.call')} `), shown)
      : make('span', { class: 'num call' }, t('mine.extension', { number: shown })),
  );
  return make('li', { class: 'entry', 'data-uid': card.uid }, what, make('p', { class: 'row' }, ...calls));
}

/** @param {string} id @param {import('./directory_store.js').Card[]} cards */
function fill(id, cards) {
  byId(id).replaceChildren(...cards.map(row));
  show(byId(id), cards.length > 0);
  show(byId(`no-${id}`), cards.length === 0);
}

/** @param {import('./directory_store.js').Kept} kept */
function draw({ favourites, recent }) {
  fill('favourites', favourites);
  fill('recent', recent);
  show(byId('forget'), recent.length > 0);
  show(byId('restore'), recent.length === 0 && forgotten.length > 0);
}

async function fresh() {
  const told = await state;
  if (!told?.person) {
    show(byId('sign-in'), told !== null && !personId);
    if (personId) byId('source').textContent = t('mine.local');
    return;
  }
  personId = told.person.id;
  const now = await renew(personId);
  draw(now ?? (await read(personId)));
  byId('source').textContent = t(now ? 'mine.fresh' : 'mine.local');
}

byId('forget').addEventListener('click', async () => {
  forgotten = (await read(personId)).recent;
  draw(await setRecent(personId, []));
  toast(t('mine.forgotten'));
  byId('restore').focus();
});
byId('restore').addEventListener('click', async () => {
  const cards = forgotten;
  forgotten = [];
  const { recent } = await setRecent(personId, cards);
  draw((await renew(personId).catch(() => null)) ?? (await read(personId)));
  if (recent.length === 0) return; // the phone is somebody else's by now
  toast(t('mine.restored'));
  byId('forget').focus();
});

personId = (await getIdentity().catch(() => undefined))?.person.id ?? '';
if (personId) draw(await read(personId).catch(() => ({ favourites: [], recent: [] })));
await fresh().catch(() => {});
