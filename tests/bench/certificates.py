"""How quick certificates are on this machine, on both databases.

Issues certificates (a row with all its signatures, each in a transaction of its own that is really stored), sets
PDFs, draws badges, and answers requests of verifiers. Nothing fails for being slow.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import update

from courseapp.cohorts.models import EnrollmentRow
from courseapp.cohorts.queries import get_enrollment
from courseapp.core import clock
from courseapp.credentials import service as credentials
from courseapp.credentials.doors import current_issuer, trust_of
from courseapp.credentials.looks import STANDARD_LOOK
from courseapp.credentials.pdf import certificate_pdf
from courseapp.credentials.types import Certificate
from courseapp.credentials.typesetting.printable import Printable
from courseapp.credentials.verifying import Finding, Trust, verify
from tests.bench.quizzes import (
    enroll_crowd,
    keep_what_is_committed,
    say,
    say_row,
    version_of,
)
from tests.databases import ENGINES, Run, settings_for
from tests.sites import Site
from tests.studying import Study

CERTIFICATES: Final = 200
PDFS: Final = 100
REQUESTS: Final = 500


def main() -> int:
    """Measure on both databases; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.certificates", description=__doc__)
    parser.add_argument(
        "--certificates",
        type=int,
        default=CERTIFICATES,
        help=f"how many are issued ({CERTIFICATES})",
    )
    arguments = parser.parse_args()
    say(f"$ python -m tests.bench.certificates {' '.join(sys.argv[1:])}".rstrip())
    say(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors.")
    say("Machines differ, and so does what else they do: compare figures of one run only.")
    run = Run.begin()
    instances = Path(tempfile.mkdtemp(prefix="courseapp-bench-"))
    try:
        for engine_name in ENGINES:
            measure(run, engine_name, instances / engine_name, arguments.certificates)
    finally:
        run.end()
        shutil.rmtree(instances, ignore_errors=True)
    return 0


def measure(run: Run, engine_name: str, instance: Path, count: int) -> None:
    """Measure on one database and print what was found."""
    database = run.copy_of_template(engine_name)
    keep_what_is_committed(database)
    site = Site(database, settings_for(database.url, instance))
    say(f"\n{version_of(site)}")
    say_row("", ("a second", "CPU ms each"))
    issued = issue(site, count)
    with site.transaction() as session:
        trust = trust_of(session, at=clock.now() + timedelta(days=1))
    browser = site.browser()
    paced(
        "verification pages", lambda n: browser.get(f"/verify/{issued[n % count].code}"), REQUESTS
    )
    paced("verifications by file", lambda n: expect_valid(issued[n % count], trust), count)
    printables = [printable(certificate, n) for n, certificate in enumerate(issued)]
    certificate_pdf(printables[0])
    paced("PDFs", lambda n: certificate_pdf(printables[n % count]), PDFS)
    paced("status lists", lambda _: browser.get("/credentials/status/1"), PDFS)
    site.close()
    run.drop(database)


def issue(site: Site, count: int) -> Sequence[Certificate]:
    """Issue so many certificates, one transaction each, and say how quickly."""
    course = Study(site).course()
    at = clock.now()
    with site.transaction() as session:
        crowd = enroll_crowd(session, course, count, at=at)
        session.execute(update(EnrollmentRow).values(percent=100, completed_at=at))
    issued: list[Certificate] = []

    def one(number: int) -> None:
        with site.transaction() as session:
            enrollment = get_enrollment(session, crowd[number].enrollment_id, lock=True)
            certificate, _ = credentials.issue_certificate(
                session, enrollment, issuer=current_issuer(), by=None, at=at
            )
        issued.append(certificate)

    paced("certificates issued", one, count)
    return issued


def printable(certificate: Certificate, number: int) -> Printable:
    """Return what is printed, under another name each time."""
    if certificate.statement is None or certificate.credential is None:
        raise ValueError("a new certificate has all that is printed")
    statement = replace(certificate.statement, holder=f"Somebody Number {number}")
    credential = certificate.credential.encode()
    return Printable(statement, certificate.qr_text, credential, STANDARD_LOOK)


def expect_valid(certificate: Certificate, trust: Trust) -> None:
    """Check a credential's file; end the run when what was measured was not what was meant."""
    finding = verify((certificate.credential or "").encode(), trust).finding
    if finding is not Finding.VALID:
        raise RuntimeError(f"certificate {certificate.code} was found {finding}")


def paced(name: str, act: Callable[[int], object], count: int) -> None:
    """Do something so many times and print how quickly it went."""
    started, busy = time.perf_counter(), time.process_time()
    for number in range(count):
        act(number)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    say_row(name, (f"{count / seconds:,.0f}", f"{1000 * busy / count:.1f}"))


if __name__ == "__main__":
    sys.exit(main())
