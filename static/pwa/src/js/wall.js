/**
 * A screen on a wall: the lines in letters that are read from six metres. It hangs there for weeks without a hand on it, so
 * it takes a fresh address each day, opens itself anew when the product was updated, and keeps the last state with its age
 * while the server is gone, through a reload too.
 */
// Not needed here: so that the build leaves in one file what the first view loads.
import './records.js';

import { call } from './api.js';
import { lines, put } from './canteen_lines.js';
import { follow } from './canteen_live.js';
import { ago, canteenNow, sayCanteen, sayMenu, silentAfter, timeOf } from './canteen_view.js';
import { t } from './canteen_words.js';
import { keepPage, lookAgain } from './link_worker.js';
import { byId, korean, show } from './screen.js';

const TICK_MS = 1000;
const RENEW_MS = 20 * 3_600_000;
const RETRY_MS = 15_000;
const KEEP_MS = 10_000;
const SPREAD_MS = 3000;
const MINUTE_MS = 60_000;
const GONE = [404, 410];
const wall = byId('wall');
const KEY = `canteen-wall:${wall.dataset.key}`;
const said = lines(byId('lines'), 'line-card', () => {});

let address = wall.dataset.live;
let renewed = Date.now();
let ended = 0;
let renewing = false;
let following = null;
let last = read();
let kept = 0;
let revoked = false;

/** @returns {{document: any, at: number, offset: number} | null} */
function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null');
  } catch {
    return null;
  }
}

function keep() {
  kept = Date.now();
  try {
    localStorage.setItem(KEY, JSON.stringify(last));
  } catch {
    // storage is off: the screen starts empty next time
  }
}

/** @param {string} words @param {boolean} late */
function state(words, late) {
  if (byId('state').textContent !== words) byId('state').textContent = words;
  byId('state').classList.toggle('late', late);
}

function drawMenu(document, now) {
  const menu = sayMenu(document, now);
  show(byId('menu'), menu !== null);
  if (!menu) return;
  byId('menu-title').textContent = menu.title;
  Object.assign(byId('menu-items'), { textContent: menu.items.join(' · '), ...korean(menu.items[0]) });
}

/** Of a server that does not answer each line says how old it is: here it is said where none does. @param {number} silent ms @param {boolean} late */
function sayState(silent, late) {
  const aged = !byId('lines').hidden && byId('lines').querySelector('[data-part=age]:not([hidden])');
  const words = aged ? wall.dataset.mute : wall.dataset.silent.replace('{age}', ago(silent));
  state(late ? words : wall.dataset.fresh, late);
}

function draw() {
  const here = Date.now() + (last?.offset ?? 0);
  byId('clock').textContent = timeOf(last ? canteenNow(last.document, here) : here);
  put(byId('head'), 'clock-name', last?.document.clock.played ? t('clock.played') : '');
  if (!last) return;
  const { document } = last;
  const now = canteenNow(document, here);
  const silent = Math.max(0, Date.now() - last.at);
  const { open, title, next } = sayCanteen(document, now);
  show(byId('lines'), open);
  show(byId('shut'), !open);
  put(byId('shut'), 'title', title);
  put(byId('shut'), 'next', next);
  said.draw(document, now, silent, { unknown: t('note.unknown-wall') });
  drawMenu(document, now);
  if (!revoked) sayState(silent, silent > silentAfter(document));
}

function heard(document, { at, offset }) {
  if (!document && !last) return;
  last = { document: document ?? last.document, at, offset };
  if (document || at - kept > KEEP_MS) keep();
  draw();
}

function listen() {
  following?.stop();
  following = follow(address, { heard, over, failed });
}

/** The address is over: another is asked for; when that was no better, without hurry. */
function over() {
  const again = Date.now() - ended < MINUTE_MS;
  ended = Date.now();
  setTimeout(renew, (again ? RETRY_MS : 0) + Math.random() * SPREAD_MS);
}

/** @param {number} status 404: nothing was told of this canteen yet */
function failed(status) {
  if (!last && status === 404) put(byId('shut'), 'title', wall.dataset.waiting);
}

/** The link opens nothing any more: what it showed goes too. */
function end() {
  revoked = true;
  following?.stop();
  localStorage.removeItem(KEY);
  last = null;
  lookAgain().catch(() => {});
  show(byId('lines'), false);
  show(byId('menu'), false);
  show(byId('shut'), true);
  put(byId('shut'), 'title', wall.dataset.revoked);
  put(byId('shut'), 'next', '');
  state('\u00a0', false);
}

async function renew() {
  if (renewing || revoked) return;
  renewing = true;
  const { ok, status, data } = await call('GET', wall.dataset.renew);
  renewing = false;
  if (GONE.includes(status)) return end();
  if (!ok) return void setTimeout(renew, RETRY_MS * (0.5 + Math.random()));
  if (data.version !== wall.dataset.version) return location.reload();
  renewed = Date.now();
  address = data.live;
  return listen();
}

/** The screen stays on where the browser can see to it; it lets go whenever the page is hidden. */
async function stayOn() {
  if (!document.hidden) await navigator.wakeLock?.request('screen').catch(() => {});
}

function tick() {
  if (!revoked) draw();
  if (Date.now() - renewed < RENEW_MS) return;
  renewed = Date.now(); // asked once; what fails asks again by itself
  renew();
}

draw();
listen();
stayOn();
keepPage().catch(() => {});
document.addEventListener('visibilitychange', stayOn);
setInterval(tick, TICK_MS);
