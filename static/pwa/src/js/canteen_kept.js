/**
 * What the phone keeps of the canteen, so that its page opens with the server gone: the canteens, the one that was chosen,
 * the last document of each with when it came. It belongs to one person; a log-out deletes it (me.js), and what another
 * person left is not read.
 */
const KEY = 'canteen';

/**
 * @typedef {{document: any, at: number, offset: number}} Last `at`: when the server answered last, by our clock, ms
 * @typedef {{person: string, mine: any | null, chosen: string, last: Record<string, Last>}} Kept
 */

/** @param {string} person @returns {Kept} */
const empty = (person) => ({ person, mine: null, chosen: '', last: {} });

/** @param {string} person whose it must be @returns {Kept} */
export function readKept(person) {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (found?.person === person) return { ...empty(person), ...found };
  } catch {
    // storage is off or holds something else: as if nothing were kept
  }
  return empty(person);
}

/** @param {string} person @param {Partial<Kept>} changes @returns {Kept} as it is now */
export function keep(person, changes) {
  const now = { ...readKept(person), ...changes, person };
  try {
    localStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // storage is off or full: the page works on, and opens empty next time
  }
  return now;
}

/** Whoever's it is. */
export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // storage is off: nothing is kept
  }
}

/** @param {Kept} kept @returns {any | null} the canteen that was chosen, else the first */
export const chosenOf = ({ mine, chosen }) => mine?.canteens.find(({ id }) => id === chosen) ?? mine?.canteens[0] ?? null;
