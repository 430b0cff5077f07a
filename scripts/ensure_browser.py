"""Finds a Chromium for the browser tests, or gets one, and prints its path.

In this order: `FELT_BROWSER`, a Chromium or Chrome that is there (the one without windows first: a new window
of the others costs four times as much), Playwright's own if downloaded before, the system's package (apt-get,
as root only), Playwright's own download. Exit code 1 and what is missing on stderr where none can be had.
`--find` only looks. `--of-system` needs no package of ours and never fails: it asks the system, no more.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SMALL = "chromium-headless-shell"
NAMES = (SMALL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = ("install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")
APT_SECONDS_MAX = 600


def main(arguments: list[str]) -> int:
    found = find()
    if "--find" not in arguments:
        if "FELT_BROWSER" not in os.environ and not shutil.which(SMALL):
            found = from_system([*INSTALL, SMALL]) or found
        found = found or from_system(["update"], [*INSTALL, "chromium"])
        if "--of-system" in arguments:
            return 0
        found = found or from_playwright()
    if found:
        print(found)
        return 0
    print(
        "No Chromium for the browser tests. Install one (Debian: apt-get install chromium), or set "
        "FELT_BROWSER to the program, or let `python -m playwright install chromium` reach its server.",
        file=sys.stderr,
    )
    return 1


def find() -> str | None:
    """A browser that is there and starts."""
    return next(filter(starts, candidates()), None)


def candidates() -> Iterator[str]:
    """Asking Playwright starts a program of its own, so it comes last."""
    yield from filter(None, (os.environ.get("FELT_BROWSER"), *map(shutil.which, NAMES)))
    yield from filter(None, [playwrights_own()])


def starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def from_system(*commands: list[str]) -> str | None:
    """A package of the system; only root may ask for it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print(f"Asking the system for its package {commands[-1][-1]}.", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if all(succeeds(["apt-get", "-qq", *command], environment) for command in commands):
        return find()
    return None


def from_playwright() -> str | None:
    """Playwright's own build; as root with the system libraries it needs."""
    print("Asking Playwright for its own Chromium.", file=sys.stderr)
    command = [sys.executable, "-m", "playwright", "install"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        command.append("--with-deps")
    return find() if succeeds([*command, "chromium"], dict(os.environ)) else None


def succeeds(command: list[str], environment: dict[str, str]) -> bool:
    """Whether the command ended well; what it says goes to stderr, for stdout is ours."""
    try:
        ended = subprocess.run(command, env=environment, stdout=sys.stderr, timeout=APT_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        print(f"{command[0]} did not end within {APT_SECONDS_MAX} s.", file=sys.stderr)
        return False
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
