/**
 * What the phone keeps of the directory, so that one can call without a network: the person's favourites as the server
 * told them, and what was opened lately. Of the latter the ids are sent with each renewal, and the server keeps them
 * nowhere. One value a person in the store "kv"; a log-out deletes it (removePerson in db.js). It is written only
 * while the phone is that person's: another tab may have signed somebody else in, or out.
 */
import { after, run } from './db.js';

export const MOST_RECENT = 30;

/**
 * @typedef {object} Card an entry
 * @property {string} uid
 * @property {string} name
 * @property {string} position
 * @property {string} unit department and team
 * @property {string} office
 * @property {string} duty
 * @property {boolean} practice
 * @property {boolean} gone
 * @property {{shown: string, tel: string}[]} numbers tel is "" for an extension
 *
 * @typedef {{favourites: Card[], recent: Card[], at: number}} Kept `at`: when the server was last asked, ms
 */

/** @param {any} found @returns {Kept} */
const whole = (found) => ({ favourites: found?.favourites ?? [], recent: found?.recent ?? [], at: found?.at ?? 0 });
const keyOf = (personId) => `directory:${personId}`;

/** @param {string} personId @returns {Promise<Kept>} */
export const read = (personId) =>
  run('readonly', (kv) => {
    const request = kv.get(keyOf(personId));
    return () => whole(request.result);
  }, ['kv']);

/**
 * @param {string} personId @param {(kept: Kept) => Kept} change
 * @returns {Promise<Kept>} as it is now: as it was, when the phone is not that person's any more
 */
const rewrite = (personId, change) =>
  run('readwrite', (kv) => {
    let now;
    const identity = kv.get('identity');
    const request = kv.get(keyOf(personId));
    after(request, () => {
      now = whole(request.result);
      if (identity.result?.person.id !== personId) return;
      now = change(now);
      kv.put(now, keyOf(personId));
    });
    return () => now;
  }, ['kv']);

const without = (cards, uid) => cards.filter((one) => one.uid !== uid);
const has = (cards, uid) => cards.some((one) => one.uid === uid);

/** An entry was opened. @param {string} personId @param {Card} card @param {boolean} starred */
export const opened = (personId, card, starred) =>
  rewrite(personId, ({ favourites, recent, at }) => {
    const known = has(favourites, card.uid);
    const renewed = known ? favourites.map((one) => (one.uid === card.uid ? card : one)) : [card, ...favourites];
    return {
      favourites: starred ? renewed : without(favourites, card.uid),
      recent: [card, ...without(recent, card.uid)].slice(0, MOST_RECENT),
      at,
    };
  });

/**
 * The server's cards take the place of those that were kept: what it no longer has is gone here too. An entry that was
 * opened while it was asked stays, and a star that was set or taken away meanwhile is as it was left.
 * @param {string} personId @param {{favourites: Card[], recent: Card[]}} told @param {Kept} asked as it was then
 */
export const renewed = (personId, told, asked) =>
  rewrite(personId, ({ favourites, recent }) => {
    const known = new Map([...told.recent, ...told.favourites].map((one) => [one.uid, one]));
    const left = recent.filter(({ uid }) => known.has(uid) || !has(asked.recent, uid));
    const starred = favourites.filter(({ uid }) => !has(asked.favourites, uid) && !has(told.favourites, uid));
    const kept = told.favourites.filter(({ uid }) => has(favourites, uid) || !has(asked.favourites, uid));
    return { favourites: [...starred, ...kept], recent: left.map((one) => known.get(one.uid) ?? one), at: Date.now() };
  });

/** @param {string} personId @param {Card[]} cards none: forget what was opened; or what it was, to undo that */
export const setRecent = (personId, cards) => rewrite(personId, ({ favourites, at }) => ({ favourites, recent: cards, at }));
