/** What waits to be sent and why, how old it is, when the next try comes, and what the server refused, with its reason. */
import { listUnsent } from './db.js';
import { drain, onChange, retry, summary } from './queue.js';
import { reasonOf } from './records.js';
import { age, byId, make, nextTime, show } from './screen.js';
import { t } from './words.js';

const TICK_MS = 10_000;

/** @typedef {import('./db.js').Item} Item */

/** @param {Item} item @returns {string} */
const nameOf = ({ type, kind }) => (type === 'void' ? t('queue.void', { kind: t(kind) }) : t(kind));

/** @param {Item} item @returns {HTMLElement} */
function stuckRow(item) {
  const again = make('button', { class: 'btn', type: 'button' }, t('queue.retry'));
  const withStamp = item.lastError?.code === 'stamp-quarantined'; // alone it would be refused again
  again.addEventListener('click', () => retry(withStamp ? item.stampId : item.id));
  const reason = make('span', {}, reasonOf(item.lastError));
  const detail = make('span', { class: 'small muted' }, item.lastError?.detail ?? '');
  return make('li', { class: 'row' }, make('span', { class: 'what' }, make('b', {}, nameOf(item)), reason, detail), again);
}

/** @param {{waiting: number, quarantined: number, oldest: number | null}} told @returns {string} */
function sentence({ waiting, quarantined, oldest }) {
  const first = waiting && t('queue.waiting', { count: waiting, age: age(Date.now() / 1000 - oldest) });
  const second = quarantined && t('queue.stuck', { count: quarantined });
  return [first, second].filter(Boolean).join(' ') || t('queue.empty');
}

/** Why it waits and when it is tried next; changes with every try, so it is not read out. */
function whyWords({ waiting, sending, nextAt }, items) {
  if (!waiting) return '';
  if (sending) return t('queue.sending');
  const failed = items.filter(({ state, lastError }) => state === 'ready' && lastError).sort((a, b) => a.nextAt - b.nextAt);
  return [reasonOf(failed[0]?.lastError), nextAt && nextTime(nextAt)].filter(Boolean).join(' ');
}

/** @param {string} id @param {string} words */
function say(id, words) {
  if (byId(id).textContent !== words) byId(id).textContent = words;
  show(byId(id), words !== '');
}

async function render(personId) {
  try {
    const told = await summary({ personId });
    const mine = (await listUnsent()).filter((item) => item.personId === personId);
    const stuck = mine.filter(({ state }) => state === 'quarantined').sort((a, b) => a.type.localeCompare(b.type));
    say('queue-line', sentence(told));
    say('queue-why', whyWords(told, mine));
    byId('unsent-items').toggleAttribute('data-idle', mine.length === 0);
    show(byId('send-now'), told.waiting > 0);
    show(byId('stuck'), stuck.length > 0);
    byId('stuck').replaceChildren(...stuck.map(stuckRow));
  } catch {
    say('queue-line', t('queue.failed'));
  }
}

/**
 * @param {() => string | undefined} person id of who uses the phone now
 * @param {(draw: () => Promise<void>) => () => Promise<void> | void} [calm] may put a drawing off for a moment
 * @returns {() => Promise<void> | void} draws anew
 */
export function queuePanel(person, calm = (draw) => draw) {
  const again = calm(() => render(person() ?? ''));
  byId('send-now').addEventListener('click', () => drain({ force: true }).then(again));
  onChange(again);
  setInterval(again, TICK_MS);
  again();
  return again;
}
