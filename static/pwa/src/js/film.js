/**
 * Shots between shutter and disk, in order, one at a time: developed in a worker where it can draw,
 * else in the page. The shutter only adds to this line and never waits for it.
 */
import { canDrawAside, develop } from './darkroom.js';

const CROWDED = 6; // frames in memory; beyond this they are taken smaller
const LATE_MS = 30_000;

/** @returns {string | TrustedScriptURL} the worker's address, where the browser asks for a trusted one */
function trusted(url) {
  const policy = globalThis.trustedTypes?.createPolicy('office-darkroom', { createScriptURL: () => url });
  return policy ? policy.createScriptURL(url) : url;
}

/** A line of shots over one worker. */
export class Film {
  /** @param {string} url of darkroom_worker.js, "" for none */
  constructor(url) {
    Object.assign(this, { waiting: 0, number: 0, worker: null, ready: false, answers: new Map(), tail: Promise.resolve() });
    if (url && canDrawAside) this.hire(url);
  }

  /** Too many frames in memory: take the next ones smaller. */
  get crowded() {
    return this.waiting >= CROWDED;
  }

  /** @param {string} url */
  hire(url) {
    try {
      this.worker = new Worker(trusted(url), { type: 'module' });
    } catch {
      return; // the page develops itself
    }
    this.worker.addEventListener('message', ({ data }) => {
      if (data.ready) this.ready = true;
      else this.answers.get(data.id)?.(data);
    });
    this.worker.addEventListener('error', () => {
      this.ready = false;
      for (const answer of this.answers.values()) answer({ failed: 'the worker ended' });
    });
  }

  /** @param {ImageBitmap} frame @param {string} line @returns {Promise<import('./darkroom.js').Developed>} */
  async aside(frame, line) {
    const id = (this.number += 1);
    const late = setTimeout(() => this.answers.get(id)?.({ failed: 'too late' }), LATE_MS);
    const { made, failed } = await new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.worker.postMessage({ id, frame, line }, [frame]);
    });
    clearTimeout(late);
    this.answers.delete(id);
    if (failed) throw new Error(failed);
    return made;
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} when it is done; the next one begins only then */
  inTurn(work) {
    this.waiting += 1;
    const turn = this.tail.then(work).finally(() => {
      this.waiting -= 1;
    });
    this.tail = turn.catch(() => {});
    return turn;
  }

  /**
   * @template T
   * @param {ImageBitmap | HTMLCanvasElement} frame @param {string} line
   * @param {(made: import('./darkroom.js').Developed) => Promise<T>} keep
   * @returns {Promise<T>} when it is kept
   */
  add(frame, line, keep) {
    return this.inTurn(async () => {
      const aside = this.ready && globalThis.ImageBitmap && frame instanceof ImageBitmap;
      return keep(await (aside ? this.aside(frame, line) : develop(frame, line)));
    });
  }

  /** @returns {Promise<void>} when nothing waits any more */
  async settled() {
    while (this.waiting) await this.tail;
  }
}
