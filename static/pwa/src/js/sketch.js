/** The sketch map: a municipality's outline from the server's boundary data (kept by the service worker) and the point. */
import { call } from './api.js';
import { make } from './screen.js';
import { t } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const METRES_PER_DEGREE = 111_320;

/** @param {string} name @param {Record<string, string | number>} attributes */
function shape(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}

/**
 * @param {{name: string, bbox: [number, number, number, number], width: number, height: number, path: string}} outline
 * @param {{lat: number, lon: number, accuracy: number | null}} point
 * @returns {HTMLElement} a figure
 */
function draw({ name, bbox: [west, south, east, north], width, height, path }, { lat, lon, accuracy }) {
  const cx = ((lon - west) / (east - west)) * width;
  const cy = ((north - lat) / (north - south)) * height;
  const reach = ((accuracy ?? 0) / METRES_PER_DEGREE / (north - south)) * height;
  const svg = shape('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': t('map.label', { name }) });
  svg.append(shape('path', { class: 'land', d: path }));
  if (reach > width / 100) svg.append(shape('circle', { class: 'reach', cx, cy, r: reach }));
  svg.append(shape('circle', { class: 'pin', cx, cy, r: width / 60 }));
  return make('figure', { class: 'map' }, svg, make('figcaption', { class: 'small muted' }, t('map.caption', { name })));
}

/** @param {string} code of a municipality; the service worker keeps the answer */
const outlineOf = (code) => call('GET', `/api/outlines/${code}`);

/** What never has a map, or has none yet: a stamp under way learns its municipality from the server. @param {string} state */
const unsent = (state) => (['ready', 'sending'].includes(state) ? 'later' : null);

/**
 * @param {import('./records.js').Row} row
 * @returns {Promise<HTMLElement | 'later' | null>} 'later': there may be one once the server is reached
 */
export async function sketch(row) {
  if (!row.outline) return unsent(row.state);
  const { data: outline, status } = await outlineOf(row.outline);
  if (!outline) return status ? null : 'later';
  if (row.lat !== null) return draw(outline, row);
  if (!row.uuid) return null;
  const { data: point, status: answered } = await call('GET', `/api/stamps/${row.uuid}/point`);
  if (!point) return answered ? null : 'later';
  return draw(outline, point);
}

const asked = new Set();
/** So that a sheet has its map without a network. @param {string} code of a municipality, "" for none */
export function keepOutline(code) {
  if (!code || asked.has(code) || !navigator.serviceWorker?.controller) return;
  asked.add(code);
  outlineOf(code).then(({ ok }) => ok || asked.delete(code));
}
