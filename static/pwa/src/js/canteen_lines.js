/** The cards of a canteen's lines: made from the page's template, changed in their place. */
import { aloud, sayLine, worthSaying } from './canteen_view.js';
import { byId, korean, show } from './screen.js';

/** @param {Element} node @param {string} part @param {string} words hidden when there are none */
export function put(node, part, words) {
  for (const one of node.querySelectorAll(`[data-part=${part}]`)) {
    if (one.textContent !== words) one.textContent = words;
    show(one, words !== '');
  }
}

/** @param {HTMLElement} node a card @param {import('./canteen_view.js').Said} said */
export function fill(node, said) {
  node.dataset.mode = said.mode;
  node.dataset.level = said.level === null ? '' : String(said.level);
  node.dataset.trend = said.trend === null ? '' : String(said.trend);
  for (const part of ['word', 'minutes', 'headline', 'people', 'age', 'sources', 'advice', 'note']) put(node, part, said[part]);
  put(node, 'trend', said.trendWord);
  for (const one of node.querySelectorAll('[data-basis]')) show(one, one.dataset.basis === said.mode);
}

/** @param {HTMLElement} list @param {any} line @param {string} pattern id of the template @returns {HTMLElement} */
function cardOf(list, line, pattern) {
  const known = list.querySelector(`:scope > [data-line="${CSS.escape(line.id)}"]`);
  if (known) return known;
  const template = /** @type {HTMLTemplateElement} */ (byId(pattern)).content;
  const node = /** @type {HTMLElement} */ (document.importNode(template, true).firstElementChild);
  node.dataset.line = line.id;
  list.append(node);
  return node;
}

/**
 * What changed is told once to who listens, and nothing on the first drawing.
 * @param {(words: string) => void} tell
 */
export function lines(list, pattern, tell) {
  /** @type {Map<string, string>} */
  const told = new Map();

  /**
   * @param {any} document @param {number} now the canteen's @param {number} silent
   * @param {Record<string, string>} [notes] in place of what is noted of a mode
   */
  function draw(document, now, silent, notes = {}) {
    const news = [];
    for (const line of document.lines) {
      const said = sayLine(line, document, now, silent);
      said.note = notes[said.mode] ?? said.note;
      const node = cardOf(list, line, pattern);
      fill(node, said);
      const name = node.querySelector('[data-part=name]');
      if (name.textContent !== line.name) Object.assign(name, { textContent: line.name, ...korean(line.name) });
      const key = worthSaying(said);
      if (told.has(line.id) && told.get(line.id) !== key) news.push(aloud(line.name, said));
      told.set(line.id, key);
    }
    const ids = new Set(document.lines.map(({ id }) => id));
    for (const node of [...list.children]) if (!ids.has(node.dataset.line)) node.remove();
    if (news.length) tell(news.join('. '));
  }

  return {
    draw,
    clear() {
      told.clear();
      list.replaceChildren();
    },
  };
}
