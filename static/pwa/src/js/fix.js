/**
 * One position for one tap. Warm-up samples live in memory for at most five seconds; a tap collects
 * until five samples or twelve seconds, less when a fix is good; then the watch is always stopped,
 * so that nobody is followed.
 */
import { jitter, spoofSignals } from './signals.js';

const GOOD_M = 20;
const COARSE_M = 1000;
const WANTED = 5;
const COLLECT_MS = 12_000;
const GRACE_MS = 3000; // "position unavailable" often passes; not longer than this without a sample
const FRESH = { enableHighAccuracy: true, maximumAge: 0 };

/**
 * @typedef {object} Sample degrees, metres, m/s; times in unix milliseconds
 * @property {number} lat
 * @property {number} lon
 * @property {number} accuracy
 * @property {number | null} alt
 * @property {number | null} altAcc
 * @property {number | null} heading
 * @property {number | null} speed
 * @property {number} time of the fix, by the positioning system
 * @property {number} at arrival, by the device clock
 *
 * @typedef {object} FixResult
 * @property {Sample} best the most accurate, the newest of equals
 * @property {number} samples how many were used
 * @property {number} jitterDm largest distance between two of them, decimetres
 * @property {number} signals bit n-1: spoof signal n (docs/formats/stamp-token.md)
 * @property {boolean} coarse accuracy > 1,000 m
 *
 * @typedef {object} Environment facts about the browser; an absent one raises no signal
 * @property {boolean} [webdriver]
 * @property {boolean} [desktop]
 * @property {boolean} [touch]
 * @property {string} [timeZone] IANA
 * @property {boolean} [persisted] the browser promised to keep our storage
 * @property {number} [serverOffset] device clock minus server clock, milliseconds
 */

/** No position. Codes: denied, timeout, unavailable, unsupported, aborted. */
export class FixError extends Error {
  /** @param {'denied' | 'timeout' | 'unavailable' | 'unsupported' | 'aborted'} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @returns {Promise<Environment>} of this browser */
export async function readEnvironment() {
  const { webdriver, maxTouchPoints, userAgent, storage } = navigator;
  const touch = maxTouchPoints > 0;
  return {
    webdriver,
    touch,
    desktop: !/Android|iPhone|iPad|Mobile/.test(userAgent) && !(touch && userAgent.includes('Macintosh')),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    persisted: await storage?.persisted?.().catch(() => undefined),
  };
}

/** @param {Sample[]} samples at least one, oldest first @param {Environment} env @returns {FixResult} */
export function assess(samples, env) {
  const best = samples.reduce((a, b) => (b.accuracy <= a.accuracy ? b : a));
  const jitterDm = jitter(samples);
  const signals = spoofSignals(samples, best, jitterDm, env);
  return { best, samples: samples.length, jitterDm, signals, coarse: best.accuracy > COARSE_M };
}

/**
 * A chosen place instead of a measured one: demo only, always stamped as practice.
 * @param {number} lat @param {number} lon @param {number} [accuracy] metres @param {number} [now] unix ms
 * @returns {FixResult}
 */
export function practiceFix(lat, lon, accuracy = 10, now = Date.now()) {
  const best = { lat, lon, accuracy, alt: null, altAcc: null, heading: null, speed: null, time: now, at: now };
  return assess([best], {});
}

/** Some browsers give NaN or -1 for what they do not know. @returns {number | null} */
const within = (value, least, most) => (Number.isFinite(value) && value >= least && value <= most ? value : null);

/** @param {GeolocationPosition} position @param {number} at @returns {Sample} */
const sampleOf = ({ coords: c, timestamp }, at) => ({
  lat: c.latitude,
  lon: c.longitude,
  accuracy: c.accuracy,
  alt: within(c.altitude, -1e5, 1e5),
  altAcc: within(c.altitudeAccuracy, 0, 1e5),
  heading: within(c.heading, 0, 360),
  speed: within(c.speed, 0, 1e5),
  time: timestamp,
  at,
});

/** @param {Sample} a @param {Sample} b */
const alike = (a, b) => a.lat === b.lat && a.lon === b.lon && a.accuracy === b.accuracy;

/** @param {{code: number}} error of the Geolocation API @returns {'denied' | 'unavailable' | 'timeout'} */
const codeOf = ({ code }) => (code === 1 ? 'denied' : code === 2 ? 'unavailable' : 'timeout');

class Fixer {
  constructor({ geolocation, now, maxWarmMs, timers, environment }) {
    Object.assign(this, { geolocation, now, maxWarmMs, timers, environment });
    this.samples = [];
    this.watch = null;
    this.trouble = null; // the warm watch's error: a browser tells it once, maybe before the tap
    this.tell = null;
    this.active = null;
  }

  /**
   * Begin to listen because the stamp screen is in front.
   * @param {(state: {accuracy?: number, error?: string}) => void} [tell] for the screen's hint
   */
  warm(tell = null) {
    this.tell = tell;
    this.facts = this.readFacts();
    this.listen();
  }

  /** The screen is no longer in front: stop and forget. A tap under way is not disturbed. */
  cool() {
    if (this.active) return;
    this.unlisten();
    this.samples = [];
  }

  /** @returns {Promise<Environment>} read while warming up, so that a tap does not wait for it */
  readFacts() {
    return Promise.resolve().then(this.environment).catch(() => ({}));
  }

  listen() {
    if (this.watch !== null || !this.geolocation) return;
    this.watch = this.geolocation.watchPosition((p) => this.take(p), (e) => this.fail(codeOf(e)), FRESH);
  }

  /** A watch of a device that stands still may call once and then be silent: open it anew and ask beside it. */
  askAnew() {
    const { active } = this;
    this.unlisten();
    this.listen();
    const mine = (work) => (given) => this.active === active && work(given);
    const [take, fail] = [mine((p) => this.take(p, true)), mine((e) => e.code === 1 && this.fail('denied'))];
    this.geolocation.getCurrentPosition?.(take, fail, { ...FRESH, timeout: COLLECT_MS });
  }

  unlisten() {
    if (this.watch !== null) this.geolocation.clearWatch(this.watch);
    this.watch = null;
    this.trouble = null;
    this.answer = null;
    this.timers.clearTimeout(this.purging);
  }

  /** @param {GeolocationPosition} position @param {boolean} [asked] the answer to `askAnew`: only when the watch is silent */
  take(position, asked = false) {
    if (this.watch === null) return; // a late callback of a stopped watch
    if (asked && this.samples.length) return;
    this.trouble = null;
    const sample = sampleOf(position, this.now());
    const again = this.answer && alike(this.answer, sample); // one position told twice is one sample
    this.answer = asked ? sample : null;
    if (again) return;
    this.samples.push(sample);
    if (this.active) return this.active.check();
    this.tell?.({ accuracy: position.coords.accuracy });
    return this.purge();
  }

  /** Warm samples vanish after maxWarmMs even when no new one comes. */
  purge() {
    this.timers.clearTimeout(this.purging);
    if (this.active) return;
    const oldest = this.now() - this.maxWarmMs;
    this.samples = this.samples.filter((s) => s.at >= oldest);
    if (this.samples.length) this.purging = this.timers.setTimeout(() => this.purge(), this.maxWarmMs / 5);
  }

  /** @param {'denied' | 'unavailable' | 'timeout'} code */
  fail(code) {
    if (this.watch === null) return;
    if (code === 'denied') this.unlisten();
    if (this.active) return this.active.failed(code);
    if (this.watch !== null) this.trouble = code;
    return this.tell?.({ error: code });
  }

  /**
   * The tap.
   * @param {{onProgress?: (p: {samples: number, accuracy: number | null}) => void, signal?: AbortSignal}} [options]
   * @returns {Promise<FixResult>}
   * @throws {FixError} denied, timeout, unavailable, unsupported, aborted
   */
  async collect({ onProgress = () => {}, signal } = {}) {
    if (!this.geolocation) throw new FixError('unsupported');
    if (this.active) throw new FixError('aborted'); // one tap at a time
    this.purge();
    const facts = this.facts ?? this.readFacts();
    try {
      const samples = await this.gather(onProgress, signal);
      return assess(samples, await facts);
    } finally {
      this.active = null;
      this.cool();
    }
  }

  /** @returns {Promise<Sample[]>} */
  gather(onProgress, signal) {
    const { timers } = this;
    return new Promise((resolve, reject) => {
      let deadline;
      let grace;
      const end = (settle) => {
        timers.clearTimeout(deadline);
        timers.clearTimeout(grace);
        signal?.removeEventListener('abort', abort);
        this.unlisten();
        settle();
      };
      const give = (code) => end(() => (this.samples.length ? resolve([...this.samples]) : reject(new FixError(code))));
      const abort = () => end(() => reject(new FixError('aborted')));
      const check = () => {
        const accuracy = this.samples.length ? Math.min(...this.samples.map((s) => s.accuracy)) : null;
        if (this.samples.length >= WANTED || (accuracy !== null && accuracy <= GOOD_M)) return give('timeout');
        if (accuracy !== null) timers.clearTimeout(grace);
        onProgress({ samples: this.samples.length, accuracy }); // not of the last: the stamp comes instead
      };
      const failed = (code) => {
        if (code === 'denied') end(() => reject(new FixError(code)));
        else if (code === 'unavailable' && !this.samples.length) grace ??= timers.setTimeout(give, GRACE_MS, code);
      };
      this.active = { check, failed };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      deadline = timers.setTimeout(give, COLLECT_MS, 'timeout');
      if (this.trouble) failed(this.trouble);
      if (this.samples.length) this.listen();
      else this.askAnew();
      return check();
    });
  }
}

/**
 * @param {{geolocation?: Geolocation, now?: () => number, maxWarmMs?: number,
 *   timers?: {setTimeout: Function, clearTimeout: Function},
 *   environment?: () => Environment | Promise<Environment>}} [parts] the browser's own by default
 * @returns {{warm: (tell?: (state: {accuracy?: number, error?: string}) => void) => void, cool: () => void,
 *   collect: (options?: {onProgress?: Function, signal?: AbortSignal}) => Promise<FixResult>}}
 */
export function createFixer({
  geolocation = globalThis.navigator?.geolocation,
  now = Date.now,
  maxWarmMs = 5000,
  timers = { setTimeout: (...a) => setTimeout(...a), clearTimeout: (id) => clearTimeout(id) },
  environment = readEnvironment,
} = {}) {
  return new Fixer({ geolocation, now, maxWarmMs, timers, environment });
}
