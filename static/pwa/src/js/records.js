/**
 * Stamps as a person sees them: what lies on this device and what the server tells, one list.
 * The device's own word wins for what it alone knows (coordinates, waiting, refused).
 */
import { call } from './api.js';
import { listItems } from './db.js';
import { clock, dayOf, distance, shortCode } from './screen.js';
import { WORDS, t } from './words.js';

/**
 * @typedef {object} Row
 * @property {string} id hex cti
 * @property {string} trip
 * @property {'start' | 'arrive' | 'return'} kind
 * @property {number} capturedAt unix seconds
 * @property {number | null} accuracy metres
 * @property {number | null} lat
 * @property {number | null} lon
 * @property {string} place "" when not known yet
 * @property {string} outline code of the municipality, "" when not known
 * @property {string} uuid of the server's stamp, "" when it has none
 * @property {'ready' | 'sending' | 'received' | 'quarantined' | 'practice'} state
 * @property {{code: string, title: string, detail: string} | null} lastError
 * @property {boolean} practice
 * @property {boolean} coarse
 * @property {number | null} voidedAt
 * @property {import('./db.js').Item | null} voiding the cancellation, while this device still has it
 * @property {string} url
 * @property {string} sha256 hex
 * @property {import('./db.js').Item | null} item null when this device did not make it
 */

/** @param {any} place of a server stamp @returns {string} */
export const placeName = (place) =>
  place?.name || [place?.sido, place?.sigungu, place?.emd].filter(Boolean).join(' ') || '';

/**
 * @param {import('./db.js').Item} item a stamp @param {import('./db.js').Item | null} [voiding] its cancellation
 * @returns {Row}
 */
export function rowOfItem(item, voiding = null) {
  const { id, trip, kind, capturedAt, accuracy, lat, lon, state, lastError, practice, coarse, voidedAt, url, sha256, server } = item;
  const place = server ? placeName(server.place) || t('place.unknown') : '';
  const known = { place, outline: server?.place?.sigungu_code ?? '', uuid: server?.id ?? '' };
  const told = { id, trip, kind, capturedAt, accuracy, lat, lon, state, lastError, practice, coarse, voidedAt, url, sha256 };
  return { ...told, ...known, item, voiding };
}

/** @param {any} stamp as the server tells it @returns {Row} */
export function rowOfStamp(stamp) {
  return {
    ...{ id: stamp.cti, trip: stamp.trip, kind: stamp.kind, capturedAt: stamp.captured_at, accuracy: stamp.accuracy_m },
    ...{ lat: null, lon: null, place: placeName(stamp.place) || t('place.unknown') },
    ...{ outline: stamp.place?.sigungu_code ?? '', uuid: stamp.id, state: 'received', lastError: null },
    ...{ practice: stamp.practice, coarse: stamp.coarse, voidedAt: stamp.voided_at, url: stamp.url, sha256: stamp.sha256, item: null, voiding: null },
  };
}

/** @param {string} personId @returns {Promise<Row[]>} newest first */
export async function localRows(personId) {
  const items = await listItems({ personId });
  const voids = new Map(items.filter(({ type }) => type === 'void').map((item) => [item.stampId, item]));
  return items.filter(({ type }) => type === 'stamp').map((item) => rowOfItem(item, voids.get(item.id))).reverse();
}

/**
 * @param {string} month YYYY-MM
 * @returns {Promise<{rows: Row[], months: string[], status: number}>} status 0 without an answer
 */
export async function serverRows(month) {
  const { data, status } = await call('GET', `/api/stamps?month=${month}`);
  return { rows: (data?.stamps ?? []).map(rowOfStamp), months: data?.months ?? [], status };
}

/** @param {Row[]} local @param {Row[]} remote @returns {Row[]} newest first, each stamp once */
export function merge(local, remote) {
  const told = new Map(remote.map((row) => [row.id, row]));
  const own = local.map((row) => {
    const { place, outline, uuid, voidedAt } = told.get(row.id) ?? row;
    told.delete(row.id);
    return { ...row, place, outline, uuid, voidedAt: row.voidedAt ?? voidedAt };
  });
  return [...own, ...told.values()].sort((a, b) => b.capturedAt - a.capturedAt);
}

/** @param {Row} row @returns {'ready' | 'sending' | 'received' | 'quarantined' | 'practice' | 'void'} */
export const stateOf = (row) => (row.voidedAt ? 'void' : row.state);

/**
 * Why something waits or was refused, in the server's words or ours.
 * @param {{code: string, title: string} | null} error @returns {string} "" without one
 */
export function reasonOf(error) {
  if (!error) return '';
  const { code, title } = error;
  const status = /^http-(\d+)$/.exec(code)?.[1];
  if (status) return title || t('reason.http', { status });
  return title || (`reason.${code}` in WORDS ? t(`reason.${code}`) : code);
}

/** @param {Row} row @returns {string} "" without coordinates */
const pointOf = ({ lat, lon }) => (lat === null ? '' : `${lat.toFixed(4)}, ${lon.toFixed(4)}`);

/** @param {Row} row @returns {string} */
export function placeOf(row) {
  const point = pointOf(row);
  if (row.place || !point) return row.place || t('place.unknown');
  return row.state === 'practice' ? t('place.practice') : t('place.later', { point });
}

/** @param {Row} row @returns {string} */
export const accuracyOf = ({ accuracy, coarse, state }) =>
  state === 'practice' && accuracy === null ? t('accuracy.none') : t(coarse ? 'accuracy.coarse' : 'accuracy.about', { accuracy: distance(accuracy) });

/** Text for the trip report. @param {Row[]} rows @returns {string} oldest first, a line each */
export function summaryOf(rows) {
  const lines = [];
  let day = '';
  for (const row of [...rows].sort((a, b) => a.capturedAt - b.capturedAt)) {
    if (dayOf(row.capturedAt) !== day) lines.push((day = dayOf(row.capturedAt)));
    const marks = [row.practice && t('short.practice'), row.voidedAt && t('short.void')].filter(Boolean).map((word) => ` · ${word}`);
    lines.push(
      t('summary.line', {
        ...{ time: clock(row.capturedAt), kind: t(row.kind), place: row.place || pointOf(row) || placeOf(row) },
        ...{ accuracy: accuracyOf(row), code: shortCode(row.sha256), marks: marks.join('') },
      }),
    );
  }
  return [t('summary.head'), ...lines].join('\n');
}
