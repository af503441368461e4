/**
 * The camera inside the page. One getUserMedia call opens it and nothing here changes the address,
 * because iOS asks for permission again after either. The picture never touches the phone's gallery:
 * it goes from the stream to memory to our own store.
 */

const ASK = {
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 3840 }, height: { ideal: 2160 } },
  audio: false,
};
const STILL_MS = 4000;
const STILL_FAILURES = 2; // then the frame is all we ask for
const WORTH = 1.1; // a still must promise this many times the frame's pixels
const SMALL_WIDTH = 1920;
const ZOOMS = [1, 2, 5];

/** Codes: insecure, unsupported, denied, none, busy, not-ready. */
export class LensError extends Error {
  /** @param {string} code @param {unknown} [cause] */
  constructor(code, cause) {
    super(code, { cause });
    this.code = code;
  }
}

const CODES = {
  ...{ NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'none', OverconstrainedError: 'none' },
  ...{ NotReadableError: 'busy', AbortError: 'busy' },
};

const pixels = (one) => (one ? one.width * one.height : 0);

/** @template T @param {Promise<T>} work @param {number} ms @returns {Promise<T>} */
const within = (work, ms) => Promise.race([work, new Promise((_, reject) => setTimeout(reject, ms, new Error('timeout')))]);

/** @param {MediaStreamTrack} track @returns {Promise<{camera: ImageCapture, pixels: number} | null>} the full still pipeline, where there is one */
async function stillOf(track) {
  if (!globalThis.ImageCapture) return null;
  try {
    const camera = new ImageCapture(track);
    const { imageWidth, imageHeight } = await within(camera.getPhotoCapabilities(), STILL_MS);
    return { camera, pixels: (imageWidth?.max ?? 0) * (imageHeight?.max ?? 0) };
  } catch {
    return null;
  }
}

/** One lens over one <video>. */
export class Lens {
  /** @param {HTMLVideoElement} video @param {() => void} lost the stream ended by itself */
  constructor(video, lost) {
    Object.assign(this, { video, lost, track: null, still: null, taking: false, failures: 0, wanted: {} });
  }

  get live() {
    return this.track?.readyState === 'live';
  }

  /** @returns {Promise<void>} when pictures can be taken @throws {LensError} */
  async open() {
    if (!globalThis.isSecureContext) throw new LensError('insecure');
    if (!navigator.mediaDevices?.getUserMedia) throw new LensError('unsupported');
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia(ASK);
    } catch (error) {
      throw new LensError(CODES[error?.name] ?? 'busy', error);
    }
    [this.track] = stream.getVideoTracks();
    this.wanted = {};
    this.track.addEventListener('ended', () => this.lost());
    this.video.srcObject = stream;
    await this.video.play().catch(() => {}); // iOS in low-power mode plays after the first touch
    if (!this.video.videoWidth) await within(this.shows(), STILL_MS).catch(() => {});
    this.still = await stillOf(this.track);
  }

  /** @returns {Promise<void>} */
  shows() {
    return new Promise((resolve) => {
      this.video.addEventListener('loadeddata', () => resolve(), { once: true });
    });
  }

  close() {
    this.track?.stop();
    this.track = null;
    this.video.srcObject = null;
  }

  /** What the finder shows at this moment. @param {boolean} small @returns {Promise<ImageBitmap | HTMLCanvasElement>} */
  async frame(small) {
    const { video } = this;
    if (!video.videoWidth) throw new LensError('not-ready');
    const scaled = small && video.videoWidth > SMALL_WIDTH ? { resizeWidth: SMALL_WIDTH } : undefined;
    try {
      return await createImageBitmap(video, scaled);
    } catch {
      const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight });
      canvas.getContext('2d').drawImage(video, 0, 0);
      return canvas;
    }
  }

  /** @returns {Promise<ImageBitmap | null>} null when it is not worth it, busy, late or failed */
  async photo() {
    const frame = this.video.videoWidth * this.video.videoHeight;
    if (!this.still || this.taking || this.failures >= STILL_FAILURES || this.still.pixels < frame * WORTH) return null;
    this.taking = true;
    try {
      const blob = await within(this.still.camera.takePhoto(), STILL_MS);
      return await createImageBitmap(blob, { imageOrientation: 'from-image' });
    } catch {
      this.failures += 1;
      return null;
    } finally {
      this.taking = false;
    }
  }

  /**
   * The larger of the still and the frame. During a burst the frame alone, so that no shot waits for another.
   * @param {boolean} [small] memory is short: the frame at 1,920 px
   * @returns {Promise<ImageBitmap | HTMLCanvasElement>} upright @throws {LensError}
   */
  async capture(small = false) {
    const photo = small ? null : this.photo();
    const frame = await this.frame(small);
    const taken = await photo;
    if (pixels(taken) <= pixels(frame)) {
      taken?.close();
      return frame;
    }
    frame.close?.();
    return taken;
  }

  /** @returns {{torch: boolean, zooms: number[]}} what this camera can do; fewer than two zooms are no choice */
  get abilities() {
    const { torch, zoom } = this.track?.getCapabilities?.() ?? {};
    return { torch: Boolean(torch), zooms: zoom ? ZOOMS.filter((one) => one >= zoom.min && one <= zoom.max) : [] };
  }

  /** @param {{torch?: boolean, zoom?: number}} wanted @returns {Promise<boolean>} whether the camera obeyed */
  async set(wanted) {
    const all = { ...this.wanted, ...wanted }; // what is not named again would fall back
    try {
      await this.track.applyConstraints({ advanced: [all] });
      this.wanted = all;
      return true;
    } catch {
      return false;
    }
  }
}
