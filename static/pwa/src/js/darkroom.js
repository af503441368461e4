/**
 * Turns a frame into the bytes that are kept: an upright JPEG with one thin line at its foot, and a
 * small picture for lists. Runs in a worker; in the page where a worker cannot draw.
 */

const LONGEST = 4032;
const QUALITY = 0.9;
const THUMB_LONGEST = 320;
const THUMB_BYTES = 20 * 1024;
const THUMB_QUALITIES = [0.72, 0.55, 0.4, 0.25];
const JPEG = 'image/jpeg';

/**
 * @typedef {object} Developed
 * @property {ArrayBuffer} bytes JPEG
 * @property {ArrayBuffer} thumb JPEG, at most 20 KB
 * @property {number} width
 * @property {number} height
 */

/** Whether a worker of this browser can draw. */
export const canDrawAside = typeof OffscreenCanvas === 'function' && 'convertToBlob' in OffscreenCanvas.prototype;

/** @param {number} width @param {number} height @param {number} longest @returns {{width: number, height: number}} */
export function fit(width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** @param {{width: number, height: number}} size @returns {OffscreenCanvas | HTMLCanvasElement} */
function canvasOf({ width, height }) {
  if (canDrawAside) return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

/** @param {OffscreenCanvas | HTMLCanvasElement} canvas @param {number} quality @returns {Promise<ArrayBuffer>} */
async function jpeg(canvas, quality) {
  const blob = canDrawAside
    ? await canvas.convertToBlob({ type: JPEG, quality })
    : await new Promise((resolve) => canvas.toBlob(resolve, JPEG, quality));
  if (!blob || blob.type !== JPEG) throw new Error('no JPEG came out');
  return blob.arrayBuffer();
}

/** @param {CanvasImageSource & {width: number, height: number}} picture @returns {Promise<ArrayBuffer>} */
async function thumbOf(picture) {
  const size = fit(picture.width, picture.height, THUMB_LONGEST);
  const canvas = canvasOf(size);
  const pen = canvas.getContext('2d', { alpha: false });
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, size.width, size.height);
  for (const quality of THUMB_QUALITIES) {
    const bytes = await jpeg(canvas, quality);
    if (bytes.byteLength <= THUMB_BYTES || quality === THUMB_QUALITIES.at(-1)) return bytes;
  }
}

/**
 * What stands in lists for a picture that this browser cannot draw: a sheet with its kind written on it.
 * @param {string} words @returns {Promise<ArrayBuffer>} JPEG, 320 x 240
 */
export async function blankOf(words) {
  const [width, height] = [THUMB_LONGEST, (THUMB_LONGEST * 3) / 4];
  const canvas = canvasOf({ width, height });
  const pen = canvas.getContext('2d', { alpha: false });
  pen.fillStyle = '#33363d';
  pen.fillRect(0, 0, width, height);
  pen.strokeStyle = pen.fillStyle = '#fff';
  pen.lineWidth = 6;
  pen.strokeRect(width / 4, height / 5, width / 2, (height * 3) / 5);
  pen.font = '700 44px system-ui, -apple-system, sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(words, width / 2, height / 2);
  return jpeg(canvas, QUALITY);
}

/** One line, white on black that lets the picture through; it shrinks rather than being cut off. */
function burn(pen, { width, height }, words) {
  const tall = Math.max(20, Math.round(Math.min(width, height) * 0.03));
  const font = (size) => `600 ${size}px system-ui, -apple-system, "Noto Sans KR", sans-serif`;
  const room = width - tall;
  pen.font = font(tall * 0.64);
  const size = Math.min(tall * 0.64, (tall * 0.64 * room) / Math.max(1, pen.measureText(words).width));
  pen.fillStyle = 'rgb(0 0 0 / 0.62)';
  pen.fillRect(0, height - tall, width, tall);
  pen.font = font(size);
  pen.fillStyle = '#fff';
  pen.textBaseline = 'middle';
  pen.fillText(words, tall / 2, height - tall / 2);
}

/**
 * @param {ImageBitmap | HTMLCanvasElement} frame upright; used up
 * @param {string} line what stands at the foot
 * @returns {Promise<Developed>}
 */
export async function develop(frame, line) {
  const size = fit(frame.width, frame.height, LONGEST);
  const canvas = canvasOf(size);
  const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: true }); // read back twice, as JPEG
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(frame, 0, 0, size.width, size.height);
  frame.close?.();
  const thumb = await thumbOf(canvas);
  burn(pen, size, line);
  const bytes = await jpeg(canvas, QUALITY);
  canvas.width = canvas.height = 0; // iOS frees the pixels only so
  return { bytes, thumb, ...size };
}
