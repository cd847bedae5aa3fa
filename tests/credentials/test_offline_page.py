"""The offline page is one file that needs nothing else, and that nothing in it can turn into another page."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest

from courseapp.credentials import offline
from courseapp.credentials.compact import revocation_list
from courseapp.credentials.offline import (
    PURE,
    OfflinePage,
    TrustBundle,
    offline_page,
    script_of,
    texts,
)
from courseapp.credentials.rules import new_code
from courseapp.credentials.signing import from_base64, new_signer, to_base64url
from courseapp.credentials.types import CertificateStatus, PublishedKey

NOW: Final = datetime(2026, 11, 25, 10, tzinfo=UTC)
SIGNER: Final = new_signer()
MOST_BYTES: Final = 30_000
WORDS: Final = texts()
SCRIPT: Final = script_of((*PURE, "page.js"))


def key(created_at: datetime = NOW, retired_at: datetime | None = None) -> PublishedKey:
    public_key = to_base64url(from_base64(SIGNER.public_key))
    return PublishedKey(SIGNER.fingerprint, public_key, created_at, retired_at)


def page(**changes: Any) -> OfflinePage:
    trust = {
        "issuer_name": "Example union",
        "did": "did:web:learn.example.org",
        "base_url": "https://learn.example.org",
        "keys": [key()],
        "revocations": "a.b.c",
        "texts": WORDS,
        "language": "en",
    }
    return offline_page(TrustBundle(**{**trust, **changes}))


class Parts(HTMLParser):
    """The elements of a page, and what stands in its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        # Within a script or a style the parser is in the mode for raw text, and nowhere else.
        if self.cdata_elem in self.inside:
            self.inside[self.cdata_elem].append(data)

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def data_in(html: str) -> Any:
    return json.loads(Parts(html).inside["script"][0])


def test_the_page_is_small_even_with_a_long_list():
    revoked = [(new_code(), CertificateStatus.REVOKED, NOW) for _ in range(200)]
    signed = revocation_list(revoked, SIGNER, did="did:web:learn.example.org", at=NOW)
    keys = [key()] * 5
    assert len(gzip.compress(page(revocations=signed, keys=keys).html.encode())) <= MOST_BYTES


def test_nothing_is_loaded_from_anywhere():
    parts = Parts(page().html)
    for tag, attributes in parts.elements:
        assert not {"src", "srcset", "action", "poster"} & set(attributes), tag
        # No handler in an attribute, no style in one: the policy would silence them.
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
    links = [
        attributes["href"] or "" for tag in ("link", "a") for attributes in parts.attributes(tag)
    ]
    assert [link.partition(",")[0] for link in links] == [
        "data:image/svg+xml",
        "https://learn.example.org/verify/revocations.jws",
    ]
    assert not re.search(
        r"\b(fetch|XMLHttpRequest|WebSocket|sendBeacon|EventSource|importScripts)\b", SCRIPT
    )
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", SCRIPT)
    style = "".join(parts.inside["style"])
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_the_pages_own_script_and_style_and_nothing_else():
    made = page()
    parts = Parts(made.html)
    (stated,) = [
        attributes["content"]
        for attributes in parts.attributes("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = parts.inside["style"]
    assert stated == (
        f"default-src 'none'; script-src '{hash_of(parts.inside['script'][1])}'; style-src '{hash_of(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    assert made.content_security_policy == f"{stated}; frame-ancestors 'none'"
    # It stands before everything that it is to hold for.
    assert made.html.index("http-equiv") < made.html.index("<style") < made.html.index("<script")


def hash_of(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_is_the_same_whatever_the_page_carries():
    assert (
        page().content_security_policy
        == page(revocations="d.e.f", issuer_name="Another", language="ar").content_security_policy
    )


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", '"><b>', "&lt;"]
)
def test_what_it_carries_cannot_end_the_element_it_stands_in(text):
    changed = {name: f"{text}{sentence}" for name, sentence in WORDS.items()}
    before, after = (
        Parts(made.html)
        for made in (page(), page(issuer_name=text, revocations=text, did=text, texts=changed))
    )
    assert [tag for tag, _ in after.elements] == [tag for tag, _ in before.elements]
    assert after.inside["script"][1] == before.inside["script"][1]
    carried = json.loads(after.inside["script"][0])
    assert (carried["did"], carried["revocations"], carried["texts"]) == (text, text, changed)


def test_keys_are_carried_with_the_days_of_their_life_in_utc():
    east = timezone(timedelta(hours=9))
    created = datetime(2026, 1, 2, 3, tzinfo=east)  # still the day before in UTC
    kept = data_in(page(keys=[key(created, NOW), key(created)]).html)["keys"]
    assert [(one["created_on"], one["retired_on"]) for one in kept] == [
        ("2026-01-01", "2026-11-25"),
        ("2026-01-01", None),
    ]
    assert {one["fingerprint"] for one in kept} == {SIGNER.fingerprint}
    assert {one["public_key"] for one in kept} == {key().public_key}


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("fr", "ltr"), ("pt-BR", "ltr"), ("ar", "rtl"), ("fa", "rtl")],
)
def test_the_page_says_its_language_and_direction(language, direction):
    (html,) = Parts(page(language=language).html).attributes("html")
    assert html == {"lang": language, "dir": direction}


def test_the_script_is_one_module_that_imports_nothing():
    assert not re.search(r"^\s*(import|export)\b", SCRIPT, re.MULTILINE)
    assert "</script" not in SCRIPT.lower()
    assert "<!--" not in SCRIPT
    folder = Path(offline.__file__).parent
    assert {path.name for path in folder.glob("*.js")} == {*PURE, "page.js"}
    # What is declared in one part would be declared again by another of the same name.
    declared = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", SCRIPT, re.MULTILINE)
    assert sorted(declared) == sorted(set(declared))


def test_what_checks_knows_no_page():
    assert not re.search(r"getElementById|querySelector|localStorage|location\b", script_of(PURE))


def test_every_text_is_used_and_every_used_text_is_there():
    template = (Path(offline.__file__).parent / "page.html").read_text(encoding="utf-8")
    used = {
        *re.findall(r"\btexts\.(\w+)", template + SCRIPT),
        *re.findall(r"\bfilled\(\"(\w+)\"", SCRIPT),
        *re.findall(r"\bfilled\(\w+, \"(\w+)\"", SCRIPT),
        *re.findall(r"(?:\?|:) filled\(\"(\w+)\"", SCRIPT),
        *(f"refused_{reason}" for reason in reasons()),
    } - {"replace"}
    findings = {"valid", "revoked", "replaced", "not_covered", "refused"}
    used |= findings | {f"{finding}_why" for finding in findings - {"refused"}}
    assert used == set(WORDS)


def reasons() -> set[str]:
    """Return every reason for which the script refuses something."""
    return {
        *re.findall(r'^ *insist\(.*, "(\w+)"\);$', SCRIPT, re.MULTILINE),
        *re.findall(r'new Refused\("(\w+)"\)', SCRIPT),
        *re.findall(r'new Refused\(problem instanceof NamedTwice \? "(\w+)" : "\w+"\)', SCRIPT),
    }


def test_every_reason_has_one_sentence_of_its_own():
    sentences = [WORDS[f"refused_{reason}"] for reason in reasons()]
    assert len(sentences) > 15
    assert len(set(sentences)) == len(sentences)


def test_a_text_that_is_missing_is_found_when_the_page_is_made():
    incomplete = {name: text for name, text in WORDS.items() if name != "title"}
    with pytest.raises(Exception, match="title"):
        page(texts=incomplete)


def test_words_are_asked_for_in_the_language_that_is_set(monkeypatch):
    shouted: Callable[[str], str] = str.upper
    monkeypatch.setattr("courseapp.credentials.offline.words._", shouted)
    assert texts() == {name: text.upper() for name, text in WORDS.items()}
