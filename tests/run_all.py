"""Run every check, all of them even when one fails, and end with a line for each.

The browser's tests, which wait a lot, run beside all the others. What the tests need beside Python's packages is
installed first where that can be done; what cannot be had is left out and named at the end.

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
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
# Not resolved: a virtual environment's interpreter is a link to the one that it was made with.
PROGRAMS: Final = Path(sys.executable).parent
CHROMIUMS: Final = (
    # The same engine without a desktop's frame around it: two fifths less for the processor to do.
    "chromium-headless-shell",
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
INSTALL: Final = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
VERIFIERS: Final = ROOT / "tests" / "verifiers"
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
    needs = [need for need in NEEDS if need.mark != "browser" or not arguments.without_browser]
    install_packages([need for need in needs if not need.is_there()])
    left_out = [need for need in needs if not need.is_there()]
    lanes = [partial(check_code_and_behaviour, [need.mark for need in left_out])]
    if not arguments.without_browser and not any(need.mark == "browser" for need in left_out):
        lanes.append(check_in_browser)
    with ThreadPoolExecutor(len(lanes)) as pool:
        running = [pool.submit(lane) for lane in lanes]
        outcomes = [outcome for lane in running for outcome in lane.result()]
    return tell([*outcomes, *(need.outcome_without() for need in left_out)])


@dataclass(frozen=True)
class Need:
    """Something that is not Python's, which the tests with this mark cannot do without."""

    mark: str
    what: str
    packages: tuple[str, ...]
    is_there: Callable[[], bool]
    advice: str

    def outcome_without(self) -> Outcome:
        """Return the line that says what was left out, and how to get it."""
        # Whoever runs this by hand reads it; nobody reads it on a machine that says only yes or no.
        state = FAILED if os.environ.get("CI") == "true" else LEFT_OUT
        return Outcome(f"tests with {self.what}", state, self.advice)


def install_packages(missing: list[Need]) -> None:
    """Install what is missing with apt-get where that can be done, and npm's packages where there is Node."""
    packages = [package for need in missing for package in need.packages]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        run_quietly("apt-get", "update", "-qq")
        for package in packages:
            say(f"\nInstalling {package} (apt-get) ...")
            run_quietly(*INSTALL, package)
        # Where the browser comes in one piece only.
        if not find_chromium():
            run_quietly(*INSTALL, "chromium")
    if shutil.which("node") and (npm := shutil.which("npm")) and not has_verifiers():
        say("\nInstalling other people's verifiers (npm ci) ...")
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=VERIFIERS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode == 0:
            shutil.copyfile(VERIFIERS / "package-lock.json", installed_lock())


def run_quietly(*command: str) -> None:
    """Run a program of the system's that asks nothing and need not succeed."""
    subprocess.run(
        command,
        check=False,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def installed_lock() -> Path:
    """Return where it is noted which lock file npm's packages were installed from."""
    return VERIFIERS / "node_modules" / ".installed-lock.json"


def has_verifiers() -> bool:
    """Tell whether there is Node, with the packages of today's lock file."""
    lock = installed_lock()
    return (
        shutil.which("node") is not None
        and lock.exists()
        and lock.read_bytes() == (VERIFIERS / "package-lock.json").read_bytes()
    )


def can_look_at_pages() -> bool:
    """Tell whether there are poppler's tools, and fonts for the scripts that names are written in."""
    fonts = Path("/usr/share/fonts")
    return (
        all(shutil.which(tool) for tool in ("pdftotext", "pdffonts", "pdfdetach", "pdftoppm"))
        and any(fonts.rglob("NotoNaskhArabic-*"))
        and any(fonts.rglob("NotoSerifCJK-*"))
    )


def find_chromium() -> bool:
    """Tell whether there is a browser for the tests: the one that CHROMIUM names, or an installed one."""
    named = os.environ.get("CHROMIUM")
    return any(shutil.which(name) for name in ((named,) if named else CHROMIUMS))


NEEDS: Final = (
    Need(
        "browser",
        "a browser",
        ("chromium-headless-shell",),
        find_chromium,
        "there is no Chromium. On Debian: sudo apt-get install chromium-headless-shell; elsewhere name one: "
        "make test CHROMIUM=/path/to/chromium",
    ),
    Need(
        "node",
        "other people's verifiers",
        (),
        has_verifiers,
        "there is no Node with npm. On Debian: sudo apt-get install nodejs npm",
    ),
    Need(
        "printing",
        "printed pages",
        ("poppler-utils", "fonts-noto-core", "fonts-noto-cjk"),
        can_look_at_pages,
        "On Debian: sudo apt-get install poppler-utils fonts-noto-core fonts-noto-cjk",
    ),
)


def check_code_and_behaviour(without: Sequence[str]) -> list[Outcome]:
    """Run the tools that read the code, then the tests on both databases, but those with these marks."""
    wanted = " and ".join(f"not {mark}" for mark in without)
    return [
        run("ruff check", "ruff", "check", "."),
        run("ruff format", "ruff", "format", "--check", "."),
        run("mypy", "mypy"),
        run("import-linter", "lint-imports"),
        run("content check", "courseapp", "content", "check", "."),
        run(
            "pytest",
            "pytest",
            "--ignore=tests/browser",
            # Two workers, for the small machines that this is measured on.
            *("-n", "auto", "--maxprocesses", "2", "-q", "-m", wanted),
        ),
    ]


def check_in_browser() -> list[Outcome]:
    """Run the browser's tests."""
    return [
        run(
            "pytest tests/browser",
            *("pytest", "tests/browser", "-n", "2", "--dist", "loadgroup", "-q"),
        )
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
