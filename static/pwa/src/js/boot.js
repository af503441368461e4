/**
 * What every page does: theme and language, the service worker and its updates, the count of what
 * waits to be sent, and who uses this phone. Page modules import `state` from here.
 */
import { countPhotos, get, withLock } from './db.js';
import { getIdentity, refreshState } from './identity.js';
import { news, onChange, start, summary } from './queue.js';
// Not needed here: the build then puts what most pages share into the one file that all of them
// load, because a request costs more than these bytes.
import './rows.js';
import { byId, make, show } from './screen.js';
import { t } from './words.js';

const YEAR_S = 31_536_000;
const LOOK_FOR_UPDATE_MS = 3_600_000;
const ASK_MS = 2000;
const SWAP_MS = 3000;
const root = document.documentElement;
const inApp = document.querySelector('.tabs') !== null;
/** Un-built sources run without a worker: there is no list of files to keep. */
const built = import.meta.url.includes('/dist/');

/** @param {string} name @param {string} value */
export function remember(name, value) {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
}

/** @param {'auto' | 'light' | 'contrast'} theme */
export function setTheme(theme) {
  root.dataset.theme = theme;
  remember('theme', theme);
  byId('contrast')?.setAttribute('aria-pressed', String(theme === 'contrast'));
}

function themes() {
  const button = byId('contrast');
  button?.setAttribute('aria-pressed', String(root.dataset.theme === 'contrast'));
  button?.addEventListener('click', () => setTheme(root.dataset.theme === 'contrast' ? 'light' : 'contrast'));
}

function languages() {
  for (const link of document.querySelectorAll('[data-lang]')) {
    link.addEventListener('click', () => remember('lang', link.dataset.lang));
  }
  navigator.serviceWorker?.controller?.postMessage({ type: 'LANGUAGE', language: root.lang });
  const here = new URL(location.href);
  if (!here.searchParams.has('lang') && !here.searchParams.has('source')) return;
  here.searchParams.delete('lang');
  here.searchParams.delete('source');
  history.replaceState(history.state, '', here);
}

/** Tell the person, on the tab and on the icon, how much waits. */
async function badge() {
  const identity = await getIdentity();
  const { waiting, quarantined } = await summary({ personId: identity?.person.id });
  const count = waiting + quarantined + (await countPhotos(identity?.person.id)).unsent;
  const node = byId('unsent');
  if (node) {
    node.replaceChildren(make('span', { 'aria-hidden': 'true' }, String(count)), make('span', { class: 'sr' }, t('unsent', { count })));
    show(node, count > 0);
  }
  if (count) navigator.setAppBadge?.(count).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
}

/** The photos' queue is fetched on a phone that has photos, and by the page that takes them. */
async function photos() {
  if (!(await countPhotos()).kept) return;
  (await import('./photo_later.js')).start();
}

/** An update waits until no stamp is being made and nothing is being sent, in any tab. @param {ServiceWorker} worker */
async function replaceBy(worker, bar) {
  bar.replaceChildren(make('span', {}, t('update.waiting')));
  const swap = () => new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
    // Chromium gives the change up when a request reaches the old worker in the same moment: it then comes with
    // the next page that is opened, so open one.
    setTimeout(resolve, SWAP_MS);
    worker.postMessage({ type: 'SKIP_WAITING' });
  }).then(() => location.reload());
  await withLock('capture', () => withLock('queue', () => withLock('photo-queue', swap)));
}

/** @param {ServiceWorker} worker */
function offer(worker) {
  if (byId('update')) return;
  const bar = make('div', { class: 'bar news', id: 'update', role: 'status' }, make('span', {}, t('update.ready')));
  const button = make('button', { class: 'btn', type: 'button' }, t('update.now'));
  button.addEventListener('click', () => replaceBy(worker, bar));
  bar.append(button);
  byId('bars')?.append(bar);
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  const tell = (worker) => worker && navigator.serviceWorker.controller && offer(worker);
  tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => worker.state === 'installed' && tell(worker));
  });
  let looked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || Date.now() - looked < LOOK_FOR_UPDATE_MS) return;
    looked = Date.now();
    registration.update().catch(() => {});
  });
}

/** @returns {string} the worker's address, as a TrustedScriptURL where the browser asks for one */
function workerUrl() {
  const policy = globalThis.trustedTypes?.createPolicy('office-sw', { createScriptURL: () => '/sw.js' });
  return policy ? policy.createScriptURL('/sw.js') : '/sw.js';
}

/** A citizen who scans a QR gets no app: the worker comes with the app's own pages only. */
async function worker() {
  if (!navigator.serviceWorker) return;
  if (!built) {
    for (const old of await navigator.serviceWorker.getRegistrations()) await old.unregister();
    return;
  }
  if (!inApp && location.pathname !== '/') return;
  watch(await navigator.serviceWorker.register(workerUrl(), { updateViaCache: 'none' }));
}

/** Who uses this phone, as it knows itself: gone after a log-out in any tab. */
const user = async () => (await getIdentity().catch(() => null))?.person;
/** Whose page this is: what phone and server said when it was drawn. */
const owner = { local: undefined, told: undefined };

async function who() {
  const state = inApp ? await refreshState().catch(() => null) : null;
  const known = await user();
  Object.assign(owner, { local: known?.id, told: state ? state.person?.id ?? '' : undefined });
  const role = state?.person?.role ?? known?.role;
  if ('shell' in root.dataset && role) {
    root.dataset.role = role;
    localStorage.setItem('role', role);
  }
  badge().catch(() => {});
  return state;
}

/** @returns {Promise<boolean>} whether the page still belongs to who looks at it now; the server may take its time */
async function same() {
  if ((await user())?.id !== owner.local) return false;
  const slow = new Promise((resolve) => setTimeout(resolve, ASK_MS, null));
  const told = await Promise.race([refreshState().catch(() => null), slow]);
  if (told && owner.told !== undefined && (told.person?.id ?? '') !== owner.told) return false;
  return (await user())?.id === owner.local;
}

/** A page that comes back from the browser's memory shows nothing before it is known that the same person looks. */
function returns() {
  addEventListener('pagehide', () => root.toggleAttribute('data-away', inApp));
  addEventListener('pageshow', async ({ persisted }) => {
    if (persisted && inApp && !(await same())) return location.reload();
    return root.removeAttribute('data-away');
  });
}

/** GET /api/state, asked for once a page; null without a network. @type {Promise<any | null>} */
export const state = who();

/** The browser's offer to install, kept for the set-up page. @type {{event: any, changed: () => void}} */
export const installation = { event: null, changed: () => {} };
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  installation.event = event;
  installation.changed();
});

document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest' }); // more tabs than fit
themes();
returns();
languages();
show(byId('insecure'), !isSecureContext);
start();
const count = () => void badge().catch(() => {});
onChange(count);
news('photos').listen(({ offset }) => offset ?? count());
/** The number beside the bell, for who is signed in. */
async function bell() {
  if (inApp && (await state)?.person) (await import('./bell.js')).watch();
}
/** What this phone keeps of the directory is renewed: an entry may be hidden by now. */
async function kept() {
  const person = inApp && (await state)?.person;
  if (person && (await get(`directory:${person.id}`))) await (await import('./directory_renew.js')).sometimes(person.id);
}
const later = () => void Promise.allSettled([worker(), photos(), bell(), kept()]);
if (document.readyState === 'complete') later();
else addEventListener('load', later, { once: true });
