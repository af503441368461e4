/** What a phone itself can see of a faked position (docs/formats/stamp-token.md); the server weighs it. */
import { WRONG_CLOCK_MS } from './identity.js';

const STILL_DM = 20;
const JITTER_MAX_DM = 65_535;
const ZONE = 'Asia/Seoul';

/** @typedef {import('./fix.js').Sample} Sample */
/** @typedef {import('./fix.js').Environment} Environment */

/** Metres, for short distances. @param {Sample} a @param {Sample} b */
function metres(a, b) {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) / 2) * rad);
  return 6_371_009 * rad * Math.hypot(x, b.lat - a.lat);
}

/** @param {Sample[]} samples @returns {number} */
export function jitter(samples) {
  let most = 0;
  for (const a of samples) for (const b of samples) most = Math.max(most, metres(a, b));
  return Math.min(JITTER_MAX_DM, Math.round(most * 10));
}

/** @template T @param {T[]} values @param {(value: T) => boolean} [also] */
const constant = (values, also = () => true) => values.length > 1 && values.every((v) => v === values[0] && also(v));

/** @param {number[]} times @returns {boolean} intervals with a variance below 5 ms, from four samples on */
function metronome(times) {
  const gaps = times.slice(1).map((t, i) => t - times[i]);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return gaps.length > 2 && Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) < 5;
}

/**
 * @param {Sample[]} samples oldest first @param {Sample} best @param {number} jitterDm @param {Environment} env
 * @returns {number} bitmask of the signals a phone can see: 1-7, 10, 11, 13, 14
 */
export function spoofSignals(samples, best, jitterDm, env) {
  const round = (n) => Math.round(n * 1e7);
  const { length } = samples;
  const same = constant(samples.map((s) => `${round(s.lat)} ${round(s.lon)}`));
  const moving = (key) => constant(samples.map((s) => s[key]), (v) => v > 0);
  const seen = {
    1: same,
    2: constant(samples.map((s) => s.accuracy), Number.isInteger),
    3: env.desktop === false && best.accuracy < 10 && !best.alt,
    4: length > 1 && jitterDm < STILL_DM && (moving('speed') || moving('heading')),
    5: metronome(samples.map((s) => s.time)),
    6: best.accuracy > 100,
    7: Math.abs(best.at - best.time) > 30_000 || Math.abs(env.serverOffset ?? 0) > WRONG_CLOCK_MS,
    10: env.webdriver === true || env.desktop === true || env.touch === false,
    11: env.timeZone !== undefined && env.timeZone !== ZONE,
    13: env.persisted === false,
    14: best.at - best.time > 60_000,
  };
  return Object.entries(seen).reduce((mask, [n, on]) => (on ? mask | (1 << (Number(n) - 1)) : mask), 0);
}
