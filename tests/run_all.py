"""Run every check, all of them even when one fails, and end with a line for each.

The browser's tests, which wait a lot, run beside all the others.

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
from concurrent.futures import ThreadPoolExecutor
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
    lanes = [check_code_and_behaviour]
    if not arguments.without_browser:
        lanes.append(check_in_browser)
    with ThreadPoolExecutor(len(lanes)) as pool:
        running = [pool.submit(lane) for lane in lanes]
        outcomes = [outcome for lane in running for outcome in lane.result()]
    return tell(outcomes)


def check_code_and_behaviour() -> list[Outcome]:
    """Run the tools that read the code, then the tests on both databases."""
    return [
        run("ruff check", "ruff", "check", "."),
        run("ruff format", "ruff", "format", "--check", "."),
        run("mypy", "mypy"),
        run("import-linter", "lint-imports"),
        run("content check", "courseapp", "content", "check", "."),
        # Two workers, for the small machines that this is measured on.
        run(
            "pytest", "pytest", "--ignore=tests/browser", "-n", "auto", "--maxprocesses", "2", "-q"
        ),
    ]


def run(name: str, program: str, *arguments: str) -> Outcome:
    """Run one of the environment's programs and show its output when it has ended, so that no two mix."""
    say(f"-- {name} ...")
    started = time.monotonic()
    totals = ""
    output = [f"\n== {name}"]
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
            output.append(line.rstrip("\n"))
            if program == "pytest" and (found := PYTEST_TOTALS.fullmatch(line.strip())):
                totals = found["totals"]
    say("\n".join(output))
    note = totals or f"{time.monotonic() - started:.1f} s"
    if process.returncode:
        return Outcome(name, FAILED, note)
    return Outcome(name, PASSED, note)


def check_in_browser() -> list[Outcome]:
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
        return [run(name, "pytest", "tests/browser", "-n", "2", "--dist", "loadgroup", "-q")]
    return [
        Outcome(
            name,
            # Whoever runs this by hand reads the note; nobody reads it on a machine that says only yes or no.
            FAILED if os.environ.get("CI") == "true" else LEFT_OUT,
            "there is no Chromium. On Debian: sudo apt-get install chromium; elsewhere name one: "
            "make test CHROMIUM=/path/to/chromium",
        )
    ]


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
