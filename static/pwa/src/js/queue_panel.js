/** What waits to be sent, how old it is, when the next try comes, and what the server refused, with its reason. */
import { listUnsent } from './db.js';
import { drain, onChange, retry, summary } from './queue.js';
import { age, byId, clockExact, make, show } from './screen.js';
import { t } from './words.js';

const TICK_MS = 10_000;

/** @param {import('./db.js').Item} item @returns {HTMLElement} */
function stuckRow(item) {
  const again = make('button', { class: 'btn', type: 'button' }, t('queue.retry'));
  again.addEventListener('click', () => retry(item.id));
  const { title, detail, code } = item.lastError ?? { title: '', detail: '', code: '?' };
  const words = make('span', { class: 'what' }, make('b', {}, `${t(item.kind)} · ${title || code}`), make('span', { class: 'small muted' }, detail));
  return make('li', { class: 'row' }, words, again);
}

/** @param {{waiting: number, sending: number, oldest: number | null, nextAt: number | null}} told @returns {string} */
function sentence({ waiting, sending, oldest, nextAt }) {
  if (!waiting) return t('queue.empty');
  const now = Date.now();
  const first = t('queue.waiting', { count: waiting, age: age(now / 1000 - oldest) });
  if (sending) return `${first} ${t('queue.sending')}`;
  return nextAt && nextAt > now ? `${first} ${t('queue.next', { time: clockExact(nextAt / 1000) })}` : first;
}

async function render(personId) {
  try {
    const told = await summary({ personId });
    const stuck = (await listUnsent()).filter((item) => item.state === 'quarantined' && item.personId === personId && item.type === 'stamp');
    const line = told.quarantined ? `${told.waiting ? `${sentence(told)} ` : ''}${t('queue.stuck', { count: told.quarantined })}` : sentence(told);
    if (byId('queue-line').textContent !== line) byId('queue-line').textContent = line;
    show(byId('send-now'), told.waiting > 0);
    show(byId('stuck'), stuck.length > 0);
    byId('stuck').replaceChildren(...stuck.map(stuckRow));
  } catch {
    byId('queue-line').textContent = t('queue.failed');
  }
}

/** @param {() => string | undefined} person id of who uses the phone now @returns {() => Promise<void>} draws anew */
export function queuePanel(person) {
  const again = () => render(person() ?? '');
  byId('send-now').addEventListener('click', () => drain({ force: true }).then(again));
  onChange(again);
  setInterval(again, TICK_MS);
  again();
  return again;
}
