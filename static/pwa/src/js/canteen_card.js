/**
 * The canteen on the home screen: fetched after the first paint, filled in the room that its card keeps, and asked for only
 * while the card is looked at. It shows the canteen that was chosen on /canteen, else the first.
 */
// Loaded long before: so that the build leaves in one file what the first view loads.
import './records.js';

import { call } from './api.js';
import { chosenOf, keep, readKept } from './canteen_kept.js';
import { follow } from './canteen_live.js';
import { canteenNow, sayCanteen, sayLine, sayMenu } from './canteen_view.js';
import { t } from './canteen_words.js';
import { byId, korean, show } from './screen.js';

const TICK_MS = 5000;
const MINE_MS = 600_000;
const AGAIN_MS = 60_000;
const RETRY_MS = 15_000;
const DISHES = 2;
const TONES = ['good', 'good', 'info', 'warn', 'bad'];

/** @param {any[]} lines @returns {any} the one where a person waits least, as far as that is known */
const best = (lines) =>
  lines.filter(({ state }) => state === 'open').reduce((least, one) => ((one.level ?? 9) < (least?.level ?? 9) ? one : least), null) ?? lines[0];

/**
 * What the card says.
 * @param {any} document @param {number} now the canteen's @param {number} silent ms
 * @returns {{word: string, tone: string, minutes: string, more: string, menu: string}}
 */
export function cardOf(document, now, silent) {
  const { open, title, next } = sayCanteen(document, now);
  const menu = sayMenu(document, now);
  const dishes = menu ? menu.items.slice(0, DISHES).join(', ') : '';
  if (!open || !document.lines.length) return { word: '', tone: '', minutes: title, more: next, menu: dishes };
  const line = best(document.lines);
  const said = sayLine(line, document, now, silent);
  const name = document.lines.length > 1 ? `${line.name} ` : '';
  const live = said.mode === 'live';
  const more = [said.advice || said.trendWord, said.age || (said.mode === 'usual' ? said.note : '')].filter(Boolean).join(' · ');
  const tone = live && said.level !== null ? TONES[said.level] : '';
  return { word: said.minutes ? name + said.word : name.trim(), tone, minutes: said.minutes || said.word, more, menu: dishes };
}

/**
 * @param {Promise<any>} state GET /api/state, see boot.js
 * @param {() => Promise<any>} getIdentity whose phone it is, while the server is gone; see identity.js
 */
export async function canteenCard(state, getIdentity) {
  const card = byId('canteen-card');
  let person = '';
  let canteen = null;
  let last = null;
  let following = null;
  let seen = false;
  let asked = 0;
  let retry;

  const part = (name) => card.querySelector(`[data-part=${name}]`);

  function draw() {
    if (!last || !canteen) return;
    const { document } = last;
    const said = cardOf(document, canteenNow(document, Date.now() + last.offset), Math.max(0, Date.now() - last.at));
    for (const name of ['minutes', 'more', 'word']) part(name).textContent = said[name] || (name === 'minutes' ? '\u00a0' : '');
    Object.assign(part('menu'), { textContent: said.menu || '\u00a0', ...korean(said.menu) });
    part('word').className = `badge end ${said.tone}`;
    show(part('word'), said.word !== '');
  }

  function heard(document, { at, offset }) {
    if (!document && !last) return;
    last = { document: document ?? last.document, at, offset };
    if (document) keep(person, { last: { [canteen.id]: last } });
    draw();
  }

  function listen() {
    if (following || !seen || !canteen) return;
    following = follow(canteen.live, { heard, over });
  }

  /** The address is a day old: another is asked for, and not again at once. @param {number} status */
  function over(status) {
    leave();
    if (status !== 401) plan(Math.max(0, asked + AGAIN_MS - Date.now()) + Math.random() * 3000);
  }

  function leave() {
    following?.stop();
    following = null;
  }

  /** @param {import('./canteen_kept.js').Kept} kept */
  function take(kept) {
    canteen = chosenOf(kept);
    last = (canteen && kept.last[canteen.id]) ?? null;
    show(card, canteen !== null || !kept.mine);
    draw();
    listen();
  }

  function plan(ms) {
    clearTimeout(retry);
    retry = setTimeout(ask, ms);
  }

  async function ask() {
    clearTimeout(retry);
    asked = Date.now();
    const { ok, status, data } = await call('GET', '/api/canteen/mine');
    if (ok) return take(keep(person, { mine: data, mineAt: Date.now() }));
    if (status === 401) return undefined;
    if (!last) Object.assign(part('more'), { textContent: t('canteen.unreachable') });
    return plan(RETRY_MS * (0.5 + Math.random()));
  }

  new IntersectionObserver((all) => {
    seen = all.at(-1).isIntersecting;
    if (seen) listen();
    else leave();
  }).observe(card);
  setInterval(() => !document.hidden && seen && draw(), TICK_MS);
  const told = await state;
  const own = told ? told.person : (await getIdentity().catch(() => null))?.person; // the server is gone: whose phone it is
  if (!own) return;
  person = own.id;
  addEventListener('online', () => (following ? following.again() : ask()));
  const kept = readKept(person);
  take(kept);
  if (!kept.mine || !(Date.now() - (kept.mineAt ?? 0) < MINE_MS)) await ask();
}
