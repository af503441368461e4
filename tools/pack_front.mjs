// The Node half of tools/build_front.py: bundles, draws icons, compresses.
// Reads one JSON order from standard input, answers with one JSON report on standard output.
// Verbs: "tokens" (KRDS tokens to our custom properties), "bundle" (CSS and page modules), "icons"
// (SVG to PNG), "worker" (sw.js with its precache list), "press" (.gz and .br beside each file).
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { Resvg } from "@resvg/resvg-js";
import { build } from "esbuild";

const SHARED = {
  bundle: true,
  external: ["../vendor/*"], // the un-built page's copy of lean-qr, see js/qr_engine.js
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  target: ["chrome111", "safari16.4", "firefox114"],
};

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

/** Follows var() to the end; lengths from 1rem = 10px, as KRDS has it, to 1rem = 16px. */
function resolve(known, token) {
  const value = known.get(token)?.trim();
  if (value === undefined) throw new Error(`krds-uiux has no token ${token}: correct css/tokens.map.json`);
  const reference = /^var\((--[\w-]+)\)$/.exec(value);
  if (reference) return resolve(known, reference[1]);
  const length = /^([\d.]+)rem$/.exec(value);
  return length ? `${Number((length[1] / 1.6).toFixed(4))}rem` : value;
}

/** Writes the wanted tokens as custom properties: light, high-contrast, and "auto" that follows the device. */
async function tokens({ sheet, map, out }) {
  const known = new Map([...(await readFile(sheet, "utf8")).matchAll(/(--krds-[\w-]+):\s*([^;]+);/g)].map((one) => one.slice(1)));
  const { colours, sizes } = JSON.parse(await readFile(map, "utf8"));
  const write = (names, tokenOf) => Object.entries(names).map(([name, token]) => `--${name}:${resolve(known, tokenOf(token))};`).join("");
  const colour = (theme) => write(colours, (token) => `--krds-${theme}-color-${token[theme] ?? token}`);
  const contrast = `color-scheme:dark;${colour("high-contrast")}`;
  const css = [
    `:root{color-scheme:light;${colour("light")}${write(sizes, (token) => `--krds-${token}`)}}`,
    `:root[data-theme=contrast]{${contrast}}`,
    `@media (prefers-color-scheme:dark),(prefers-contrast:more){:root[data-theme=auto]{${contrast}}}`,
  ];
  await writeFile(out, css.join("\n"));
  return {};
}

/** Turns esbuild's metafile into {file: {logical, imports, later}}; `later` loads when the page asks for it. */
function outputsOf(metafile, outdir, entries) {
  const relative = (name) => path.relative(outdir, path.resolve(name)).split(path.sep).join("/");
  const report = {};
  for (const [name, output] of Object.entries(metafile.outputs)) {
    const entry = output.entryPoint && path.resolve(output.entryPoint);
    const logical = entry && Object.keys(entries).find((key) => path.resolve(entries[key]) === entry);
    const own = output.imports.filter((one) => !one.external);
    const named = (wanted) => own.filter(({ kind }) => (kind === "dynamic-import") === wanted).map((one) => relative(one.path));
    report[relative(name)] = { logical: logical ?? null, imports: named(false), later: named(true) };
  }
  return report;
}

/** Bundles every entry; modules share chunks, the theme script is classic because it must block. */
async function bundle({ outdir, modules, scripts, styles }) {
  const common = { ...SHARED, outdir, metafile: true, entryNames: "[dir]/[name]-[hash]", chunkNames: "js/shared-[hash]" };
  const points = (entries) => Object.entries(entries).map(([key, file]) => ({ in: file, out: key.replace(/\.[a-z]+$/, "") }));
  const jobs = [
    [modules, { format: "esm", splitting: true }],
    [scripts, { format: "iife" }],
    [styles, {}],
  ];
  const report = {};
  for (const [entries, options] of jobs) {
    const result = await build({ ...common, ...options, entryPoints: points(entries) });
    Object.assign(report, outputsOf(result.metafile, outdir, entries));
  }
  return report;
}

/** Draws one PNG from an SVG at the width asked for and names it by its content. */
async function icon(outdir, { name, svg, size }) {
  const png = new Resvg(await readFile(svg, "utf8"), { fitTo: { mode: "width", value: size } }).render().asPng();
  const file = `icons/${name}-${digest(png)}.png`;
  await mkdir(path.join(outdir, "icons"), { recursive: true });
  await writeFile(path.join(outdir, file), png);
  return [`icons/${name}.png`, file];
}

/** Bundles the service worker as one classic script; PRECACHE is replaced by the list. */
async function worker({ outdir, source, precache }) {
  await build({ ...SHARED, format: "iife", entryPoints: [source], outfile: path.join(outdir, "sw.js"), define: { PRECACHE: JSON.stringify(precache) } });
  return {};
}

/** Writes .gz and .br beside each file and reports the sizes in bytes. */
async function press({ outdir, files }) {
  const report = {};
  for (const file of files) {
    const raw = await readFile(path.join(outdir, file));
    const gz = gzipSync(raw, { level: 9 });
    const br = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    await writeFile(path.join(outdir, `${file}.gz`), gz);
    await writeFile(path.join(outdir, `${file}.br`), br);
    report[file] = { raw: raw.length, gz: gz.length, br: br.length };
  }
  return report;
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const order = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const verbs = {
  tokens,
  bundle,
  worker,
  press,
  icons: async ({ outdir, icons }) => Object.fromEntries(await Promise.all(icons.map((one) => icon(outdir, one)))),
};
process.stdout.write(JSON.stringify(await verbs[order.verb](order)));
