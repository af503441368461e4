/** The photos on the home screen: how many have not reached the office. Fills templates/photos/_today_card.html. */
import { onPhotoChange, summary } from './photo_queue.js';
import { listRecords } from './photo_store.js';
import { t } from './photo_words.js';
import { byId, show } from './screen.js';

/** @param {string} personId "" while nobody uses the phone */
async function draw(personId) {
  const { waiting = 0, quarantined = 0 } = personId ? await summary({ personId }) : {};
  const drafts = personId ? (await listRecords({ personId })).filter(({ state }) => state === 'draft') : [];
  const taken = drafts.reduce((sum, { shots }) => sum + shots.length, 0);
  byId('photo-card-count').textContent = t('wait.badge', { count: waiting + quarantined });
  show(byId('photo-card-count'), waiting + quarantined > 0);
  byId('photo-card-line').textContent = taken ? t('card.draft', { count: taken }) : '';
  show(byId('photo-card-line'), taken > 0);
}

/**
 * @param {() => string | undefined} person who uses the phone now
 * @param {(draw: () => Promise<void>) => () => unknown} [calm] may put a drawing off for a moment
 * @returns {() => unknown} draws anew
 */
export function photoCard(person, calm = (work) => work) {
  const again = calm(() => draw(person() ?? '').catch(() => {}));
  onPhotoChange(again);
  again();
  return again;
}
