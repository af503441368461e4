/**
 * The canteen's page: the same for everyone, opens with the server gone and shows what was seen last with its age. What it
 * shows comes from /api/canteen/mine, the live document and the chart.
 */
import { call } from './api.js';
import { state } from './boot.js';
import { drawChart } from './canteen_chart.js';
import { checkIns, forgetCheckIn } from './canteen_check_in.js';
import { chosenOf, forget, keep, readKept } from './canteen_kept.js';
import { lines, put } from './canteen_lines.js';
import { follow } from './canteen_live.js';
import { replays } from './canteen_replay.js';
import { ago, canteenNow, isUnder, sayCanteen, sayMenu, silentAfter, timeOf } from './canteen_view.js';
import { wishes } from './canteen_wish.js';
import { getIdentity } from './identity.js';
import { byId, dayOf, korean, make, show, toast } from './screen.js';

const TICK_MS = 1000;
const CHART_MS = 60_000;
const ASK_AGAIN_MS = 300_000;
const KEEP_EVERY_MS = 10_000;
const RETRY_MS = [3000, 15_000];
const page = byId('canteen');
const STATES = ['loading', 'waiting', 'signed-out', 'none', 'unreachable', 'now'];

let person = '';
let kept = readKept('');
let canteen = null;
/** @type {import('./canteen_kept.js').Last | null} */
let last = null;
let following = null;
let chart = null;
let charted = 0;
let asked = 0;
let ended = 0;
let written = 0;
let tries = 0;
let retry;
/** What was told of who stands in a line since a button was pressed here. @type {string | null} */
let spoken = null;

/** To who listens. @param {string} words */
const tell = (words) => {
  byId('said').textContent = words;
};
const said = lines(byId('lines'), 'line-card', tell);
const joined = checkIns({ changed: () => drawCheckIns(), refused: (_code, words) => toast(words || page.dataset.refused) });
const replay = replays({ canteen: () => canteen, again: () => following?.again(), tell });
const wish = wishes({
  tell,
  canteen: () => canteen,
  changed: (minutes) => {
    canteen.wish = minutes;
    kept = keep(person, { mine: kept.mine });
  },
  under: (minutes) => last !== null && isUnder(last.document, canteenNow(last.document, serverNow()), Date.now() - last.at, minutes),
});

/** @param {'loading' | 'waiting' | 'signed-out' | 'none' | 'unreachable' | 'now'} name */
function look(name) {
  page.dataset.state = name;
  for (const one of STATES) show(byId(one), one === name);
}

const serverNow = () => Date.now() + (last?.offset ?? 0);

function drawMenu(document, now) {
  const menu = sayMenu(document, now);
  show(byId('menu'), menu !== null);
  if (!menu || byId('menu').dataset.is === JSON.stringify(menu)) return;
  byId('menu').dataset.is = JSON.stringify(menu);
  byId('menu-title').textContent = menu.title;
  byId('menu-items').replaceChildren(...menu.items.map((item) => make('li', korean(item), item)));
}

/** Open or shut, each line, the menu: as it is at this moment. */
function draw() {
  if (!canteen || !last) return;
  const { document } = last;
  const now = canteenNow(document, serverNow());
  const silent = Math.max(0, Date.now() - last.at);
  const { open, title, next, until } = sayCanteen(document, now);
  look('now');
  page.dataset.open = String(open);
  show(byId('shut'), !open);
  show(byId('lines'), open);
  put(byId('shut'), 'title', title);
  put(byId('shut'), 'next', next);
  put(byId('now'), 'until', until);
  put(byId('now'), 'silent', !open && silent > silentAfter(document) ? page.dataset.received.replace('{age}', ago(silent)) : '');
  show(byId('wish'), open || canteen.wish !== null || dayOf((document.next?.opens_ms ?? 0) / 1000) === dayOf(now / 1000));
  said.draw(document, now, silent);
  replay.draw(document, now);
  drawMenu(document, now);
  drawCheckIns();
}

/** @param {number} at by this phone's clock, ms @returns {number} by the canteen's, which in the demonstration is another */
const byCanteen = (at) => (last ? canteenNow(last.document, serverNow()) - (Date.now() - at) * last.document.clock.speed : at);

/** @param {DOMStringMap} data of the card @param {import('./canteen_check_in.js').CheckIn} one @param {'stands' | 'noted' | 'served'} stage */
function standingOf(data, one, stage) {
  if (stage !== 'stands') return data[stage];
  const { speed } = last?.document.clock ?? { speed: 1 };
  const minutes = Math.floor(((Date.now() - one.joined) * speed) / 60_000); // of the canteen's clock, as the time is
  return data.stands.replace('{time}', timeOf(byCanteen(one.joined))).replace('{n}', String(minutes));
}

/** The buttons of who stands in a line: in one line at a time. */
function drawCheckIns() {
  const one = joined.current();
  for (const card of byId('lines').children) {
    const mine = one?.line === card.dataset.line;
    const open = !['closed', 'sold_out'].includes(card.dataset.mode);
    show(card.querySelector('[data-do=join]'), open && !one);
    show(card.querySelector('[data-standing]'), mine);
    if (!mine) continue;
    const data = card.querySelector('[data-standing]').dataset;
    const served = joined.waiting() ? 'noted' : 'served'; // no thanks before the server has it
    const stage = one.served ? served : 'stands';
    const words = standingOf(data, one, stage);
    put(card, 'standing', words);
    put(card, 'waiting', joined.waiting() && !one.served ? data.waiting : '');
    if (spoken !== null && spoken !== stage) tell(words);
    if (spoken !== null) spoken = stage;
    show(card.querySelector('[data-do=serve]'), !one.served);
  }
  show(byId('anonymous'), byId('canteen').dataset.open === 'true');
}

function drawCharts() {
  if (!chart || !last) return;
  const now = canteenNow(last.document, serverNow());
  const drawn = canteen.lines.filter(({ id }) => chart.lines[id]?.hour.length || chart.lines[id]?.usual.length);
  show(byId('charts'), drawn.length > 0 && page.dataset.open === 'true');
  if (byId('charts').hidden) return;
  for (const { id, name } of drawn) drawChart(figureOf(id, name), chart.lines[id], name, now);
}

/** @param {string} id @param {string} name @returns {HTMLElement} */
function figureOf(id, name) {
  const known = byId('chart-list').querySelector(`[data-line="${CSS.escape(id)}"]`);
  if (known) return known;
  const node = document.importNode(/** @type {HTMLTemplateElement} */ (byId('chart-figure')).content, true).firstElementChild;
  Object.assign(node.dataset, { line: id, key: `chart-${id}` });
  Object.assign(node.querySelector('[data-part=name]'), { textContent: name, ...korean(name) });
  byId('chart-list').append(node);
  return node;
}

async function askChart() {
  charted = Date.now();
  const { id, chart: address } = canteen;
  const { ok, data } = await call('GET', address);
  if (!ok || canteen?.id !== id) return;
  chart = data;
  drawCharts();
}

/** @param {any | null} document @param {{at: number, offset: number}} heard */
function heard(document, { at, offset }) {
  const first = document && !last;
  if (!document && !last) return;
  last = { document: document ?? last.document, at, offset };
  if (document || at - written > KEEP_EVERY_MS) {
    written = at;
    kept = keep(person, { last: { [canteen.id]: last } });
  }
  draw();
  joined.again();
  if (first) drawCharts();
}

/** @param {any} next of mine.canteens */
function choose(next) {
  const same = canteen?.id === next.id;
  if (!same || !following) leave();
  if (!same) {
    said.clear();
    byId('chart-list').replaceChildren();
    chart = null;
    last = kept.last[next.id] ?? null;
  }
  canteen = next;
  byId('to-duty').setAttribute('href', `/canteen/duty?canteen=${next.id}`);
  byId('canteen-name').textContent = next.name;
  Object.assign(byId('canteen-name'), korean(next.name));
  show(byId('canteen-name'), true);
  if (last) draw();
  else look('loading');
  wish.draw();
  if (following) return; // its address lives on
  askChart();
  following = follow(next.live, { heard, over, failed });
}

function leave() {
  following?.stop();
  following = null;
}

/** The address is a day old, or was taken back: ask for another. @param {number} status */
function over(status) {
  leave();
  if (status === 401) return signedOut();
  const again = Date.now() - ended < ASK_AGAIN_MS; // a new address was no better: no hurry
  ended = Date.now();
  retry = setTimeout(ask, (again ? RETRY_MS[1] : 0) + Math.random() * RETRY_MS[0]);
  return undefined;
}

/** @param {number} status */
function failed(status) {
  if (!last) look(status === 404 ? 'waiting' : 'unreachable');
}

/** Several canteens are chosen among; the choice stays on the phone. @param {any[]} canteens */
function drawChoice(canteens) {
  const [box, legend] = [byId('which'), byId('which').querySelector('legend')];
  show(box, canteens.length > 1);
  box.replaceChildren(legend, ...canteens.map(({ id, name }) => {
    const input = /** @type {HTMLInputElement} */ (make('input', { type: 'radio', name: 'canteen', value: id }));
    input.checked = id === canteen?.id;
    return make('label', { class: 'chip', ...korean(name) }, input, name);
  }));
}

/** @param {any} mine GET /api/canteen/mine */
function take(mine) {
  kept = keep(person, { mine });
  for (const id of ['to-duty', 'to-menus']) show(byId(id), mine.can_tap);
  show(byId('to-settings'), mine.can_manage);
  show(byId('none-settings'), mine.can_manage);
  const next = chosenOf(kept);
  if (!next) {
    leave();
    canteen = null;
    look('none');
    return;
  }
  choose(next);
  drawChoice(mine.canteens);
}

function signedOut() {
  leave();
  canteen = last = null;
  clearTimeout(retry);
  forget();
  look('signed-out');
}

/** Which canteens there are, and the addresses of their documents, which live for a day. */
async function ask() {
  clearTimeout(retry);
  asked = Date.now();
  const { ok, status, data } = await call('GET', '/api/canteen/mine');
  if (ok) {
    tries = 0;
    return take(data);
  }
  if (status === 401) return signedOut();
  if (!canteen) look('unreachable');
  const [first, most] = RETRY_MS;
  retry = setTimeout(ask, Math.min(most, first * 2 ** tries) * (0.5 + Math.random()));
  tries += 1;
  return undefined;
}

function returned() {
  if (document.hidden) return;
  draw();
  joined.again();
  if (page.dataset.state === 'signed-out' || Date.now() - asked > ASK_AGAIN_MS) ask();
  else if (canteen && Date.now() - charted > CHART_MS) askChart();
}

function tick() {
  if (document.hidden || !canteen) return;
  draw();
  if (last && Date.now() - charted > CHART_MS) askChart();
}

function listen() {
  byId('which').addEventListener('change', ({ target }) => {
    kept = keep(person, { chosen: target.value });
    choose(chosenOf(kept));
  });
  byId('lines').addEventListener('click', ({ target }) => {
    const button = target.closest('[data-do]');
    const card = target.closest('[data-line]');
    if (!button) return;
    spoken = button.dataset.do === 'undo' ? null : (spoken ?? '');
    if (button.dataset.do === 'join') joined.join(card.dataset.line);
    if (button.dataset.do === 'serve') joined.serve();
    if (button.dataset.do === 'undo') joined.undo();
    drawCheckIns();
    // what was pressed may be gone: the focus stays in the card
    if (button.hidden || button.closest('[hidden]')) [...card.querySelectorAll('button')].find((one) => one.checkVisibility())?.focus();
  });
  byId('ask-again').addEventListener('click', () => (following ? following.again() : ask()));
  document.addEventListener('visibilitychange', returned);
  addEventListener('online', () => (canteen ? following?.again() : ask()));
  new ResizeObserver(drawCharts).observe(byId('charts'));
  setInterval(tick, TICK_MS);
}

async function begin() {
  listen();
  person = (await getIdentity().catch(() => null))?.person.id ?? '';
  kept = readKept(person);
  if (kept.mine) take(kept.mine);
  const told = await state;
  const now = told ? told.person?.id ?? '' : person;
  if (now !== person) {
    forget();
    forgetCheckIn();
  }
  person = now;
  kept = readKept(person);
  if (told && !told.person) return signedOut();
  return ask();
}

begin();
