/**
 * Asking while somebody types: one question at a time, always the latest, and the answer to an older one
 * is never shown; the rest of a long list comes beside it, when the typing pauses. Without a pause before asking: a quick server answers before the next letter, and a
 * slow one is asked only as often as it answers.
 */

/**
 * @template Found
 * @param {(query: string) => Promise<Found | null>} ask null: there was no answer
 * @param {(query: string, found: Found) => void} show
 * @param {(state: 'asking' | 'done' | 'lost') => void} [tell]
 * @param {string | null} [shown] the question whose answer is there already
 * @returns {(query: string) => Promise<void>} want: call it with what stands in the box; done when nothing is asked any more
 */
export function asking(ask, show, tell = () => {}, shown = null) {
  let wanted = shown;
  let asked = shown;
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

/** What a whole list has that is not shown: its other offices, and what comes behind the last. @param {Element} shown @param {Element} whole @returns {ChildNode[]} */
export function rest(shown, whole) {
  /** @param {any} node */
  const nameOf = (node) => node.getAttribute?.('aria-labelledby') ?? null;
  const there = new Set([...shown.querySelectorAll('.office')].map(nameOf));
  const nodes = [...whole.childNodes];
  const last = nodes.findLastIndex((node) => nameOf(node)?.startsWith('office-'));
  return nodes.filter((node, place) => place > last || (nameOf(node)?.startsWith('office-') && !there.has(nameOf(node))));
}

/** Make a list that shows its first offices whole. @param {HTMLElement} shown @param {Document} found */
export function complete(shown, found) {
  const whole = found.getElementById('list');
  shown.querySelector('.rest')?.remove();
  for (const part of ['#said', '.chips']) {
    const [old, now] = [shown.querySelector(part), whole.querySelector(part)];
    if (old && now && old.textContent !== now.textContent && !old.contains(document.activeElement)) old.replaceWith(document.importNode(now, true));
  }
  shown.append(...rest(shown, whole).map((node) => document.importNode(node, true)));
}
