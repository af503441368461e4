/**
 * All that makes and shows a stamp, in one piece that is loaded only when the phone is ready to
 * stamp: the first view of somebody who is not pays nothing for it.
 */
import { getItem, withLock } from './db.js';
import { makeStamp as makeDeviceStamp, warm as warmDevice } from './device.js';
import { createFixer, practiceFix, readEnvironment } from './fix.js';
import { getIdentity } from './identity.js';
import { warmQr } from './qr.js';
import { onChange } from './queue.js';
import { rowOfItem } from './records.js';
import { drawAhead, openSheet } from './sheet.js';
import { keepOutline } from './sketch.js';
import { t } from './words.js';

export { clockNote } from './clock_note.js';
export { nextKind, readParts } from './device.js';

/** The stamp, its QR drawn while the disk writes. @type {typeof makeDeviceStamp} */
export const makeStamp = (what) => makeDeviceStamp({ forged: drawAhead, ...what });

/** One for the page: measures, and knows how far the phone's clock is off. */
export const fixer = createFixer({
  environment: async () => ({ ...(await readEnvironment()), serverOffset: (await getIdentity())?.serverOffset }),
});

/** Everything a tap needs, tried once, so that the QR comes at once. @returns {Promise<unknown>} */
export const warm = () => Promise.all([warmDevice(), warmQr()]);

/** @param {HTMLSelectElement | null} place the demo's chooser @returns {boolean} whether a chosen place stands for a measured one */
export const practising = (place) => place !== null && place.value !== 'gps';

/** @param {HTMLSelectElement} place @returns {import('./fix.js').FixResult} */
export const chosenFix = (place) => practiceFix(...place.value.split(',').map(Number));

/** The middle of the country, to 1 km: stands for no place in a practice stamp that is never sent. */
const NOWHERE = [36.5, 127.8, 1000];

/** @returns {import('./fix.js').FixResult & {nowhere: true}} */
export const anyFix = () => ({ ...practiceFix(...NOWHERE), nowhere: true });

/**
 * @param {import('./db.js').Item} item just made @param {HTMLSelectElement | null} place the demo's chooser
 * @param {() => void} [closed] @param {boolean} [nowhere] nothing was measured: nothing is pretended
 * @returns {Promise<void>} when its QR is on screen
 */
export function showStamp(item, place, closed, nowhere = false) {
  const row = rowOfItem(item);
  if (nowhere) return openSheet({ ...row, place: t('place.nowhere'), lat: null, lon: null, accuracy: null }, closed);
  const name = practising(place) ? place.selectedOptions[0].dataset.name : '';
  return openSheet({ ...row, place: row.place || name }, closed);
}

const CALM_MS = 3000;
/** Where a browser tells of no idle time, a while later. @param {() => void} work */
const idly = (work) => (globalThis.requestIdleCallback ?? ((then) => setTimeout(then, CALM_MS)))(work);

/** The map of a received stamp, for when there is no network; not while another is being made. @param {string} id */
async function keepMap(id) {
  await withLock('capture', async () => {});
  idly(async () => {
    const item = await getItem(id);
    if (item) keepOutline(rowOfItem(item).outline);
  });
}

onChange(({ id, state }) => state === 'received' && keepMap(id).catch(() => {}));
