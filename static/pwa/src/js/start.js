/** First use, in the office, on one screen: consent, permission, key, home screen, practice stamp; or the key alone. */
import { call } from './api.js';
import { installation, state } from './boot.js';
import { withLock } from './db.js';
import { enrol, getDevice, getIdentity, refreshState, standing } from './identity.js';
import { byId, make, show } from './screen.js';
import { t } from './start_words.js';

const PROMPT_MS = 8000;
const place = /** @type {HTMLSelectElement | null} */ (byId('place'));
const tools = () => import('./stamping.js');
const step = (name) => document.querySelector(`[data-step=${name}]`);
let version = '';
let busy = false;

/** @param {string} name @param {'todo' | 'done' | 'denied' | 'optional'} how */
function mark(name, how) {
  const row = step(name);
  const badge = row.querySelector('[data-badge]');
  row.toggleAttribute('data-done', how === 'done');
  badge.textContent = t(`step.${how}`);
  badge.className = `badge ${{ done: 'good', denied: 'bad' }[how] ?? ''}`;
}

/** @param {string} words "" hides it */
function problem(words) {
  byId('problem').textContent = words;
  show(byId('problem'), words !== '');
}

function permissionWords(words) {
  const node = step('permission').querySelector('[data-more]');
  node.textContent = words;
  show(node, words !== '');
}

/** Lets the browser ask. @returns {Promise<void>} settles in any case */
function permission() {
  return new Promise((resolve) => {
    const settle = (how, words) => {
      mark('permission', how);
      permissionWords(words);
      resolve();
    };
    if (!navigator.geolocation) return settle('optional', t('start.no-position'));
    return navigator.geolocation.getCurrentPosition(
      () => settle('done', ''),
      ({ code }) => (code === 1 ? settle('denied', t('start.denied')) : settle('done', t('start.no-position'))),
      { enableHighAccuracy: false, maximumAge: 60_000, timeout: PROMPT_MS },
    );
  });
}

async function consent() {
  const { ok, data } = await call('GET', '/api/consent');
  if (!ok) return problem(t('start.network'));
  version = data.version;
  byId('consent').replaceChildren(
    ...data.paragraphs.map(({ heading, body }) => make('div', {}, make('h3', {}, heading), make('p', {}, body))),
  );
  byId('go').disabled = false;
  return undefined;
}

async function makeKey() {
  await enrol();
  await refreshState();
  mark('key', 'done');
  navigator.storage?.persist?.().catch(() => {});
}

async function agreeAndEnrol() {
  const answer = await call('POST', '/api/consent', { version });
  if (!answer.ok) throw answer.problem;
  await refreshState();
  mark('consent', 'done');
  await makeKey();
}

/** @param {HTMLElement} button says that it works @param {() => Promise<unknown>} work @param {string} [after] what the button says then */
async function working(button, work, after = button.textContent) {
  if (busy) return;
  busy = true;
  problem('');
  button.textContent = t('start.working');
  try {
    await work();
  } catch (error) {
    const reason = error.title || error.message || error.code;
    problem(['network', 'timeout'].includes(error.code) ? t('start.network') : t('start.failed', { reason }));
  } finally {
    busy = false;
    button.textContent = after;
  }
}

/** One tap does it all; what the browser asks for is asked meanwhile. */
const go = () =>
  working(byId('go'), async () => {
    const asked = permission();
    await agreeAndEnrol();
    ready();
    await asked;
  }, t('start.again'));

/** A key without consent: photos can be taken and sent, stamps not. */
const keyOnly = () =>
  working(byId('key-only'), async () => {
    await makeKey();
    await progress();
    byId('key-made').focus();
  });

/** Registering again is no consent: it is asked for only where it was given. */
const register = async () => ((await getIdentity())?.consentAgreed ? go() : keyOnly());

/** Why an earlier set-up no longer counts, and the one way on. @param {string} now of `standing` @param {boolean} [agreed] */
function lapsed(now, agreed) {
  for (const card of document.querySelectorAll('[data-problem]')) show(card, card.dataset.problem === now);
  const again = { revoked: agreed && 'start.register', withdrawn: 'start.agree-again' }[now];
  if (again) byId('go').textContent = t(again);
}

/** Photos need the key, not the consent. @param {boolean} enrolled */
function photosOnly(enrolled) {
  const part = byId('photos-only');
  show(byId('key-needed'), !enrolled);
  show(byId('key-made'), enrolled);
  if (enrolled || location.hash === '#photos-only') byId('agree').before(part);
}

const practised = () => localStorage.getItem('practised') !== null;

function ready() {
  show(byId('agree'), false);
  show(byId('photos-only'), false);
  lapsed('ready');
  byId('practice').disabled = false;
  byId('practice-hint').textContent = t(practised() ? 'start.done' : 'start.ready');
  byId('practice').focus();
  show(byId('done'), true);
  tools().then(({ warm }) => warm()).catch(() => {});
}

/** @returns {Promise<import('./fix.js').FixResult>} */
async function position() {
  const { anyFix, chosenFix, fixer, practising } = await tools();
  return practising(place) ? chosenFix(place) : fixer.collect().catch(anyFix);
}

async function practise() {
  if (busy) return;
  busy = true;
  problem('');
  try {
    const fixResult = await position();
    const { makeStamp, showStamp } = await tools();
    const item = await withLock('capture', () => makeStamp({ kind: 'start', fixResult, practice: true, send: !fixResult.nowhere }));
    localStorage.setItem('practised', '1');
    mark('practice', 'done');
    byId('practice-hint').textContent = t('start.done');
    await showStamp(item, place, () => byId('done').focus(), fixResult.nowhere);
  } catch (error) {
    problem(t('start.failed', { reason: error.title || error.message || error.code }));
  } finally {
    busy = false;
  }
}

const installed = () => navigator.standalone === true || matchMedia('(display-mode: standalone)').matches;

function install() {
  const ios = /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
  const done = installed();
  mark('install', done ? 'done' : 'optional');
  show(byId('install'), !done && Boolean(installation.event));
  show(byId('install-ios'), !done && ios);
  show(byId('install-first'), !done && ios);
  if (!done && ios) {
    byId('install-first').append(byId('install-ios')); // before consent and key are made in the wrong storage
    byId('install-ios').open = true;
  }
  show(byId('install-other'), done || (!ios && !installation.event));
  if (done) byId('install-other').textContent = t('start.installed');
}

async function askInstall() {
  const { event } = installation;
  installation.event = null;
  await event.prompt();
  await event.userChoice;
  install();
}

/** What is done already, from the disk and the browser: a reload loses nothing. */
async function progress() {
  const identity = await getIdentity();
  const device = identity && (await getDevice(identity.person.id));
  const enrolled = Boolean(device?.enrolled && !device.revoked);
  mark('consent', identity?.consentAgreed ? 'done' : 'todo');
  mark('key', enrolled ? 'done' : 'todo');
  const allowed = (await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null))?.state;
  mark('permission', { granted: 'done', denied: 'denied' }[allowed] ?? 'todo');
  permissionWords(allowed === 'denied' ? t('start.denied') : '');
  mark('practice', practised() ? 'done' : 'todo');
  if (identity?.consentAgreed && enrolled) return ready();
  photosOnly(enrolled);
  return lapsed(standing(identity, device), identity?.consentAgreed);
}

async function begin() {
  byId('go').addEventListener('click', go);
  byId('key-only').addEventListener('click', keyOnly);
  document.querySelector('[data-do=agree]').addEventListener('click', register);
  for (const button of document.querySelectorAll('[data-do=consent]')) button.addEventListener('click', () => byId('consent').focus());
  byId('practice').addEventListener('click', practise);
  byId('install').addEventListener('click', askInstall);
  document.querySelector('[data-do=reload]').addEventListener('click', () => location.reload());
  installation.changed = install;
  addEventListener('appinstalled', () => mark('install', 'done'));
  if (place) place.value = matchMedia('(pointer: coarse)').matches ? 'gps' : place.options[0].value;
  install();
  await progress();
  const told = await state;
  show(byId('offline'), told === null);
  if (told === null || !isSecureContext) return ['agree', 'photos-only'].forEach((id) => show(byId(id), false));
  if (!told.signed_in) return location.replace('/login?next=/start');
  if (told.person.role === 'operator') return location.replace('/me'); // makes no stamps
  await progress();
  byId('key-only').disabled = false;
  return consent();
}

begin();
