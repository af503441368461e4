/** The finder: the picture of the lens, its light and zoom, and in its place the words for whatever is in the way. */
import { Lens } from './lens.js';
import { t } from './photo_words.js';
import { byId, show } from './screen.js';

const FLASH_MS = 200;
const area = byId('camera');

/** Which help stands open: of this device. */
const deviceHere = () => (/iPhone|iPad/.test(navigator.userAgent) ? 'ios' : /Android/.test(navigator.userAgent) ? 'android' : 'desktop');

/** One for the page. */
export class Finder {
  /** @param {() => unknown} changed it shows something else than before */
  constructor(changed) {
    Object.assign(this, { changed, opening: null, card: '' });
    this.lens = new Lens(byId('view'), () => this.pause());
    byId('torch').addEventListener('click', () => this.turnTorch());
    byId('zoom').addEventListener('click', () => this.turnZoom());
    byId('problems').addEventListener('click', ({ target }) => {
      const name = target.closest('[data-do]')?.dataset.do;
      if (name === 'open') this.open();
      if (name === 'dismiss') this.problem('');
    });
  }

  get live() {
    return this.lens.live;
  }

  /** @param {string} name of a card over the picture, "" for none; a name without a card is told as a busy camera */
  problem(name) {
    const known = !name || document.querySelector(`[data-problem="${name}"]`);
    this.card = known ? name : 'busy';
    for (const card of document.querySelectorAll('[data-problem]')) show(card, card.dataset.problem === this.card);
    if (name === 'denied') for (const help of document.querySelectorAll('[data-device]')) help.open = help.dataset.device === deviceHere();
  }

  /** @param {'wait' | 'live' | 'off'} name */
  appear(name) {
    area.dataset.state = name;
    byId('shutter').setAttribute('aria-disabled', String(name !== 'live'));
    const { torch, zooms } = name === 'live' ? this.lens.abilities : { torch: false, zooms: [] };
    show(byId('torch'), torch);
    show(byId('zoom'), zooms.length > 1);
    byId('torch').setAttribute('aria-pressed', 'false');
    this.zoomed(1);
    this.changed();
  }

  /** Once a visit; again only when the person asks, or comes back and need not be asked. @returns {Promise<void>} */
  open() {
    if (this.live) return Promise.resolve();
    this.opening ??= this.start().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  async start() {
    this.problem('');
    this.appear('wait');
    try {
      await this.lens.open();
      this.appear('live');
    } catch (error) {
      this.refuse(error.code ?? 'busy');
    }
  }

  /** No picture, and why. @param {string} name of a card */
  refuse(name) {
    this.lens.close();
    this.problem(name);
    this.appear('off');
  }

  /** Out of sight the camera is off, whatever the browser would allow. */
  pause() {
    if (this.lens.track) this.refuse('paused');
  }

  /** Back in sight: goes on by itself where nobody would be asked again. */
  async back() {
    if (this.card !== 'paused') return;
    const known = await navigator.permissions?.query({ name: 'camera' }).catch(() => null);
    if (known?.state === 'granted' && !document.hidden) await this.open();
  }

  /** @param {number} times */
  zoomed(times) {
    byId('zoom').dataset.times = String(times);
    byId('zoom').textContent = `${times}×`;
    byId('zoom').setAttribute('aria-label', t('camera.zoom', { times }));
  }

  async turnZoom() {
    const { zooms } = this.lens.abilities;
    const next = zooms[(zooms.indexOf(Number(byId('zoom').dataset.times)) + 1) % zooms.length];
    if (await this.lens.set({ zoom: next })) this.zoomed(next);
  }

  async turnTorch() {
    const on = byId('torch').getAttribute('aria-pressed') !== 'true';
    if (await this.lens.set({ torch: on })) byId('torch').setAttribute('aria-pressed', String(on));
  }

  /** The sign that the shutter was heard. */
  flash() {
    byId('finder').classList.add('shot');
    setTimeout(() => byId('finder').classList.remove('shot'), FLASH_MS);
    navigator.vibrate?.(25);
  }
}
