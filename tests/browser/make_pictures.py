"""Take the pictures of the README: docs/pictures/lesson.png and docs/pictures/certificate.png.

Run by hand when the pages or the certificate have changed:

    .venv/bin/python -m tests.browser.make_pictures

It serves a site of its own for the moment, in which somebody has finished the course. The lesson is what a
phone of 360x740 shows first, at two dots a pixel; the certificate is the PDF itself where pdftoppm
(Debian: poppler-utils) is installed, else the certificate's page.
"""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from config import PROJECT_ROOT
from tests.browser.serving import (
    DESK,
    PHONE,
    ChromiumMissing,
    Server,
    browsing,
    new_device,
    serving,
    sign_in,
)
from tests.cast import Person
from tests.sites import Site
from tests.studying import COURSE, Study

PICTURES: Final = PROJECT_ROOT / "docs" / "pictures"
HOLDER: Final = "Amina Okafor"
ADDRESS: Final = "https://learn.union.example"
MOST_BYTES: Final = 200_000


def main() -> None:
    """Take both pictures."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with browsing() as browser, serving(Path(folder)) as server:
                take_both(browser, server, Path(folder))
        except ChromiumMissing as missing:
            sys.exit(str(missing))


def take_both(browser: Browser, server: Server, folder: Path) -> None:
    learner, graduate = server.person("Kofi Mensah"), server.person(HOLDER)
    study = Study(public_site(server))
    study.enroll(learner)
    study.finish(graduate)
    lesson = study.course().modules[0].lessons[0]
    study.site.close()

    def take_lesson(page: Page) -> None:
        page.goto(f"/courses/{COURSE}/lessons/{lesson.key}")
        store("lesson", page.screenshot())

    def take_certificate(page: Page) -> None:
        page.goto(f"/courses/{COURSE}/certificate")
        if not shutil.which("pdftoppm"):
            store("certificate", page.screenshot())
            return
        pdf = folder / "certificate.pdf"
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the PDF").click()
        download.value.save_as(pdf)
        store("certificate", picture_of(pdf))

    def on_device(person: Person, take: Callable[[Page], None], size: dict[str, int], dots: int):
        with new_device(
            browser, server.base_url, viewport=size, device_scale_factor=dots
        ) as device:
            page = device.new_page()
            sign_in(page, server, person)
            take(page)

    on_device(learner, take_lesson, PHONE, 2)
    on_device(graduate, take_certificate, DESK, 1)


def public_site(server: Server) -> Site:
    """Return the served site as if it had its address on the web, for certificates to name."""
    settings = dataclasses.replace(server.site.settings, base_url=ADDRESS)
    return Site(server.site.database, settings)


def picture_of(pdf: Path) -> bytes:
    """Return a PDF's first page as a PNG, 1200 pixels wide."""
    size = ["-scale-to-x", "1200", "-scale-to-y", "-1"]
    stem = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-png", "-singlefile", *size, pdf, stem], check=True)
    return stem.with_suffix(".png").read_bytes()


def store(name: str, png: bytes) -> None:
    if len(png) >= MOST_BYTES:
        raise RuntimeError(f"{name}.png would have {len(png)} bytes; {MOST_BYTES} is the most")
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(png)
    sys.stdout.write(f"docs/pictures/{name}.png: {len(png) // 1000} kB\n")


if __name__ == "__main__":
    main()
