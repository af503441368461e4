/**
 * What is said of a canteen at a moment, from the live document: nothing here touches the page, the network or a clock.
 * No number is said without its age once it is older than ninety seconds, or the server has been silent for twenty.
 */
import { t } from './canteen_words.js';
import { clock, dayOf } from './screen.js';
import { language } from './words.js';

export const OLD_MS = 90_000;
export const SILENT_MS = 20_000;
/** What was so this long ago says nothing of now: its number is told in the past only. */
export const PAST_MS = 30 * 60_000;
export const CUTS = [3, 7, 12, 20];
const DAY_MS = 86_400_000;

/** How long a server may be silent: a shut canteen is asked for rarely. @param {any} document @returns {number} ms */
export const silentAfter = ({ period_ms: period }) => Math.max(SILENT_MS, 2 * period);

/** @param {number} minutes @returns {number} 0 to 4 */
export const levelOf = (minutes) => CUTS.filter((cut) => minutes >= cut).length;

/**
 * The canteen's own time: a replayed lunch runs by another clock, and faster.
 * @param {any} document @param {number} serverNow ms
 */
export const canteenNow = ({ clock: own, made_ms: made }, serverNow) => own.at_ms + Math.max(0, serverNow - made) * own.speed;

/** @param {number} ms @returns {string} in words, to the second below a minute */
export function ago(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 5) return t('ago.now');
  if (seconds < 60) return t('ago.seconds', { n: seconds });
  if (seconds < 3600) return t('ago.minutes', { n: Math.floor(seconds / 60) });
  if (seconds < 172_800) return t('ago.hours', { n: Math.floor(seconds / 3600) });
  return t('ago.days', { n: Math.floor(seconds / 86_400) });
}

/** @param {number} ms */
export const timeOf = (ms) => clock(ms / 1000);
/** @param {Intl.DateTimeFormatOptions} form */
const written = (form) => (ms) => new Intl.DateTimeFormat(language(), { timeZone: 'Asia/Seoul', ...form }).format(ms);
const weekdayOf = written({ weekday: 'long' });
const dateOf = written({ month: 'long', day: 'numeric', weekday: 'short' });

/** @param {{low: number, high: number} | null} range */
function minutesOf(range) {
  if (!range) return '';
  const { low, high } = range;
  if (low === high) return t('wait.exact', { low });
  return low <= 0 ? t('wait.under', { high }) : t('wait.range', { low, high });
}

/** Within how many minutes one usually is: only where that says more than the range does. @param {{low: number, high: number, headline: number} | null} range */
const headlineOf = (range) =>
  range && range.low > 0 && range.low < range.high && range.headline < range.high ? t('wait.headline', { n: range.headline }) : '';

/** @param {any[]} sources @returns {string} */
const sourcesOf = (sources) =>
  sources
    .map(({ kind, ok, count }) => {
      const name = t(`source.${kind}`, { n: count });
      return ok === false ? t('source.lost', { source: name }) : name;
    })
    .join(' · ');

/** @param {any} advice @returns {string} */
function adviceOf(advice) {
  if (!advice) return '';
  return advice.when === 'now' ? t('advice.now') : t('advice.later', { time: timeOf(advice.at_ms) });
}

/** @param {number | null} people @returns {string} */
function peopleOf(people) {
  if (people === null) return '';
  return people > 0 ? t('line.people', { n: people }) : t('line.nobody');
}

/**
 * @typedef {object} Said what a line's card says; "" for what is not said
 * @property {'live' | 'usual' | 'old' | 'past' | 'unknown' | 'closed' | 'sold_out'} mode
 * @property {number | null} level to draw, null for none
 * @property {string} word
 * @property {string} minutes
 * @property {string} headline
 * @property {number | null} trend
 * @property {string} trendWord
 * @property {string} people
 * @property {string} age
 * @property {string} sources
 * @property {string} advice
 * @property {string} note
 */
const NOTHING = { level: null, minutes: '', headline: '', trend: null, trendWord: '', people: '', age: '', sources: '', advice: '', note: '' };

/**
 * How old what is said of a line is, in our time whatever the canteen's clock; the usual is as old as the server's last word.
 * @param {any} line @param {any} document @param {number} now @param {number} silent ms
 */
function ageOf(line, { clock: own }, now, silent) {
  if (line.basis === 'live') return (now - (line.seen_ms ?? own.at_ms)) / own.speed; // a minute of a lunch that is played ten times as fast is six seconds
  return silent;
}

/** @param {any} line @param {number} age @param {string} note @returns {Said} */
function past(line, age, note) {
  const what = [t(`level.${line.level}`), minutesOf(line.range)].filter(Boolean).join(' ');
  return { ...NOTHING, mode: 'past', word: t('level.unknown'), age: t('seen.was', { age: ago(age), what }), note };
}

/**
 * @param {any} line of the live document @param {any} document
 * @param {number} now the canteen's time, ms @param {number} silent ms since the server's last answer
 * @returns {Said}
 */
export function sayLine(line, document, now, silent) {
  const mute = silent > silentAfter(document);
  if (line.state !== 'open') return { ...NOTHING, mode: line.state, word: t(`level.${line.state}`), age: mute ? t('seen.old', { age: ago(silent) }) : '' };
  if (line.basis === 'unknown' || line.level === null) return { ...NOTHING, mode: 'unknown', word: t('level.unknown'), note: t('note.unknown') };
  const age = ageOf(line, document, now, silent);
  const old = mute || (line.basis === 'live' && age > OLD_MS);
  const why = t(mute ? 'seen.silent' : 'seen.stale');
  if (old && age > PAST_MS) return past(line, age, why);
  const said = {
    ...NOTHING,
    level: line.level,
    word: t(`level.${line.level}`),
    minutes: minutesOf(line.range),
    headline: headlineOf(line.range),
  };
  if (old) return { ...said, mode: 'old', age: t(line.basis === 'live' ? 'seen.old' : 'seen.received', { age: ago(age) }), note: why };
  Object.assign(said, { advice: adviceOf(line.advice), sources: sourcesOf(line.sources ?? []) });
  if (line.basis === 'usual') return { ...said, mode: 'usual', note: t('note.usual', { weekday: weekdayOf(now) }) };
  return {
    ...said,
    mode: 'live',
    trend: line.trend,
    trendWord: line.trend === null ? '' : t(`trend.${line.trend}`),
    people: peopleOf(line.people),
    age: t('seen.live', { age: ago(age) }),
    note: line.range ? '' : t('note.wide'),
  };
}

/** @param {string} day YYYY-MM-DD @param {number} now ms @returns {'today' | 'tomorrow' | 'day'} */
function dayName(day, now) {
  if (day === dayOf(now / 1000)) return 'today';
  return day === dayOf((now + DAY_MS) / 1000) ? 'tomorrow' : 'day';
}

/** @param {string} kind of a meal */
const meal = (kind) => t(`meal.${kind}`);

/** @param {{kind: string, opens_ms: number} | null} next @param {number} now @returns {string} */
function sayNext(next, now) {
  if (!next) return t('next.none');
  const facts = { time: timeOf(next.opens_ms), meal: meal(next.kind), day: dateOf(next.opens_ms) };
  return t(`next.${dayName(dayOf(next.opens_ms / 1000), now)}`, facts);
}

/** @param {any} document @param {number} now @returns {string} */
function shutTitle({ state, why_closed: why, next, meal: served }, now) {
  if (state === 'sold_out') return t('shut.sold_out', { meal: meal(served?.kind ?? 'lunch') });
  if (state === 'none') return t('shut.none');
  if (why) return t('shut.rest', { why });
  return t(next && dayName(dayOf(next.opens_ms / 1000), now) === 'today' ? 'shut.before' : 'shut.closed');
}

/**
 * What the page says above the lines.
 * @param {any} document @param {number} now @returns {{open: boolean, title: string, next: string, until: string}}
 */
export function sayCanteen(document, now) {
  const { state, meal: served, next } = document;
  const over = served && served.closes_ms <= now; // nobody looks at it any more, and its end has come
  if (state === 'open' && !over) return { open: true, title: '', next: '', until: served ? t('until', { time: timeOf(served.closes_ms) }) : '' };
  const late = next && next.opens_ms <= now; // the server is gone, and it should be open by now
  const title = over ? t('shut.closed') : shutTitle(document, now);
  return { open: false, title: late ? t('level.unknown') : title, next: sayNext(next, now), until: '' };
}

/**
 * @param {any} document @param {number} now
 * @returns {{title: string, items: string[]} | null} null when there is none, or its day is over
 */
export function sayMenu({ menu }, now) {
  if (!menu || !menu.items.length || menu.day < dayOf(now / 1000)) return null;
  const day = dateOf(Date.parse(`${menu.day}T03:00:00Z`));
  return { title: t(`menu.${dayName(menu.day, now)}`, { meal: meal(menu.meal), day }), items: menu.items };
}

/**
 * Whether a line is reported to be shorter than a wish already.
 * @param {any} document @param {number} now @param {number} silent ms @param {number} minutes
 */
export const isUnder = (document, now, silent, minutes) =>
  document.lines.some((line) => sayLine(line, document, now, silent).mode === 'live' && line.range && line.range.headline < minutes);

/** What a change of is worth telling somebody who listens. @param {Said} said */
export const worthSaying = ({ mode, word, advice }) => [mode === 'past' ? 'unknown' : mode, word, advice].join('|');

/** A line in one sentence, for who listens. @param {string} name @param {Said} said */
export const aloud = (name, { word, minutes, advice, age, mode }) =>
  t('said.line', { name, what: [word, minutes, mode === 'old' ? age : '', advice].filter(Boolean).join(', ') });
