/** Draws the QR on the phone, offline; without an encoder the server's drawing stands in. */
import { loadEngine } from './qr_engine.js';

/** Largest version a stamp may need at level M: still 0.42 mm a module on 36 mm of paper. */
export const MAX_VERSION = 17;

const QUIET = 4;
const SVG = 'http://www.w3.org/2000/svg';
const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]*$/;
const LONG = 528; // characters that fill version 14 at level M: no need to try smaller ones

/** @type {ReturnType<typeof loadEngine> | undefined} */
let engine;

/** Load the encoder and run it once, so that the first stamp does not pay for it. @returns {Promise<boolean>} found */
export async function warmQr() {
  return (await modules(`HTTPS://A/S/${'A'.repeat(620)}`, 'M')) !== null;
}

/**
 * @param {string} url upper case for the small alphanumeric mode
 * @param {'M' | 'Q'} level at least; more where the same size holds it
 * @returns {Promise<{size: number, version: number, get: (x: number, y: number) => boolean} | null>}
 *   size in modules without the quiet zone; null without an encoder
 */
export async function modules(url, level) {
  engine ??= loadEngine();
  const lib = await engine;
  if (!lib) return null;
  const data = ALPHANUMERIC.test(url) ? lib.mode.alphaNumeric(url) : url;
  const minVersion = url.length > LONG ? 15 : 1;
  const code = lib.generate(data, { minCorrectionLevel: lib.correction[level], minVersion });
  return { size: code.size, version: (code.size - 17) / 4, get: (x, y) => code.get(x, y) };
}

/**
 * Dark runs, row by row.
 * @param {{size: number, get: (x: number, y: number) => boolean}} code
 * @param {(x: number, y: number, length: number) => void} dark called for each
 */
function eachRun({ size, get }, dark) {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!get(x, y)) continue;
      const from = x;
      while (get(x + 1, y)) x++;
      dark(from, y, x + 1 - from);
    }
  }
}

/** @param {string} url @returns {string} of the server's drawing */
const drawnByServer = (url) => `/qr/${url.slice(url.lastIndexOf('/') + 1)}.svg`;

/** @param {string} name @param {Record<string, string | number>} attributes */
function svgNode(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}

/**
 * @param {string} url
 * @param {{level?: 'M' | 'Q', label?: string}} [options] label: what a screen reader says
 * @returns {Promise<SVGElement | HTMLImageElement>} role=img, quiet zone included, black on white in every
 *   theme; data-version tells the QR version. Without an encoder: an image drawn by the server
 */
export async function drawQr(url, { level = 'M', label = 'QR' } = {}) {
  const code = await modules(url, level);
  if (!code) return Object.assign(new Image(), { src: drawnByServer(url), alt: label, className: 'qr' });
  const side = code.size + 2 * QUIET;
  const svg = svgNode('svg', { viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': label, class: 'qr' });
  svg.setAttribute('shape-rendering', 'crispEdges');
  svg.dataset.version = String(code.version);
  let d = '';
  eachRun(code, (x, y, n) => { d += `M${x + QUIET} ${y + QUIET}h${n}v1h-${n}z`; });
  svg.append(svgNode('rect', { width: side, height: side, fill: '#fff' }), svgNode('path', { d, fill: '#000' }));
  return svg;
}

/** @param {string} src @returns {Promise<HTMLImageElement>} */
async function loaded(src) {
  const image = Object.assign(new Image(), { src });
  await image.decode();
  return image;
}

/**
 * As a picture for the expense document.
 * @param {string} url @param {number} [modulePx] pixels a module; 3 is the least that scans
 * @param {'M' | 'Q'} [level]
 * @returns {Promise<Blob>} image/png
 */
export async function qrPng(url, modulePx = 8, level = 'M') {
  const code = await modules(url, level);
  const canvas = document.createElement('canvas');
  const side = ((code?.size ?? 81) + 2 * QUIET) * modulePx;
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.fillStyle = '#000';
  if (code) {
    const px = modulePx;
    eachRun(code, (x, y, n) => context.fillRect((x + QUIET) * px, (y + QUIET) * px, n * px, px));
  } else context.drawImage(await loaded(drawnByServer(url)), 0, 0, side, side);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png');
  });
}
