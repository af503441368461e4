/**
 * The service worker: the app opens without a network and nothing personal is ever kept.
 *
 * Kept: the shells (the same for everyone, fetched without cookies) in both languages, hashed files,
 * public outlines, the kitchen's page of buttons and the screen on a wall as they were last seen. Never kept: pages of signed-in people,
 * answers of the API. A new version waits until a page says that nothing is being stamped or sent; then old
 * caches go.
 */
import { wake } from './js/photo_queue.js';
import { drain } from './js/queue.js';

/* global PRECACHE -- {version, shells, assets}, put in by the build */
const ORIGIN = self.location.origin;
const LANGUAGES = ['ko', 'en'];
/** The web server may name the state of its shells (words, demo flag) in front of this file: then a change updates. */
const KEEP = `shell-${PRECACHE.version}-${self.SHELLS ?? ''}`;
/** The kitchen's page and a wall's name hashed files, so they are kept beside those of their version. */
const KIOSK = `kiosk-${KEEP}`;
const KIOSK_PATH = /^\/canteen\/(kiosk|wall)\/[\w.-]+$/;
const OUTLINES = 'outlines';
const CHOICE = 'choice';
const SLOW_MS = 8000;

const shellUrl = (path, language) => `${path}?lang=${language}`;

/** A hashed file never changes, so one that an older version kept is taken from there. @param {Cache} cache @param {string} url */
async function keepAsset(cache, url) {
  const known = await caches.match(url);
  if (known) return cache.put(url, known);
  return cache.add(new Request(url, { credentials: 'omit' }));
}

/** Without cookies: no session can leak in, no language cookie can come out. @param {Cache} cache @param {string} url */
async function keepShell(cache, url) {
  const answer = await fetch(url, { credentials: 'omit', cache: 'no-cache' });
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  return cache.put(url, answer);
}

/** It is the same for everyone; when its link was revoked, the copy goes as well. @param {string} path @param {Response} answer */
async function keepKiosk(path, answer) {
  const cache = await caches.open(KIOSK);
  if (answer.ok && !answer.redirected) await cache.put(path, answer.clone()).catch(() => {}); // a full disk takes no page away
  if (answer.status === 404 || answer.status === 410) await cache.delete(path);
  return answer;
}

/** @param {string} path */
const seeKiosk = async (path) => keepKiosk(path, await fetch(path, { cache: 'no-cache' }));

/** What an older version kept of them is fetched anew, with this version's files; without a network it waits for the next visit. */
async function renewKiosk() {
  const old = (await caches.keys()).filter((name) => name.startsWith('kiosk-') && name !== KIOSK);
  const kept = await Promise.all(old.map(async (name) => (await caches.open(name)).keys()));
  await Promise.allSettled(kept.flat().map(({ url }) => seeKiosk(new URL(url).pathname)));
}

async function install() {
  const cache = await caches.open(KEEP);
  const shells = PRECACHE.shells.flatMap((path) => LANGUAGES.map((language) => keepShell(cache, shellUrl(path, language))));
  await Promise.all([...PRECACHE.assets.map((url) => keepAsset(cache, url)), ...shells]);
  await renewKiosk();
}

async function activate() {
  const old = (name) => /^(kiosk-)?shell-/.test(name) && name !== KEEP && name !== KIOSK;
  for (const name of (await caches.keys()).filter(old)) await caches.delete(name);
  await self.clients.claim();
}

/** @param {string} language */
async function choose(language) {
  if (!LANGUAGES.includes(language)) return;
  await (await caches.open(CHOICE)).put('/language', new Response(language));
}

/** @param {URL} url @returns {Promise<string>} asked for, chosen before, or the browser's */
async function languageOf(url) {
  const asked = url.searchParams.get('lang');
  if (LANGUAGES.includes(asked)) {
    await choose(asked);
    return asked;
  }
  const chosen = await caches.match('/language', { cacheName: CHOICE });
  if (chosen) return chosen.text();
  return navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => LANGUAGES.includes(tag)) ?? 'ko';
}

/** @param {URL} url @param {string} path of a shell @returns {Promise<Response | undefined>} */
const shell = async (url, path) => caches.match(shellUrl(path, await languageOf(url)), { cacheName: KEEP });

/** @param {Request} request @param {URL} url */
async function page(request, url) {
  if (PRECACHE.shells.includes(url.pathname)) return (await shell(url, url.pathname)) ?? fetch(request);
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), SLOW_MS);
  const kiosk = KIOSK_PATH.test(url.pathname);
  try {
    const answer = await fetch(request, { signal: slow.signal });
    return kiosk ? await keepKiosk(url.pathname, answer) : answer;
  } catch {
    const seen = kiosk && (await caches.match(url.pathname, { cacheName: KIOSK, ignoreVary: true }));
    if (seen) return seen;
    const searched = /^\/directory(\/entry\/.*)?$/.test(url.pathname); // what is kept on the phone serves as well
    return (await shell(url, searched ? '/directory/offline' : '/offline')) ?? Response.error();
  } finally {
    clearTimeout(timer); // the answer began: a long file may take its time
  }
}

/** @param {Request} request */
const asset = async (request) => (await caches.match(request.url, { cacheName: KEEP })) ?? fetch(request);

/** @param {Request} request */
async function outline(request) {
  const cache = await caches.open(OUTLINES);
  const known = await cache.match(request.url);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request.url, answer.clone());
  return answer;
}

/**
 * Stamps and photos are both ended before the browser may stop us, whichever of them fails first.
 * @param {boolean} last whether the browser will not wake us again for this
 */
async function sync(last) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const watched = windows.some(({ visibilityState }) => visibilityState === 'visible');
  const ends = await Promise.allSettled([drain({ force: true }), wake({ watched, last })]);
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason; // so that the browser wakes us again
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('sync', (event) => event.waitUntil(sync(event.lastChance)));
self.addEventListener('message', (event) => {
  const { data } = event;
  if (data?.type === 'SKIP_WAITING') self.skipWaiting();
  if (data?.type === 'LANGUAGE') choose(data.language);
  if (data?.type === 'KIOSK' && KIOSK_PATH.test(data.path)) event.waitUntil(seeKiosk(data.path).catch(() => {}));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== ORIGIN) return;
  if (request.mode === 'navigate') event.respondWith(page(request, url));
  else if (url.pathname.startsWith('/static/pwa/dist/')) event.respondWith(asset(request));
  else if (url.pathname.startsWith('/api/outlines/')) event.respondWith(outline(request));
});
