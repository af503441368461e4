/**
 * The kitchen's buttons on an old phone, and for who is on duty: a press is seen at once, kept, and sent when
 * it can be. Without this script each button sends its form. No syntax that is younger than the modules.
 */
import { keeper, presses } from './kiosk_queue.js';

const UNDO_MS = 120000;
const LOOK_MS = 10000;
const HOUR_MS = 3600000;
const root = document.getElementById('kiosk');
const built = import.meta.url.indexOf('/dist/') >= 0;

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
  const waiting = document.getElementById('waiting');
  const word = document.getElementById('kiosk-word');
  const queue = presses({
    canteen, api, kept, changed: draw, dropped: gone, timers: window,
    fetch: (path, init) => fetch(path, init), wall: () => Date.now(), mono: () => performance.now(),
    locks: navigator.locks || null,
  });
  const keyOf = (line) => `kiosk-last:${line}`;
  const part = (section, name) => section.querySelector(`[data-part=${name}]`);

  /** The last press of a line: this phone's own, or a younger one that the page came with. @param {HTMLElement} section */
  function lastOf(section) {
    const { line, last, lastAt, lastWhat } = section.dataset;
    const own = kept.get(keyOf(line));
    const at = own && own.stamp.at + (own.stamp.off || 0);
    if (!last || (own && (own.id === last || at >= Number(lastAt)))) return own;
    return { id: last, line, what: lastWhat, undone: false, server: Number(lastAt) };
  }

  const timeOf = (last) => last.server || last.stamp.at + (last.stamp.off || 0);
  const agoOf = (last) => (last.server ? Math.max(0, Date.now() + (queue.off() || 0) - last.server) : queue.elapsed(last.stamp));

  /** @param {any} last @param {number} ago @param {boolean} sending */
  function said(last, ago, sending) {
    const facts = { time: minute(timeOf(last)), what: last.what };
    if (last.undone) return words('saidUndone', facts);
    if (queue.waits(last.id)) return words(sending ? 'saidSending' : 'saidKept', facts);
    return words(last.server && ago > UNDO_MS ? 'saidLast' : 'saidSent', facts);
  }

  function age(ago) {
    if (ago < 60000) return words('saidNow');
    return ago < HOUR_MS ? words('saidMinutes', { n: Math.floor(ago / 60000) }) : words('saidHours', { n: Math.floor(ago / HOUR_MS) });
  }

  function drawLine(section, { sending, over }) {
    const last = lastOf(section);
    const ago = last ? agoOf(last) : 0;
    put(part(section, 'said'), last ? said(last, ago, sending) : '');
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
    waiting.hidden = state.waiting === 0;
    put(waiting.firstElementChild, state.waiting ? words('saidWaiting', { n: state.waiting }) : '');
    const next = state.next && !state.sending ? words('saidNext', { time: exact(state.next + (queue.off() || 0)) }) : words('saidTrying');
    put(document.getElementById('next-try'), state.over ? '' : next);
    put(word, warning(state));
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
    kept.set(keyOf(line), { id, line, stamp, what: button.dataset.what, undone: false });
    for (const one of section.querySelectorAll('.pressed')) one.classList.remove('pressed');
    button.classList.add('pressed');
    draw(queue.state());
  }

  function undone(section) {
    const last = lastOf(section);
    if (!last) return;
    const stamp = last.stamp || { at: last.server, mono: 0, page: '', off: 0 };
    kept.set(keyOf(section.dataset.line), { id: last.id, line: last.line, what: last.what, stamp, undone: true });
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
  const look = () => document.hidden || draw(queue.state());
  setInterval(look, LOOK_MS);
  addEventListener('storage', look);
  addEventListener('online', queue.drain);
  document.addEventListener('visibilitychange', () => document.hidden || queue.drain());
  draw(queue.state());
  queue.drain();
}

/** The phone on the wall opens its page without a network too. */
async function worker() {
  if (!built || !navigator.serviceWorker) return;
  const policy = window.trustedTypes && window.trustedTypes.createPolicy('office-sw', { createScriptURL: () => '/sw.js' });
  await navigator.serviceWorker.register(policy ? policy.createScriptURL('') : '/sw.js', { updateViaCache: 'none' });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ type: 'KIOSK', path: location.pathname });
}

if (root) start(root);
if (root && 'worker' in root.dataset) worker().catch(() => {});
