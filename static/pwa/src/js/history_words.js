/** What the page of earlier stamps says, in Korean and English. */
import { WORDS, t } from './words.js';

/** Not in words.js, which every page loads. @type {Record<string, [string, string]>} Korean, English; {name} is filled in */
export const HISTORY_WORDS = {
  'history.both': ['이 기기와 서버의 기록이에요.', 'Stamps on this device and on the server.'],
  'history.local': ['지금은 서버에 닿지 않아 이 기기의 기록만 보여요.', 'The server cannot be reached. Showing only stamps on this device.'],
  'history.session': ['로그인이 끝나 이 기기의 기록만 보여요. 다시 로그인하면 모두 보여요.', 'You are signed out. Showing only stamps on this device. Sign in again to see all.'],
  'history.trip': ['출장 {trip}', 'Trip {trip}'],
};

Object.assign(WORDS, HISTORY_WORDS);
export { t };
