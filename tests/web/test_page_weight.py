"""How heavy a page is on its first visit: HTML, style sheet and scripts, as they travel."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urlsplit

import brotli

from tests.web.html import parse_html
from tests.web.walking import places

MOST_BYTES = 30 * 1024


def fetched(browser: Any, path: str, encoding: str) -> tuple[int, str]:
    """Return how many bytes travel for something, and its text."""
    with browser.get(path, headers={"Accept-Encoding": encoding}) as answer:
        assert answer.status_code in {200, 404}, path
        data: bytes = answer.data
        used = answer.headers.get("Content-Encoding")
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
    # What is tiny, or not there, goes out as it is.
    assert used == encoding or answer.status_code == 404 or len(data) < 400, path
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[used]
    return len(data) + head, unpack(data).decode()


def test_the_first_visit_of_any_page_weighs_30_kb_at_most(
    site, study, cast, authored, record_property
):
    walk = places(study, cast, authored)
    weights: dict[tuple[str, str], int] = {}
    for browser, addresses in (
        (site.browser(), walk.for_strangers),
        (cast.alice.browser(), walk.for_learners),
        (cast.person_called("Chidi Eze").browser(), walk.for_graduates),
        (cast.dana.browser(), walk.for_administrators),
    ):
        for encoding in ("br", "gzip"):
            files: dict[str, int] = {}
            for address in addresses:
                weight, source = fetched(browser, address, encoding)
                needed = needed_by(source)
                assert any(urlsplit(name).path.endswith(".css") for name in needed), address
                for name in needed:
                    if name not in files:
                        files[name], text = fetched(browser, name, encoding)
                        # What a file asks for in its turn would weigh, too.
                        assert "@import" not in text, name
                        assert not re.search(r"^import |import\(", text, re.MULTILINE), name
                weights[address, encoding] = weight + sum(files[name] for name in needed)
    heaviest = sorted(weights.items(), key=lambda entry: -entry[1])[:3]
    record_property("heaviest", heaviest)
    print(f"heaviest: {heaviest}")  # noqa: T201  # pytest -rP shows it
    assert heaviest[0][1] <= MOST_BYTES, heaviest


def needed_by(source: str) -> list[str]:
    """Return the addresses of what a browser fetches to show a page."""
    page = parse_html(source)
    return [
        *(link["href"] for link in page.all("link")),
        *(script["src"] for script in page.all("script")),
        # The specimen is what its page is opened for, once, by whoever chooses how certificates look.
        *(image["src"] for image in page.all("img") if "specimen" not in image["src"]),
    ]
