"""A process that is killed while it writes loses nothing that was stored, and leaves nothing half done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import pytest

from config import PROJECT_ROOT
from courseapp.ops.doctor import find_faults
from tests.cast import Cast, Person
from tests.run_all import clean_environment
from tests.sites import Site
from tests.studying import Study
from tests.web.dying import IN_THE_MIDDLE


@pytest.fixture
def alice(fresh_site: Site) -> Person:
    return Cast(fresh_site).alice


@contextmanager
def dying(site: Site, *arguments: str) -> Iterator[tuple[Any, IO[str]]]:
    """Start the process that writes; it is killed at the end of the block at the latest."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.web.dying", *arguments],
        cwd=PROJECT_ROOT,
        env=clean_environment() | site.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout
        finally:
            process.kill()


def doctor(site: Site) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from courseapp.cli import main; main()", "doctor"],
        cwd=PROJECT_ROOT,
        env=clean_environment() | site.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_killed_in_the_middle_of_a_transaction_it_leaves_what_was_stored_and_nothing_of_the_rest(
    fresh_site, alice
):
    enrollment = Study(fresh_site).enroll(alice)
    with dying(fresh_site, str(alice.id), str(enrollment.id)) as (process, output):
        stored = []
        for line in output:
            if line.strip() == IN_THE_MIDDLE:
                break
            stored.append(line.strip())
        process.kill()
        assert process.wait(30) == -9
    assert len(stored) == 29
    after = alice.api().get(f"/enrollments/{enrollment.id}").json
    assert after["done"] == stored
    assert fresh_site.scalar("SELECT count(*) FROM attempt") == 0
    assert doctor(fresh_site) == "Everything agrees.\n"
    # And the next one can write: nothing is locked.
    key = after["missing"][0]["key"]
    path = f"/enrollments/{enrollment.id}"
    again = (
        alice.api().put(f"{path}/lessons/{key}/completion")
        if after["missing"][0]["kind"] == "lesson"
        else alice.api().post(f"{path}/quizzes/{key}/attempts")
    )
    assert again.status_code in {200, 201}


def test_killed_at_any_moment_it_leaves_all_that_it_has_told(fresh_site, alice):
    enrollment = Study(fresh_site).enroll(alice)
    with dying(fresh_site, str(alice.id), str(enrollment.id)) as (process, output):
        told = [next(output).strip() for _ in range(7)]
        process.kill()
        told += [line.strip() for line in output]
        process.wait(30)
    done = alice.api().get(f"/enrollments/{enrollment.id}").json["done"]
    assert set(told) - {IN_THE_MIDDLE} <= set(done)
    with fresh_site.snapshot() as session:
        assert not find_faults(session)
