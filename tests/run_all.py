"""Run every check one after the other, all of them even when one fails, and end with a line for each.

`make test` calls this, `make check` with --without-browser.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
# Not resolved: a virtual environment's interpreter is a link to the one that it was made with.
PROGRAMS: Final = Path(sys.executable).parent
CHROMIUMS: Final = (
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
INSTALL_CHROMIUM: Final = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
PYTEST_TOTALS: Final = re.compile(
    r"=* ?(?P<totals>(?:no tests ran|\d+ \w+).* in [\d.]+s.*?)(?: =+)?"
)

PASSED: Final = "passed"
FAILED: Final = "FAILED"
LEFT_OUT: Final = "LEFT OUT"


@dataclass(frozen=True)
class Outcome:
    """How a check ended, and what the reader should know of it."""

    name: str
    state: str
    note: str


def main() -> int:
    """Run what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without-browser", action="store_true", help="leave the browser out")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    outcomes = [
        run("ruff check", "ruff", "check", "."),
        run("ruff format", "ruff", "format", "--check", "."),
        run("mypy", "mypy"),
        run("import-linter", "lint-imports"),
        run("content check", "courseapp", "content", "check", "."),
        # Both databases; two workers, for the small machines that this is measured on.
        run(
            "pytest", "pytest", "--ignore=tests/browser", "-n", "auto", "--maxprocesses", "2", "-q"
        ),
    ]
    if not arguments.without_browser:
        outcomes.append(browser_journey())
    return tell(outcomes)


def run(name: str, program: str, *arguments: str) -> Outcome:
    """Run one of the environment's programs, showing its output as it comes."""
    say(f"\n== {name}")
    started = time.monotonic()
    totals = ""
    with subprocess.Popen(
        [PROGRAMS / program, *arguments],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            say(line.rstrip("\n"))
            if program == "pytest" and (found := PYTEST_TOTALS.fullmatch(line.strip())):
                totals = found["totals"]
    note = totals or f"{time.monotonic() - started:.1f} s"
    if process.returncode:
        return Outcome(name, FAILED, note)
    return Outcome(name, PASSED, note)


def browser_journey() -> Outcome:
    """Run the browser tests, with a Chromium that is there or that can be installed."""
    name = "pytest tests/browser"
    if not find_chromium() and os.geteuid() == 0 and shutil.which("apt-get"):
        say("\nInstalling Chromium (apt-get) ...")
        quietly = {
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            "stdin": subprocess.DEVNULL,
        }
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quietly)
        subprocess.run(INSTALL_CHROMIUM, check=False, stdout=subprocess.DEVNULL, **quietly)
    if find_chromium():
        # A file's tests stay together: each worker has a server and a browser of its own.
        return run(name, "pytest", "tests/browser", "-n", "2", "--dist", "loadfile", "-q")
    return Outcome(
        name,
        # Whoever runs this by hand reads the note; nobody reads it on a machine that says only yes or no.
        FAILED if os.environ.get("CI") == "true" else LEFT_OUT,
        "there is no Chromium. On Debian: sudo apt-get install chromium; elsewhere name one: "
        "make test CHROMIUM=/path/to/chromium",
    )


def find_chromium() -> bool:
    """Tell whether there is a browser for the tests: the one that CHROMIUM names, or an installed one."""
    named = os.environ.get("CHROMIUM")
    return any(shutil.which(name) for name in ((named,) if named else CHROMIUMS))


def clean_environment() -> dict[str, str]:
    """Return the environment without the settings of somebody's own site: no test may touch it."""
    return {
        name: value
        for name, value in os.environ.items()
        if name != "PORT" and not name.startswith("COURSEAPP_")
    }


def tell(outcomes: list[Outcome]) -> int:
    """Print a line for each outcome; return the exit code."""
    say("\n== Summary")
    width = max(len(outcome.name) for outcome in outcomes)
    for outcome in outcomes:
        say(f"{outcome.state:<9} {outcome.name:<{width}}  {outcome.note}")
    return int(any(outcome.state == FAILED for outcome in outcomes))


def say(line: str) -> None:
    """Print a line at once, so that it stands before what the next program prints."""
    print(line, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
