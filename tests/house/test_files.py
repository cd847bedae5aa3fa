"""What must not stand in any file, and what the locked requirements must be like."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest

from config import PROJECT_ROOT

# Written so that they do not match themselves.
FORBIDDEN: Final = {
    "a package registry": re.compile(
        r"\b(pypi[.]org|pythonhosted[.]org|registry[.]npmjs|npmjs[.]com|deb[.]debian[.]org|conda[.]io)"
        r"|--(extra-)?index[-]url|--find[-]links|PIP_[A-Z]+_URL"
    ),
    "a path of somebody's machine": re.compile(
        r"(?<![\w.:/-])/(root|home|Users|work(space)?|opt|builds?)/\w|[A-Z]:\\\\?Users"
    ),
    "a private key": re.compile(r"BEGIN [A-Z ]*PRIVATE KEY-+\s+[A-Za-z0-9+/=]{20}"),
    "an access token": re.compile(
        r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abp]-\w{10,}|sk-\w{20,})"
    ),
    "a password in an address": re.compile(r"\w:/{2}(?!user:password@)[^\s/:@{}$]+:[^\s/:@{}$]+@"),
    "a secret that is written out": re.compile(
        r"(?i)(secret|password|token|api_?key)\w*[\"']?\s*[:=]\s*[\"']?[0-9a-f]{32,}\b"
    ),
}
LOCKED: Final = ("requirements.txt", "requirements-dev.txt")
PIN: Final = re.compile(r"^(?P<name>[a-z0-9-]+)(\[[a-z,]+\])?==(?P<version>\S+)")


def ignored_patterns() -> list[str]:
    lines = (PROJECT_ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return [".git", *(line.strip("/") for line in lines)]


def project_files(folder: Path = PROJECT_ROOT) -> Iterator[Path]:
    """Yield what is in the project, or would be if it were added: all that .gitignore does not name."""
    for path in sorted(folder.iterdir()):
        if any(fnmatch(path.name, pattern) for pattern in ignored_patterns()):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from project_files(path)
        elif path.is_file():
            yield path


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8")


def requirements(name: str) -> list[str]:
    """Return the requirements of a locked file, each with its hashes on one line."""
    text = (PROJECT_ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("    #")]


def pins(name: str) -> dict[str, str]:
    found = [PIN.match(line) for line in requirements(name)]
    return {match["name"]: match["version"] for match in found if match}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what):
    found = [
        f"{path.relative_to(PROJECT_ROOT)}: {match[0]}"
        for path in project_files()
        # Tests need passwords that look like passwords.
        if not (what == "a password in an address" and path.is_relative_to(PROJECT_ROOT / "tests"))
        for match in FORBIDDEN[what].finditer(text_of(path))
    ]
    assert not found


@pytest.mark.parametrize(
    ("what", "example"),
    [
        ("a package registry", "https://" + "pypi" + ".org/simple"),
        ("a path of somebody's machine", 'open("/' + 'home/alice/notes")'),
        ("a private key", "-----BEGIN PRIVATE KEY-----\n" + "MC4CAQAwBQYDK2VwBCIEI"),
        ("an access token", "AKIA" + "ABCDEFGHIJKLMNOP"),
        ("a password in an address", "postgresql://" + "alice:wonder@db/courseapp"),
        ("a secret that is written out", "SECRET_KEY = '" + "0f" * 16 + "'"),
    ],
)
def test_the_patterns_find_what_they_are_for(what, example):
    assert FORBIDDEN[what].search(example)


def test_the_files_are_found():
    found = {path.relative_to(PROJECT_ROOT).as_posix() for path in project_files()}
    assert {"config.py", "Makefile", ".ci/run", "tests/house/test_files.py"} <= found
    assert not [path for path in found if path.startswith((".venv/", "instance/", ".git/"))]


@pytest.mark.parametrize("name", LOCKED)
def test_requirements_are_pinned_with_hashes_and_name_no_index(name):
    found = requirements(name)
    assert len(found) > 30
    for line in found:
        assert PIN.match(line), line
        assert " --hash=sha256:" in line, line
        assert "://" not in line, line


def test_one_environment_serves_both():
    runtime, development = (pins(name) for name in LOCKED)
    assert runtime.items() < development.items()


def test_every_dependency_is_locked():
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    name = re.compile(r"[a-z0-9-]+")
    wanted = {name.match(text)[0] for text in project["project"]["dependencies"]}
    also = {name.match(text)[0] for text in project["dependency-groups"]["dev"]}
    assert wanted <= pins("requirements.txt").keys()
    assert also <= pins("requirements-dev.txt").keys()


def test_node_is_needed_for_other_peoples_verifiers_only():
    packages = {
        path.relative_to(PROJECT_ROOT).parent.as_posix()
        for path in project_files()
        if path.name in {"package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"}
    }
    assert packages == {"tests/verifiers"}
    lock = (PROJECT_ROOT / "tests/verifiers/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    for name in ("Makefile", ".ci/run"):
        text = (PROJECT_ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"\b(node|npm|npx|yarn)\b", text), name
