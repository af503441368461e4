/**
 * The service worker: the app opens without a network and nothing personal is ever kept.
 *
 * Kept: the shells (the same for everyone, fetched without cookies) in both languages, hashed files,
 * public outlines. Never kept: pages of signed-in people, answers of the API. A new version waits
 * until a page says that nothing is being stamped or sent; then old caches go.
 */
import { wake } from './js/photo_queue.js';
import { drain } from './js/queue.js';

/* global PRECACHE -- {version, shells, assets}, put in by the build */
const ORIGIN = self.location.origin;
const LANGUAGES = ['ko', 'en'];
/** The web server may name the state of its shells (words, demo flag) in front of this file: then a change updates. */
const KEEP = `shell-${PRECACHE.version}-${self.SHELLS ?? ''}`;
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

async function install() {
  const cache = await caches.open(KEEP);
  const shells = PRECACHE.shells.flatMap((path) => LANGUAGES.map((language) => keepShell(cache, shellUrl(path, language))));
  await Promise.all([...PRECACHE.assets.map((url) => keepAsset(cache, url)), ...shells]);
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith('shell-') && name !== KEEP) await caches.delete(name);
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
  try {
    return await fetch(request, { signal: slow.signal });
  } catch {
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
self.addEventListener('message', ({ data }) => {
  if (data?.type === 'SKIP_WAITING') self.skipWaiting();
  if (data?.type === 'LANGUAGE') choose(data.language);
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== ORIGIN) return;
  if (request.mode === 'navigate') event.respondWith(page(request, url));
  else if (url.pathname.startsWith('/static/pwa/dist/')) event.respondWith(asset(request));
  else if (url.pathname.startsWith('/api/outlines/')) event.respondWith(outline(request));
});
