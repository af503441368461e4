/** The photos of the set that is being taken: small ones over the finder, and one of them large with its board. */
import { drawPlate } from './board.js';
import { getBytes } from './photo_store.js';
import { t } from './photo_words.js';
import { byId, dateTimeHere, make, show } from './screen.js';

/** Addresses of pictures in memory, by photo; the page's lifetime is theirs. @type {Map<string, string>} */
const urls = new Map();

/** @param {{id: string, thumb: ArrayBuffer | null}} shot @returns {string} "" when its small picture is gone */
export function thumbUrl({ id, thumb }) {
  if (!thumb) return '';
  if (!urls.has(id)) urls.set(id, URL.createObjectURL(new Blob([thumb], { type: 'image/jpeg' })));
  return urls.get(id);
}

/** @param {string} id of a photo that nothing shows any more */
export function forgetThumb(id) {
  URL.revokeObjectURL(urls.get(id));
  urls.delete(id);
}

const phaseWord = (phase) => (phase ? ` (${t(`phase.${phase}`)})` : '');

/** Newest first. @param {HTMLElement} list @param {import('./photo_store.js').Shot[]} shots @param {(index: number) => void} open */
export function drawStrip(list, shots, open) {
  const one = (shot, index) => {
    const picture = make('img', { src: thumbUrl(shot), alt: '', width: '64', height: '64' });
    const mark = make('b', { 'aria-hidden': 'true' }, shot.phase ? t(`phase.${shot.phase}`) : String(index + 1));
    const button = make('button', { type: 'button', 'aria-label': t('camera.thumb', { n: index + 1, phase: phaseWord(shot.phase) }) }, picture, mark);
    button.addEventListener('click', () => open(index));
    return make('li', {}, button);
  };
  list.replaceChildren(...shots.map(one).reverse());
  show(list, shots.length > 0);
  list.scrollLeft = 0;
}

/** One photo large, with the board over it; may be taken back while it is not sent. */
export class Look {
  /**
   * @param {() => import('./photo_store.js').Shot[]} shots
   * @param {{board: (seconds: number) => [string, string][], remove: (id: string) => Promise<void>}} with_
   */
  constructor(shots, { board, remove }) {
    this.dialog = /** @type {HTMLDialogElement} */ (byId('look'));
    Object.assign(this, { shots, board, remove, index: 0, url: '' });
    const acts = { close: () => this.dialog.close(), before: () => this.turn(-1), next: () => this.turn(1), remove: () => this.drop() };
    this.dialog.addEventListener('click', ({ target }) => {
      if (target === this.dialog) this.dialog.close();
      acts[target.closest('[data-do]')?.dataset.do]?.();
    });
    this.dialog.addEventListener('close', () => this.clear());
  }

  clear() {
    byId('look-picture').removeAttribute('src');
    URL.revokeObjectURL(this.url);
  }

  /** @param {number} index */
  open(index) {
    this.index = index;
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
  }

  /** @param {number} by */
  turn(by) {
    const next = this.index + by;
    if (next >= 0 && next < this.shots().length) this.open(next);
  }

  draw() {
    const shots = this.shots();
    const shot = shots[this.index];
    const words = t('camera.number', { n: this.index + 1, count: shots.length });
    byId('look-title').textContent = words;
    byId('look-picture').alt = words + phaseWord(shot.phase);
    byId('look-time').textContent = dateTimeHere(shot.capturedAt);
    byId('look-phase').textContent = [t(`phase.${shot.phase || 'none'}`), shot.source === 'picked' && t('camera.picked')].filter(Boolean).join(' · ');
    byId('look-note').textContent = shot.kind ? t('camera.no-preview') : '';
    show(byId('look-note'), Boolean(shot.kind));
    drawPlate(byId('look-plate'), this.board(shot.capturedAt));
    this.dialog.querySelector('[data-do=before]').disabled = this.index === 0;
    this.dialog.querySelector('[data-do=next]').disabled = this.index === shots.length - 1;
    this.picture(shot).catch(() => {});
  }

  /** The small picture at once, the real one as soon as the disk gives it. @param {import('./photo_store.js').Shot} shot */
  async picture(shot) {
    this.clear();
    byId('look-picture').src = thumbUrl(shot);
    if (shot.kind) return; // this browser cannot draw it
    const bytes = await getBytes(shot.id);
    if (!bytes || this.shots()[this.index]?.id !== shot.id || !this.dialog.open) return;
    this.url = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
    byId('look-picture').src = this.url;
  }

  async drop() {
    await this.remove(this.shots()[this.index].id);
    if (!this.shots().length) return this.dialog.close();
    return this.open(Math.min(this.index, this.shots().length - 1));
  }
}
