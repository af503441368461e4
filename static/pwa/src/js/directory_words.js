/** What the pages of an entry and of favourites say, in Korean and English. */
import { WORDS, t } from './words.js';

/** @type {Record<string, [string, string]>} Korean, English; {name} is filled in */
export const DIRECTORY_WORDS = {
  'entry.copied': ['복사했습니다.', 'Copied.'],
  'mine.fresh': ['방금 서버와 맞추었어요.', 'Up to date with the server.'],
  'mine.local': ['통신이 없어 이 기기에 있는 것을 보여 드려요.', 'No connection: this is what the device has.'],
  'mine.call': ['전화 걸기', 'Call'],
  'mine.extension': ['내선 {number}', 'Ext. {number}'],
  'mine.practice': ['연습', 'Practice'],
  'mine.gone': ['없어진 항목', 'No longer there'],
  'mine.forgotten': ['지웠어요.', 'Deleted.'],
  'mine.restored': ['되돌렸어요.', 'Put back.'],
};

Object.assign(WORDS, DIRECTORY_WORDS);
export { t };
