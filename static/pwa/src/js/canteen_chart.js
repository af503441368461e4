/**
 * The last hour of a line and what is usual, drawn: the wait with its band, the usual as a dashed line that goes on for the
 * half hour to come, the levels' limits, and now. The same numbers stand in a table for who does not see the drawing.
 */
import { t } from './canteen_words.js';
import { CUTS, levelOf, timeOf } from './canteen_view.js';
import { make, show } from './screen.js';

const BACK_MS = 3_600_000;
const AHEAD_MS = 1_800_000;
const GAP_MS = 180_000; // longer without a point: the line is broken
const TICK_MS = 1_800_000;
const ROW_MS = 300_000;
const LEAST_MIN = 15;
const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {[number, number, number, number, ('live' | 'usual')?]} Point ms, q10, q50, q90 */

/** @param {string} name @param {Record<string, string | number>} attributes @param {...(Node | string)} children */
function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Pieces without gaps, of one basis each; one begins where the one before it ends. @param {Point[]} points @param {number} gap ms @returns {Point[][]} */
export function pieces(points, gap) {
  const found = [];
  let last;
  for (const point of points) {
    const near = last !== undefined && point[0] - last[0] <= gap;
    if (near && last[4] === point[4]) found.at(-1).push(point);
    else found.push(near ? [last, point] : [point]);
    last = point;
  }
  return found;
}

/** @param {any} line of the chart's document @param {number} now @returns {{hour: Point[], usual: Point[], from: number, to: number, top: number}} */
export function scene({ hour, usual }, now) {
  const [from, to] = [now - BACK_MS, now + AHEAD_MS];
  const seen = hour.filter(([at]) => at >= from && at <= now);
  const known = usual.filter(([at]) => at >= from && at <= to);
  const highest = Math.max(LEAST_MIN, ...seen.map(([, , , q90]) => q90), ...known.map(([, , q50]) => q50));
  return { hour: seen, usual: known, from, to, top: Math.min(60, Math.ceil(highest * 1.08)) };
}

/** The usual at a moment: of the nearest of its points. @param {Point[]} usual @param {number} at */
const usualAt = (usual, at) => usual.reduce((best, one) => (Math.abs(one[0] - at) < Math.abs((best?.[0] ?? Infinity) - at) ? one : best), null);

/** @param {number} minutes */
const whole = (minutes) => Math.max(0, Math.round(minutes));

/** One row every five minutes, the newest first. @param {ReturnType<typeof scene>} drawn */
export function tableRows({ hour, usual }) {
  const rows = [];
  let before = Infinity;
  for (const [at, q10, q50, q90] of [...hour].reverse()) {
    if (before - at < ROW_MS) continue;
    before = at;
    const known = usualAt(usual, at);
    rows.push({ time: timeOf(at), level: t(`level.${levelOf(q50)}`), minutes: `${whole(q50)} (${Math.floor(q10)}–${Math.ceil(q90)})`, usual: known ? String(whole(known[2])) : '–' });
  }
  return rows;
}

/** @param {Point[]} points @param {number} column 1 to 3 @param {(at: number) => number} x @param {(m: number) => number} y */
const path = (points, column, x, y) => points.map((one, i) => `${i ? 'L' : 'M'}${x(one[0]).toFixed(1)} ${y(one[column]).toFixed(1)}`).join('');

/** @param {Point[]} piece */
function band(piece, x, y) {
  const down = [...piece].reverse();
  return `${path(piece, 3, x, y)}${path(down, 1, x, y).replace('M', 'L')}Z`;
}

/** The limits of the levels, with their words where there is room. */
function limits(box, y, top, em) {
  const cuts = CUTS.filter((cut) => cut < top);
  const nodes = cuts.flatMap((cut) => [
    svg('line', { class: 'cut', x1: box.left, x2: box.right, y1: y(cut), y2: y(cut) }),
    svg('text', { class: 'tick', x: box.left - em * 0.35, y: y(cut) + em * 0.35, 'text-anchor': 'end' }, String(cut)),
  ]);
  [0, ...cuts].forEach((low, i) => {
    const high = cuts[i] ?? top;
    if (y(low) - y(high) < em * 1.15) return;
    nodes.push(svg('text', { class: 'band-word', x: box.left + em * 0.4, y: y(low) - em * 0.35 }, t(`level.${i}`)));
  });
  return nodes;
}

/** Half hours below. */
function hours(box, x, from, to, em) {
  const nodes = [];
  for (let at = Math.ceil(from / TICK_MS) * TICK_MS; at <= to; at += TICK_MS) {
    if (x(at) < box.left + em || x(at) > box.right - em) continue;
    nodes.push(svg('line', { class: 'tick-mark', x1: x(at), x2: x(at), y1: box.bottom, y2: box.bottom + em * 0.3 }));
    nodes.push(svg('text', { class: 'tick', x: x(at), y: box.bottom + em * 1.35, 'text-anchor': 'middle' }, timeOf(at)));
  }
  return nodes;
}

/**
 * Draw into a figure (templates/cafeteria/page.html, #chart-figure): its svg and its table.
 * @param {HTMLElement} figure @param {any} line of the chart's document @param {string} name @param {number} now
 */
export function drawChart(figure, line, name, now) {
  const drawn = scene(line, now);
  const root = figure.querySelector('svg');
  const width = Math.max(220, figure.clientWidth);
  const em = parseFloat(getComputedStyle(root).fontSize) || 14;
  const height = Math.round(Math.max(180, em * 14));
  const box = { left: em * 2, right: width - em * 0.5, top: em * 1.4, bottom: height - em * 1.9 };
  const x = (at) => box.left + ((at - drawn.from) / (drawn.to - drawn.from)) * (box.right - box.left);
  const y = (minutes) => box.bottom - (Math.min(minutes, drawn.top) / drawn.top) * (box.bottom - box.top);
  const parts = pieces(drawn.hour, GAP_MS);
  root.setAttribute('viewBox', `0 0 ${width} ${height}`);
  root.setAttribute('width', String(width));
  root.setAttribute('height', String(height));
  const id = figure.dataset.key;
  root.setAttribute('aria-labelledby', `${id}-title ${id}-desc`);
  root.replaceChildren(
    svg('title', { id: `${id}-title` }, figure.dataset.title.replace('{name}', name)),
    svg('desc', { id: `${id}-desc` }, summary(figure, drawn)),
    ...parts.map((piece) => svg('path', { class: 'band', d: band(piece, x, y) })),
    ...limits(box, y, drawn.top, em),
    ...pieces(drawn.usual, 3 * ROW_MS).map((piece) => svg('path', { class: 'usual', d: path(piece, 2, x, y) })),
    ...parts.map((piece) => svg('path', { class: piece.at(-1)[4] === 'usual' ? 'wait guessed' : 'wait', d: path(piece, 2, x, y) })),
    svg('line', { class: 'axis', x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }),
    ...hours(box, x, drawn.from, drawn.to, em),
    svg('line', { class: 'now', x1: x(now), x2: x(now), y1: box.top - em * 0.2, y2: box.bottom }),
    svg('text', { class: 'now-word', x: x(now), y: box.top - em * 0.45, 'text-anchor': 'middle' }, figure.dataset.now),
  );
  const rows = tableRows(drawn);
  show(figure.querySelector('details'), rows.length > 0);
  figure.querySelector('tbody').replaceChildren(
    ...rows.map((row) => make('tr', {}, make('th', { scope: 'row', class: 'num' }, row.time), make('td', {}, row.level), make('td', { class: 'num' }, row.minutes), make('td', { class: 'num' }, row.usual))),
  );
}

/** The drawing in two sentences. @param {HTMLElement} figure @param {ReturnType<typeof scene>} drawn */
function summary(figure, { hour, usual }) {
  if (!hour.length) return figure.dataset.empty;
  const last = hour.at(-1);
  const longest = hour.reduce((best, one) => (one[2] > best[2] ? one : best));
  const known = usualAt(usual, last[0]);
  const facts = { time: timeOf(last[0]), minutes: whole(last[2]), peak: timeOf(longest[0]), most: whole(longest[2]), usual: known ? whole(known[2]) : '–' };
  return figure.dataset.summary.replace(/\{(\w+)\}/g, (all, key) => String(facts[key] ?? all));
}
