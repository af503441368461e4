"""The real browser of journeys, benchmarks and pictures: Debian's Chromium, and a Korean font."""

from __future__ import annotations

import os
import shutil
import subprocess

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The same engine from the same Debian source, without windows, tool bars and address bar: a third
# less processor for each journey.
SHELL = "chromium-headless-shell"
# The address bar's drop-down is a page of its own, with a process of its own, drawn anew for every
# window: 1.4 s of processor each, taken from the page under test. The others are what Playwright
# switches off, said again because of two such lists Chromium hears the last one only.
FEATURES_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "PreloadTopChromeWebUI",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
FLAGS = (
    f"--disable-features={','.join(FEATURES_OFF)}",
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
LOG_LINES = 3


def program() -> str | None:
    """The path of an installed Chromium (CHROMIUM=/path chooses another), or None."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def engine() -> str | None:
    """The path of the same engine without a browser's own windows, else of the whole Chromium."""
    return program() if os.environ.get("CHROMIUM") else shutil.which(SHELL) or program()


def has_korean_font() -> bool:
    """Whether Korean text would be drawn in letters and not in boxes."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=ko", "family"], capture_output=True, text=True)
    return bool(listed.stdout.strip())


def missing_packages() -> list[str]:
    """The Debian packages that are needed and not there."""
    wanted = [] if program() else ["chromium", SHELL]
    if not has_korean_font():
        wanted += ["fontconfig", "fonts-noto-cjk"]
    return wanted


def ensure() -> str:
    """Install what is missing where that is possible; returns what is still missing, or ""."""
    packages = missing_packages()
    if not packages:
        return ""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return f"missing {' and '.join(packages)}, and only root on Debian can install it here"
    print(f"installing {' '.join(packages)} ...", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-q"], ["install", "-yq", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *words], capture_output=True, text=True, env=env)
        if done.returncode != 0:
            last = " / ".join((done.stderr or done.stdout).strip().splitlines()[-LOG_LINES:])
            return f"apt-get {words[0]} failed: {last}"
    left = missing_packages()
    return f"still missing after the installation: {' '.join(left)}" if left else ""
