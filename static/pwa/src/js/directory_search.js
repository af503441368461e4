/**
 * Asking while somebody types: one question at a time, always the latest, and the answer to an older one
 * is never shown. Without a pause before asking: a quick server answers before the next letter, and a
 * slow one is asked only as often as it answers.
 */

/**
 * @template Found
 * @param {(query: string) => Promise<Found | null>} ask null: there was no answer
 * @param {(query: string, found: Found) => void} show
 * @param {(state: 'asking' | 'done' | 'lost') => void} [tell]
 * @returns {(query: string) => Promise<void>} want: call it with what stands in the box; done when nothing is asked any more
 */
export function asking(ask, show, tell = () => {}) {
  let wanted = null;
  let asked = null;
  let running = null;
  const run = async () => {
    tell('asking');
    let found = null;
    while (wanted !== asked) {
      asked = wanted;
      found = await ask(asked);
      if (found !== null && asked === wanted) show(asked, found);
    }
    if (found === null) asked = null; // the same question may be asked again
    running = null;
    tell(found === null ? 'lost' : 'done');
  };
  return (query) => {
    wanted = query;
    if (wanted === asked && running === null) return Promise.resolve();
    return (running ??= run());
  };
}

/**
 * The list of an address as nodes. An XMLHttpRequest parses it itself and runs nothing in it, so no text
 * has to be trusted as markup.
 * @param {string} url @returns {Promise<Document | null>} null: no answer, or not this list (signed out, a portal)
 */
export function fetchList(url) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.responseType = 'document';
    request.timeout = 15_000;
    request.onload = () => {
      const found = request.status === 200 ? request.responseXML : null;
      resolve(found?.getElementById('said') ? found : null);
    };
    for (const event of ['error', 'timeout', 'abort']) request.addEventListener(event, () => resolve(null));
    request.send();
  });
}

/** Which link the arrows lead to. @param {Element[]} links @param {Element | null} from @param {string} key @returns {Element | null} null: back to the box */
export function next(links, from, key) {
  const at = links.indexOf(from);
  if (key === 'ArrowDown') return links[Math.min(at + 1, links.length - 1)] ?? null;
  return at > 0 ? links[at - 1] : null;
}

/** What a whole list has behind the last of the offices that are shown. @param {Element} shown @param {Element} whole @returns {ChildNode[]} */
export function rest(shown, whole) {
  const there = new Set([...shown.querySelectorAll('.office')].map((office) => office.getAttribute('aria-labelledby')));
  const nodes = [...whole.childNodes];
  const last = nodes.findLastIndex((node) => there.has(/** @type {Element} */ (node).getAttribute?.('aria-labelledby')));
  return nodes.slice(last + 1);
}
