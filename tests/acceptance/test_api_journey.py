"""The API journey, as anybody runs it by hand, against a real server on each database."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from config import PROJECT_ROOT
from courseapp.assessment.kinds import KINDS
from courseapp.catalog.content import load_content
from tests.browser.serving import free_port, stop, wait_until_healthy
from tests.databases import SECRET_KEY, Database
from tests.run_all import clean_environment

SCRIPT: Final = PROJECT_ROOT / "tests" / "acceptance" / "api_journey.py"
MOST_SECONDS: Final = 120


@pytest.fixture
def server(fresh_database: Database, tmp_path: Path) -> Iterator[str]:
    """The address of `courseapp serve`, with two processes, on a database of its own."""
    address = f"http://127.0.0.1:{free_port()}"
    environment = {
        **clean_environment(),
        "COURSEAPP_SECRET_KEY": SECRET_KEY,
        "COURSEAPP_INSTANCE_DIR": str(tmp_path / "instance"),
        "COURSEAPP_DATABASE_URL": fresh_database.url,
        "COURSEAPP_WORKERS": "2",
        "PORT": address.rpartition(":")[2],
    }
    log = tmp_path / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [Path(sys.executable).parent / "courseapp", "serve"],
            cwd=PROJECT_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_until_healthy(process, address, log)
            yield address
        finally:
            stop(process)
    assert "Traceback" not in log.read_text(encoding="utf-8")


def run_script(
    *arguments: str, options: tuple[str, ...] = ("-I",)
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
        env=clean_environment(),
    )


@pytest.fixture
def answers(tmp_path: Path) -> str:
    """A file with what is right in the quizzes that ask for a pause between attempts."""
    courses, _ = load_content(PROJECT_ROOT, KINDS)
    with_pause = [
        c.final_quiz for c in courses if c.final_quiz and c.final_quiz.rules.pause_minutes
    ]
    path = tmp_path / "answers.json"
    path.write_text(
        json.dumps(
            {
                quiz.key: {q.key: KINDS[q.kind].right_answer(q.body.structure) for q in quiz.pool}
                for quiz in with_pause
            }
        ),
        encoding="utf-8",
    )
    return str(path)


def test_a_program_goes_from_sign_up_to_a_verified_certificate_on_a_real_server(server, answers):
    done = run_script(server, answers)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.findall(r": passed with (\d+)% in attempt (\d+)\n", done.stdout)
    *modules, final = [(int(score), int(attempt)) for score, attempt in passed]
    assert len(modules) == 5
    # What nobody had told it before, it learnt; for the final quiz it was told, and needed no pause.
    assert all(score >= 70 and attempt > 1 for score, attempt in modules)
    assert final == (100, 1)
    assert "a pause of" not in done.stdout
    assert "the Ed25519 signature holds" in done.stdout
    assert done.stdout.endswith("The whole way works.\n")
    (code,) = re.findall(r"certificate ([0-9A-Z-]{23}) is valid", done.stdout)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{server}/api/v1/certificates/{code}", timeout=10) as answer:
        certificate = json.load(answer)
    assert certificate["statement"]["verify_url"] == f"{server}/verify/{code}"


def test_the_script_needs_nothing_but_python():
    # -S leaves out everything that is installed.
    done = run_script(options=("-I", "-S"))
    assert done.returncode == 2, done.stderr
    assert "python tests/acceptance/api_journey.py http" in done.stdout


def test_the_script_says_when_the_way_does_not_work():
    done = run_script(f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert done.stdout.startswith("FAILED: ")
    assert not done.stderr
