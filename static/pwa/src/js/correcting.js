/** Writing the board of a visit anew that was finished: the sheet with its values, and the record that goes out. */
import { corrected, fieldsOf, isSame } from './board.js';
import { correct, drain } from './photo_queue.js';
import { boardNow } from './photo_store.js';
import { t } from './photo_words.js';
import { reasonOf } from './records.js';
import { toast } from './screen.js';

/**
 * @param {import('./board.js').BoardSheet} sheet @param {() => import('./board.js').Field[]} template of the office
 * @param {(series: string, was: import('./board.js').Values, values: import('./board.js').Values) => unknown} learned what
 *   the board of a series should have said
 * @returns {(visit: import('./photo_store.js').Visit) => void} opens the sheet
 */
export const corrector = (sheet, template, learned) => (visit) => {
  const board = Object.fromEntries(boardNow(visit));
  const fields = fieldsOf(template(), boardNow(visit));
  sheet.correct(fields, board, async (values) => {
    if (isSame(fields, board, values)) {
      toast(t('board.same')); // neither a day nor an empty field that is new would be a correction
      return;
    }
    try {
      const made = await correct(visit.id, corrected(fields, values, board, visit.capturedAt));
      toast(t(made ? 'board.corrected' : 'board.same'));
      if (!made) return;
      learned(visit.series, board, values);
      drain({}).catch(() => {});
    } catch (error) {
      toast(reasonOf(error));
    }
  });
};
