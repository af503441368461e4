/**
 * A phone whose clock is wrong stamps a wrong time, and the stamp is marked for it: said before, beside the seal.
 */
import { WRONG_CLOCK_MS } from './identity.js';
import { byId, make, show } from './screen.js';
import { WORDS, t } from './words.js';

const MINUTE_MS = 60_000;

/** Not in words.js, which every page loads. @type {Record<string, [string, string]>} Korean, English */
export const CLOCK_WORDS = {
  'clock.fast': ['휴대전화 시계가 {n}분 빨라요. 설정에서 자동 시각을 켜 주세요.', 'Your phone’s clock is {n} min fast. Turn on automatic time in the settings.'],
  'clock.slow': ['휴대전화 시계가 {n}분 늦어요. 설정에서 자동 시각을 켜 주세요.', 'Your phone’s clock is {n} min slow. Turn on automatic time in the settings.'],
};

Object.assign(WORDS, CLOCK_WORDS);

/** Says so, or takes it back. @param {number} [offset] ms by which the device's clock is ahead of the server's */
export function clockNote(offset = 0) {
  const wrong = Math.abs(offset) > WRONG_CLOCK_MS;
  let node = byId('clock-note');
  if (!wrong && !node) return;
  if (!node) {
    node = make('p', { class: 'card tone warn', id: 'clock-note', role: 'status' });
    byId('hint').after(node);
  }
  const n = Math.round(Math.abs(offset) / MINUTE_MS).toLocaleString();
  node.textContent = wrong ? t(offset > 0 ? 'clock.fast' : 'clock.slow', { n }) : '';
  show(node, wrong);
}
