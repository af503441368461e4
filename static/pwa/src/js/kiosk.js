/**
 * The kitchen's buttons on an old phone, and for who is on duty: a press is seen at once, kept, and sent when
 * it can be. Without this script each button sends its form. No syntax that is younger than the modules.
 */
import { keeper, presses } from './kiosk_queue.js';
import { keepPage } from './link_worker.js';

const UNDO_MS = 120000;
const LOOK_MS = 10000;
const ASK_MS = 60000;
const HOUR_MS = 3600000;
const root = document.getElementById('kiosk');

/** @returns {Storage | null} */
function storage() {
  try {
    return localStorage;
  } catch (error) {
    return null;
  }
}

const clock = (seconds) => (ms) => new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: 'Asia/Seoul', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', second: seconds ? '2-digit' : undefined,
}).format(ms);
const minute = clock(false);
const exact = clock(true);

/** @param {string} name of data-said-… @param {Record<string, string | number>} [facts] */
function words(name, facts) {
  return Object.keys(facts || {}).reduce((text, one) => text.replace(`{${one}}`, String(facts[one])), root.dataset[name]);
}

/** Only what changes is written: a screen reader says what is written. @param {Element} node @param {string} text */
function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {HTMLElement} kiosk */
function start(kiosk) {
  const kept = keeper(storage());
  const { canteen, api } = kiosk.dataset;
  const sections = Array.from(kiosk.querySelectorAll('section[data-line]'));
  const tabs = Array.from(kiosk.querySelectorAll('a[data-line]'));
  const word = document.getElementById('kiosk-word');
  const queue = presses({
    canteen, api, kept, changed: draw, dropped: gone, lines: (states) => learn(states), timers: window,
    fetch: (path, init) => fetch(path, init), wall: () => Date.now(), mono: () => performance.now(),
    locks: navigator.locks || null,
  });
  let stateAsked = 0;
  const keyOf = (line) => `kiosk-last:${line}`;
  const stateKey = (line) => `kiosk-state:${line}`;
  const part = (section, name) => section.querySelector(`[data-part=${name}]`);

  /** The last press of a line: this phone's own, or a younger one that the page came with. @param {HTMLElement} section */
  function lastOf(section) {
    const { line, last, lastAt, lastWhat, lastKind } = section.dataset;
    const own = kept.get(keyOf(line));
    const at = own && own.stamp.at + (own.stamp.off || 0);
    if (!last || (own && (own.id === last || at >= Number(lastAt)))) return own;
    return { id: last, line, what: lastWhat, kind: lastKind, undone: false, server: Number(lastAt) };
  }

  /** How a line is: as was pressed here and not sent yet, else as the server said last. @param {HTMLElement} section */
  function stateOf(section) {
    const { line, state } = section.dataset;
    const own = kept.get(stateKey(line));
    return queue.wanted(line) || (own && own.at >= Number(kiosk.dataset.made) ? own.state : state);
  }

  /** @param {Record<string, string>} states by line @param {string | null} [date] of the answer, which has lost its parts of a second */
  function learn(states, date) {
    const at = (Date.parse(date || '') || Date.now() + (queue.off() || 0)) + 1000;
    stateAsked = Date.now();
    for (const line of Object.keys(states)) kept.set(stateKey(line), { state: states[line], at });
  }

  /** What others pressed, and what a meal that is over left behind. */
  async function ask() {
    stateAsked = Date.now();
    try {
      const answer = await fetch(kiosk.dataset.states, { cache: 'no-store', redirect: 'error', headers: { Accept: 'application/json' } });
      const told = await answer.json();
      if (answer.status === 410) queue.end();
      else if (answer.ok && told.states) learn(told.states, answer.headers.get('Date'));
      draw(queue.state());
    } catch (error) {
      // no network: what was known stays
    }
  }

  const timeOf = (last) => last.server || last.stamp.at + (last.stamp.off || 0);
  const agoOf = (last) => (last.server ? Math.max(0, Date.now() + (queue.off() || 0) - last.server) : queue.elapsed(last.stamp));

  /** @param {any} last @param {number} ago @param {{sending: boolean, over: string}} state */
  function said(last, ago, { sending, over }) {
    const facts = { time: minute(timeOf(last)), what: last.what };
    if (last.undone) return words('saidUndone', facts);
    if (over === 'revoked' && queue.waits(last.id)) return words('saidUnsent', facts);
    if (queue.waits(last.id)) return words(sending ? 'saidSending' : 'saidKept', facts);
    return words(last.server && ago > UNDO_MS ? 'saidLast' : 'saidSent', facts);
  }

  function age(ago) {
    if (ago < 60000) return words('saidNow');
    return ago < HOUR_MS ? words('saidMinutes', { n: Math.floor(ago / 60000) }) : words('saidHours', { n: Math.floor(ago / HOUR_MS) });
  }

  /** @param {HTMLElement} section @param {any} last */
  function drawState(section, last) {
    const state = stateOf(section);
    const buttons = Array.from(section.querySelectorAll('[aria-pressed]'));
    const on = buttons.filter((one) => one.value === state)[0];
    for (const one of buttons) one.setAttribute('aria-pressed', String(one === on));
    put(part(section, 'state'), words('saidState', { state: on ? on.dataset.what : words('saidNone') }));
    const still = { closed: 'saidClosed', sold_out: 'saidSoldout' }[state];
    put(part(section, 'still'), still && last && last.kind === 'mark' && !last.undone && agoOf(last) < UNDO_MS ? words(still) : '');
  }

  function drawWaiting(section, { waiting, next, sending, over }) {
    const node = part(section, 'waiting');
    node.hidden = waiting === 0 || over === 'revoked'; // nothing is promised that will not be
    put(node.firstElementChild, waiting ? words('saidWaiting', { n: waiting }) : '');
    const when = next && !sending ? words('saidNext', { time: exact(next + (queue.off() || 0)) }) : words('saidTrying');
    put(part(section, 'next'), over ? '' : when);
  }

  function drawLine(section, state) {
    const { over } = state;
    const last = lastOf(section);
    const ago = last ? agoOf(last) : 0;
    drawState(section, last);
    drawWaiting(section, state);
    put(part(section, 'said'), last ? said(last, ago, state) : '');
    put(part(section, 'age'), last ? age(ago) : '');
    part(section, 'undo').hidden = !last || last.undone || ago >= UNDO_MS || over !== '';
  }

  /** What a person must know, the worst first. */
  function warning({ over, old, refused, unsaved }) {
    if (over) return words(over === 'revoked' ? 'saidRevoked' : 'saidSignedout');
    if (refused) return words('saidRefused', { n: refused });
    if (old) return words('saidOld', { n: old });
    return unsaved ? words('saidMemory') : '';
  }

  function draw(state) {
    for (const section of sections) drawLine(section, state);
    const warned = word.textContent;
    put(word, warning(state));
    if (!warned && word.textContent) word.scrollIntoView({ block: 'center' });
    for (const button of kiosk.querySelectorAll('button')) button.disabled = state.over === 'revoked';
  }

  function gone({ id, line }) {
    const last = kept.get(keyOf(line));
    if (last && last.id === id) kept.remove(keyOf(line));
  }

  function choose(line) {
    for (const section of sections) section.hidden = section.dataset.line !== line;
    for (const tab of tabs) {
      if (tab.dataset.line === line) tab.setAttribute('aria-current', 'true');
      else tab.removeAttribute('aria-current');
    }
    kept.set(`kiosk-line:${canteen}`, line);
  }

  function pressed(section, button) {
    const kind = button.value.split(':')[0];
    const people = kind === 'mark' ? Number(button.value.split(':')[1]) : null;
    const { id, line, stamp } = queue.press(section.dataset.line, kind, people);
    kept.set(keyOf(line), { id, line, stamp, kind, what: button.dataset.what, undone: false });
    for (const one of section.querySelectorAll('.pressed')) one.classList.remove('pressed');
    if (kind === 'mark') button.classList.add('pressed');
    draw(queue.state());
  }

  function undone(section) {
    const last = lastOf(section);
    if (!last) return;
    const stamp = last.stamp || { at: last.server, mono: 0, page: '', off: 0 };
    kept.set(keyOf(section.dataset.line), { id: last.id, line: last.line, what: last.what, kind: last.kind, stamp, undone: true });
    queue.undo({ id: last.id, line: last.line, stamp });
    for (const one of section.querySelectorAll('.pressed')) one.classList.remove('pressed');
    draw(queue.state());
    section.querySelector('button').focus({ preventScroll: true }); // the one that had it is gone
  }

  for (const section of sections) {
    section.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button) return;
      event.preventDefault();
      if (button.name === 'press') pressed(section, button);
      else undone(section);
    });
  }
  for (const tab of tabs) {
    tab.addEventListener('click', (event) => {
      event.preventDefault();
      choose(tab.dataset.line);
    });
  }
  const before = kept.get(`kiosk-line:${canteen}`);
  const asked = /[?&]line=/.test(location.search);
  if (!asked && sections.some((one) => one.dataset.line === before)) choose(before);
  function look() {
    if (document.hidden) return;
    draw(queue.state());
    if (Date.now() - stateAsked > ASK_MS) ask();
  }
  setInterval(look, LOOK_MS);
  addEventListener('storage', look);
  addEventListener('online', queue.drain);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    queue.drain();
    look();
  });
  look();
  queue.drain();
}

if (root) start(root);
if (root && 'worker' in root.dataset) keepPage().catch(() => {});
