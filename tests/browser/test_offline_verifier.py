"""The offline page: opened from a file, with no connection, it tells good certificates from all others.

What is given to it is signed here, with little more than `cryptography`, so that a mistake of the service would not
be made twice.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import segno
import typst
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from playwright.sync_api import Browser, Page, expect

from courseapp.credentials.compact import compact_statement, revocation_list
from courseapp.credentials.offline import PURE, TrustBundle, offline_page, script_of, texts
from courseapp.credentials.openbadge import StatusEntry, credential_of
from courseapp.credentials.proofs import add_proofs
from courseapp.credentials.rules import format_code, new_code
from courseapp.credentials.signing import Signer
from courseapp.credentials.types import (
    CertificateStatus,
    IssuerIdentity,
    PublishedKey,
    Statement,
)
from tests.browser.looking import listening, look_at, take_pictures
from tests.browser.serving import DESK, PHONE

# Where to store pictures of the page, if somewhere; read now, since tests run without such settings.
SHOTS: Final = os.environ.get("COURSEAPP_SHOTS", "")
BASE_URL: Final = "https://learn.example.org"
DID: Final = "did:web:learn.example.org"
CONTEXTS: Final = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
TODAY: Final = datetime.now(UTC).replace(microsecond=0)
FOUNDED: Final = TODAY - timedelta(days=400)
ISSUED: Final = (TODAY - timedelta(days=10)).date()
WORDS: Final = texts()
BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


# --- An issuer, in a few lines ---------------------------------------------------------------------------------


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b58(data: bytes) -> str:
    number, symbols = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        symbols = BASE58[digit] + symbols
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + symbols


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def jcs(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


@dataclass
class Key:
    """An issuer's key and its life."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    created_at: datetime = FOUNDED
    retired_at: datetime | None = None

    @property
    def raw(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()[:32]

    @property
    def published(self) -> PublishedKey:
        return PublishedKey(self.fingerprint, b64url(self.raw), self.created_at, self.retired_at)

    def jws(self, payload: Any, typ: str = "certificate+jws", **header: Any) -> str:
        head = compact({"alg": "EdDSA", "kid": self.fingerprint, "typ": typ, **header})
        body = payload if isinstance(payload, bytes) else compact(payload)
        signed = f"{b64url(head)}.{b64url(body)}"
        return f"{signed}.{b64url(self.private.sign(signed.encode()))}"

    def revocations(self, at: datetime = TODAY, did: str = DID, **revoked: list[str]) -> str:
        payload = {"iss": did, "iat": int(at.timestamp()), "revoked": revoked}
        return self.jws(payload, "revocations+jws")

    def proof(self, document: dict[str, Any], **changes: Any) -> dict[str, Any]:
        options = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "created": document["validFrom"],
            "verificationMethod": f"{DID}#{self.fingerprint}",
            "proofPurpose": "assertionMethod",
            "@context": document["@context"],
            **changes,
        }
        bare = {name: part for name, part in document.items() if name != "proof"}
        signed = hashlib.sha256(jcs(options)).digest() + hashlib.sha256(jcs(bare)).digest()
        return {**options, "proofValue": "z" + b58(self.private.sign(signed))}


OURS: Final = Key()
RETIRED: Final = Key(retired_at=TODAY - timedelta(days=100))
THEIRS: Final = Key()
CODE: Final = new_code()
STATEMENT: Final = {
    "c": CODE,
    "n": "Zoë Ńdiaye <b>",
    "t": "Social protection for all",
    "i": "Example union",
    "d": (ISSUED - timedelta(days=1)).isoformat(),
    "s": ISSUED.isoformat(),
    "h": 12.5,
}


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()[:24]


def qr_text(jws: str, code: str = CODE) -> str:
    return f"{BASE_URL}/verify/{format_code(code)}#{jws}"


def unsigned_credential(**changes: Any) -> dict[str, Any]:
    return {
        "@context": CONTEXTS,
        "id": f"{BASE_URL}/verify/{format_code(CODE)}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Social protection for all",
        "issuer": {"id": DID, "type": ["Profile"], "name": "Example union", "url": BASE_URL},
        "validFrom": f"{ISSUED}T10:00:00Z",
        "awardedDate": f"{ISSUED}T10:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "hashed": False,
                    "identityHash": "Zoë Ńdiaye <b>",
                }
            ],
            "activityEndDate": f"{ISSUED - timedelta(days=1)}T00:00:00Z",
            "achievement": {
                "id": f"{BASE_URL}/courses/social-protection#version-3",
                "type": ["Achievement"],
                "name": "Social protection for all",
                "criteria": {"narrative": "5 modules, 12.5 hours\n- First\n- Second"},
            },
        },
        **changes,
    }


def credential(key: Key = OURS, **changes: Any) -> bytes:
    """Return a credential with a proof of another suite, which the page leaves alone, and the one it checks."""
    document = unsigned_credential(**changes)
    other = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": "z1"}
    return compact({**document, "proof": [other, key.proof(document)]})


def with_proof(**changes: Any) -> bytes:
    document = unsigned_credential()
    return compact({**document, "proof": OURS.proof(document, **changes)})


# --- What a credential is carried in ---------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*credentials: bytes, is_compressed: bool = False) -> bytes:
    def baked(text: bytes) -> bytes:
        flag, text = (b"\1", zlib.compress(text)) if is_compressed else (b"\0", text)
        return chunk(b"iTXt", b"openbadgecredential\0" + flag + b"\0\0\0" + text)

    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            chunk(b"tEXt", b"Comment\0openbadgecredential"),
            *(baked(text) for text in credentials),
            chunk(b"IDAT", zlib.compress(b"\0\0")),
            chunk(b"IEND", b""),
        )
    )


def svg(text: bytes) -> bytes:
    inner = text.decode().replace("]]>", "]]]]><![CDATA[>")
    return f"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" viewBox="0 0 9 9">
<openbadges:credential><![CDATA[{inner}]]></openbadges:credential><rect width="9" height="9"/></svg>""".encode()


def pdf(text: bytes, folder: Path) -> bytes:
    (folder / "credential.json").write_bytes(text)
    source = folder / "paper.typ"
    source.write_text(
        '#pdf.attach("credential.json", mime-type: "application/ld+json")\nA certificate.',
        encoding="utf-8",
    )
    return typst.compile(str(source), format="pdf")


def small_pdf(*streams: bytes) -> bytes:
    """Return as much of a PDF as the page looks at."""
    objects = [
        b"%d 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\n"
        % (number, len(stream), stream)
        for number, stream in enumerate(streams, 1)
    ]
    return b"%PDF-1.7\n" + b"".join(objects) + b"%%EOF\n"


# --- The page --------------------------------------------------------------------------------------------------


def bundle(**changes: Any) -> TrustBundle:
    keys = [OURS.published, RETIRED.published]
    trust = {
        "issuer_name": "Example union",
        "did": DID,
        "base_url": BASE_URL,
        "keys": keys,
        "revocations": OURS.revocations(),
        "texts": WORDS,
        "language": "en",
    }
    return TrustBundle(**{**trust, **changes})


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, tmp_path: Path) -> Iterator[OpenPage]:
    """Open the page from a file, on a phone without a connection."""
    with opening(chromium, tmp_path) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def open_already(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page, opened once for all that is refused: nothing of it stays."""
    with opening(chromium, tmp_path_factory.mktemp("offline")) as open_page:
        yield open_page()


@contextmanager
def opening(chromium: Browser, folder: Path) -> Iterator[OpenPage]:
    with ExitStack() as stack:

        def open_page(
            trust: TrustBundle | None = None, fragment: str = "", prepared: str = "", **options: Any
        ) -> Page:
            file = folder / "verify.html"
            file.write_text(offline_page(trust or bundle()).html, encoding="utf-8")
            settings = {"viewport": PHONE, "locale": "en-GB", **options}
            context = stack.enter_context(chromium.new_context(**settings))
            context.set_default_timeout(15_000)
            context.set_offline(True)
            if prepared:
                context.add_init_script(prepared)
            page = context.new_page()
            page.goto(f"{file.as_uri()}{fragment}")
            expect(page.get_by_text("Key in use since").first).to_be_attached()
            return page

        yield open_page


def paste(page: Page, text: str) -> None:
    page.get_by_label("The QR code of a certificate").fill(text)
    page.get_by_role("button", name="Check").click()


def give(page: Page, data: bytes, name: str = "file", kind: str = "") -> None:
    page.get_by_label("A file", exact=True).set_input_files(
        {"name": name, "mimeType": kind or "application/octet-stream", "buffer": data}
    )


def give_list(page: Page, text: str) -> None:
    page.get_by_text("Give it a newer list").click()
    page.get_by_label("Or the list as text").fill(text)
    page.get_by_role("button", name="Use this list").click()


def long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def expect_verdict(page: Page, verdict: str) -> None:
    expect(page.locator("#verdict")).to_have_text(verdict)


def expect_valid(page: Page, as_of: date | None = None) -> None:
    expect_verdict(page, f"Valid as of {long_date(as_of or TODAY.date())}")


def expect_refused(page: Page, reason: str) -> None:
    expect(page.locator("#why")).to_contain_text(WORDS[f"refused_{reason}"])
    expect_verdict(page, "Not accepted")
    # Nothing that somebody else wrote is shown under the issuer's name.
    expect(page.get_by_role("main")).not_to_contain_text("Ńdiaye")


def said(page: Page) -> dict[str, str]:
    """Return what the page says of a certificate."""
    rows = page.locator("#said dl > div")
    return {
        rows.nth(at).locator("dt").inner_text(): rows.nth(at).locator("dd").inner_text()
        for at in range(rows.count())
    }


# --- What is good is taken -------------------------------------------------------------------------------------


def test_the_text_of_a_qr_code_is_checked_and_what_was_signed_is_shown(open_page):
    page = open_page()
    paste(page, qr_text(OURS.jws({**STATEMENT, "m": "Rights at work"})))
    expect_valid(page)
    expect(page.locator("#verdict")).to_be_focused()
    assert said(page) == {
        "Name": "Zoë Ńdiaye <b>",
        "Course": "Social protection for all",
        "Module": "Rights at work",
        "What was done": "12.5 hours",
        "Issued by": "Example union",
        "Completed on": long_date(ISSUED - timedelta(days=1)),
        "Issued on": long_date(ISSUED),
        "Code": format_code(CODE),
        "Fingerprint of the issuer’s key": " ".join(
            OURS.fingerprint[at : at + 4] for at in range(0, 32, 4)
        ),
    }
    assert page.locator("dd b").count() == 0


def test_the_signed_text_alone_broken_into_lines_is_checked(open_page):
    page = open_page()
    jws = OURS.jws(STATEMENT)
    paste(page, f" {jws[:40]}\n{jws[40:90]} \r\n{jws[90:]}\n")
    expect_valid(page)
    assert "Module" not in said(page)


@pytest.mark.parametrize("kind", ["json", "png", "compressed png", "svg", "pdf", "compressed pdf"])
def test_a_file_is_checked_and_a_doctored_one_is_refused(open_page, tmp_path, kind):
    def packed(text: bytes) -> bytes:
        return {
            "json": lambda: text,
            "png": lambda: png(text),
            "compressed png": lambda: png(text, is_compressed=True),
            "svg": lambda: svg(text),
            "pdf": lambda: pdf(text, tmp_path),
            "compressed pdf": lambda: small_pdf(zlib.compress(b"q Q"), zlib.compress(text)),
        }[kind]()

    page = open_page()
    give(page, packed(credential()))
    expect_valid(page)
    facts = said(page)
    assert facts["Name"] == "Zoë Ńdiaye <b>"
    assert facts["What was done"] == "5 modules, 12.5 hours\n- First\n- Second"
    assert facts["Issued on"] == long_date(ISSUED)
    assert facts["Code"] == format_code(CODE)

    give(page, packed(credential().replace(b"12.5 hours", b"99.5 hours")))
    expect_refused(page, "signature")


def test_a_certificate_of_a_module_names_the_module(open_page):
    document = unsigned_credential()
    document["credentialSubject"]["achievement"]["id"] = f"{BASE_URL}/courses/one/two#version-1"
    page = open_page()
    give(page, compact({**document, "proof": [OURS.proof(document)]}))
    expect_valid(page)
    assert said(page)["Module"] == "Social protection for all"
    assert "Course" not in said(page)


def test_what_the_site_itself_signs_is_taken(open_page):
    signer = Signer(OURS.private)
    issuer = IssuerIdentity("Example union", BASE_URL)
    statement = Statement(
        code=CODE,
        holder="Zoë Ńdiaye",
        course="Social protection for all",
        course_key="social-protection",
        course_version=3,
        course_digest="0" * 64,
        modules=["First", "Second"],
        hours=12.5,
        completed_on=ISSUED,
        issued_at=datetime(ISSUED.year, ISSUED.month, ISSUED.day, 10, tzinfo=UTC),
        issuer="Example union",
        language="en",
        title="Certificate",
        statement="has completed",
        notice="A notice.",
        verify_url=f"{BASE_URL}/verify/{format_code(CODE)}",
    )
    other = (new_code(), CertificateStatus.REVOKED, TODAY)
    page = open_page(bundle(revocations=revocation_list([other], signer, did=DID, at=TODAY)))
    paste(page, qr_text(compact_statement(statement, signer)))
    expect_valid(page)
    signed = add_proofs(
        credential_of(statement, issuer, StatusEntry(1, 94567)),
        signer,
        verification_method=issuer.method_of(signer.fingerprint),
        created=statement.issued_at,
    )
    give(page, json.dumps(signed, ensure_ascii=False, indent=1).encode())
    expect_valid(page)
    assert said(page)["Name"] == "Zoë Ńdiaye"


def test_a_file_can_be_dropped_anywhere(open_page):
    page = open_page()
    page.evaluate(
        """text => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], "credential.json"));
          document.querySelector("h1").dispatchEvent(
            new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        credential().decode(),
    )
    expect_valid(page)


def test_opened_at_an_address_with_a_certificate_behind_the_hash_it_checks_at_once(open_page):
    expect_valid(open_page(fragment=f"#{OURS.jws(STATEMENT)}"))
    expect_valid(open_page(fragment=f"#{qr_text(OURS.jws(STATEMENT))}"))
    page = open_page(fragment=f"#{qr_text(THEIRS.jws(STATEMENT)).replace('#', '%23')}")
    expect_refused(page, "key")
    page.evaluate("fragment => { location.hash = fragment; }", OURS.jws(STATEMENT))
    expect_valid(page)


def test_the_pages_own_address_on_the_site_may_stand_before_what_is_pasted(open_page):
    page = open_page()
    paste(page, f"{BASE_URL}/verify/offline#{GOOD}")
    expect_valid(page)
    paste(page, f"{BASE_URL}/verify/offline#{qr_text(GOOD)}")
    expect_valid(page)
    paste(page, f"{BASE_URL}/verify/offline#{qr_text(GOOD, OTHER_CODE)}")
    expect_refused(page, "swapped")


def test_a_certificate_signed_with_a_retired_key_while_it_was_in_use_holds(open_page):
    assert RETIRED.retired_at is not None
    day = RETIRED.retired_at.date().isoformat()
    page = open_page()
    paste(page, qr_text(RETIRED.jws({**STATEMENT, "s": day})))
    expect_valid(page)


# --- The camera, where the browser reads QR codes --------------------------------------------------------------

SEES: Final = """
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect(source) {
      return source instanceof HTMLVideoElement && !source.videoWidth ? [] : [{ rawValue: %s }];
    }
  };
  const camera = async () => {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillRect(0, 0, 9, 9);
    return window.lastStream = canvas.captureStream(10);
  };
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: camera } });
"""


def test_the_camera_is_offered_only_where_the_browser_reads_qr_codes(open_page):
    page = open_page(prepared="delete window.BarcodeDetector;")
    expect(page.get_by_role("button", name="Scan with the camera")).to_have_count(0)
    give(page, picture := as_picture(qr_text(OURS.jws(STATEMENT))), "code.png", "image/png")
    expect_refused(page, "no_certificate")

    page = open_page(prepared=SEES % json.dumps(qr_text(OURS.jws(STATEMENT))))
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_visible()
    give(page, picture, "code.png", "image/png")
    expect_valid(page)


def test_the_camera_stops_when_it_has_seen_a_code(open_page):
    page = open_page(prepared=SEES % json.dumps(qr_text(OURS.jws(STATEMENT))))
    page.get_by_role("button", name="Scan with the camera").click()
    expect_valid(page)
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_visible()
    expect(page.locator("video")).to_be_hidden()
    assert page.evaluate("lastStream.getTracks()[0].readyState") == "ended"


def test_a_camera_that_is_refused_is_said(open_page):
    refusing = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error());"
    page = open_page(prepared=SEES % '""' + refusing)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.get_by_text(WORDS["no_camera"])).to_be_visible()


def as_picture(text: str) -> bytes:
    target = io.BytesIO()
    segno.make(text).save(target, kind="png", scale=4)
    return target.getvalue()


# --- The revocation list ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["revoked", "replaced"])
def test_a_certificate_on_the_list_is_not_valid_whatever_its_signature(open_page, status):
    day = date(2026, 3, 4)
    listed = OURS.revocations(**{hash_of(CODE): [status, day.isoformat()]})
    page = open_page(bundle(revocations=listed))
    paste(page, qr_text(OURS.jws(STATEMENT)))
    expect_verdict(page, f"{status.capitalize()} on 4 March 2026")
    give(page, credential())
    expect_verdict(page, f"{status.capitalize()} on 4 March 2026")
    assert said(page)["Name"] == "Zoë Ńdiaye <b>"


def test_a_list_older_than_the_certificate_does_not_cover_it_until_a_newer_one_is_given(open_page):
    page = open_page(bundle(revocations=OURS.revocations(TODAY - timedelta(days=11))))
    paste(page, qr_text(OURS.jws(STATEMENT)))
    expect_verdict(page, "Not covered: the list is older than the certificate")
    assert said(page)["Name"] == "Zoë Ńdiaye <b>"

    give_list(page, OURS.revocations(TODAY))
    expect(page.get_by_text("The certificate was checked again with it.")).to_be_visible()
    expect_valid(page)


def test_a_list_of_the_day_of_issue_covers_the_certificate(open_page):
    day = datetime(ISSUED.year, ISSUED.month, ISSUED.day, tzinfo=UTC)
    page = open_page(bundle(revocations=OURS.revocations(day)))
    paste(page, qr_text(OURS.jws(STATEMENT)))
    expect_valid(page, ISSUED)


def test_a_list_from_a_file_counts_too_and_an_older_one_never_takes_its_place(open_page):
    page = open_page(bundle(revocations=OURS.revocations(TODAY - timedelta(days=5))))
    paste(page, qr_text(OURS.jws(STATEMENT)))
    page.get_by_text("Give it a newer list").click()
    newer = OURS.revocations(**{hash_of(CODE): ["revoked", TODAY.date().isoformat()]})
    page.get_by_label("The list as a file").set_input_files(
        {"name": "list.jws", "mimeType": "text/plain", "buffer": f"{newer}\n".encode()}
    )
    expect_verdict(page, f"Revoked on {long_date(TODAY.date())}")

    page.get_by_label("Or the list as text").fill(OURS.revocations(TODAY - timedelta(days=1)))
    page.get_by_role("button", name="Use this list").click()
    expect(page.get_by_text("That list is not newer")).to_be_visible()
    expect_verdict(page, f"Revoked on {long_date(TODAY.date())}")


@pytest.mark.parametrize(("days", "is_old"), [(30, False), (31, True)])
def test_a_list_older_than_thirty_days_is_said_to_be_old(open_page, days, is_old):
    moment = TODAY - timedelta(days=days, minutes=5)
    page = open_page(bundle(revocations=OURS.revocations(moment)))
    warnings = page.get_by_text(f"The list is {days} days old.")
    expect(page.get_by_text("This page knows what was revoked")).to_contain_text(
        long_date(moment.date())
    )
    issued = (moment - timedelta(days=1)).date().isoformat()
    paste(page, qr_text(OURS.jws({**STATEMENT, "s": issued})))
    expect_valid(page, moment.date())
    # Beside the certificate, and where a newer list can be given.
    expect(warnings).to_have_count(2 if is_old else 0)


def listing(**changes: Any) -> dict[str, Any]:
    return {"iss": DID, "iat": int(TODAY.timestamp()), "revoked": {}, **changes}


# Each is a list that must not be used, and why.
FORGED_LISTS: Final = {
    "by a stranger": (THEIRS.revocations(), "key"),
    "by a stranger in our name": (
        THEIRS.jws({"iss": DID, "iat": 1, "revoked": {}}, "revocations+jws", kid=OURS.fingerprint),
        "signature",
    ),
    "for another issuer": (OURS.revocations(did="did:web:other.example.org"), "issuer"),
    "a certificate": (OURS.jws(STATEMENT), "kind"),
    "by a key that was retired before": (RETIRED.revocations(), "key_life"),
    "by a key that was not made yet": (OURS.revocations(FOUNDED - timedelta(days=2)), "key_life"),
    "unsigned": (
        OURS.jws({"iss": DID, "iat": 1, "revoked": {}}, "revocations+jws", alg="none"),
        "algorithm",
    ),
    "one certificate twice": (
        OURS.jws(
            f'{{"iss":"{DID}","iat":1,"revoked":{{"a":1,"a":2}}}}'.encode(), "revocations+jws"
        ),
        "named_twice",
    ),
    "without a date": (OURS.jws({"iss": DID, "revoked": {}}, "revocations+jws"), "incomplete"),
    "no whole second": (
        OURS.jws(listing(iat=TODAY.timestamp() + 0.5), "revocations+jws"),
        "incomplete",
    ),
    "a date before all dates": (OURS.jws(listing(iat=-1), "revocations+jws"), "incomplete"),
    "a date after all dates": (OURS.jws(listing(iat=10**11), "revocations+jws"), "incomplete"),
    "nothing listed": (OURS.jws(listing(revoked=[]), "revocations+jws"), "incomplete"),
    "what only looks like an entry": (
        OURS.jws(listing(revoked={"ab": {"0": "revoked", "1": "2026-01-01"}}), "revocations+jws"),
        "incomplete",
    ),
    "no such day": (OURS.revocations(ab=["revoked", "2026-02-31"]), "incomplete"),
    "an unknown state": (OURS.revocations(ab=["lost", "2026-01-01"]), "incomplete"),
    "nothing": ("", "not_signed"),
}


@pytest.mark.parametrize("name", FORGED_LISTS)
def test_a_forged_list_is_not_used_and_it_is_said_why(open_page, name):
    forged, reason = FORGED_LISTS[name]
    kept = TODAY - timedelta(days=11)
    page = open_page(bundle(revocations=OURS.revocations(kept)))
    give_list(page, forged)
    expect(page.get_by_text("The list was not accepted.")).to_contain_text(
        WORDS[f"refused_{reason}"]
    )
    expect(page.get_by_text("This page knows what was revoked")).to_contain_text(
        long_date(kept.date())
    )


def test_a_page_that_carries_a_forged_list_has_none(open_page):
    page = open_page(bundle(revocations=THEIRS.revocations()))
    expect(page.get_by_text(WORDS["list_none"])).to_be_visible()
    paste(page, qr_text(OURS.jws(STATEMENT)))
    expect_verdict(page, "Not covered: there is no list")


def start_with_a_good_one(page: Page) -> None:
    paste(page, qr_text(GOOD))
    expect_valid(page)


# --- What is not good is refused, each for its own reason ------------------------------------------------------


def changed_payload(jws: str) -> str:
    head, _, signature = jws.split(".")
    return ".".join((head, b64url(compact({**STATEMENT, "n": "Mallory"})), signature))


def changed_symbol(code: str) -> str:
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def with_stray_bits(jws: str) -> str:
    """Return the same signature, written with another last symbol: 64 bytes leave 4 bits over."""
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return jws[:-1] + last[last.index(jws[-1]) + 1]


def twice_named(payload: dict[str, Any]) -> bytes:
    return compact(payload)[:-1] + b',"n":"Mallory"}'


def unsigned(jws: str) -> str:
    _, payload, _ = jws.split(".")
    head = b64url(compact({"alg": "none", "kid": OURS.fingerprint, "typ": "certificate+jws"}))
    return f"{head}.{payload}."


GOOD: Final = OURS.jws(STATEMENT)
OTHER_CODE: Final = new_code()
REFUSED_TEXTS: Final = {
    "nothing at all": ("  \n", "nothing"),
    "some words": ("This is no certificate.", "not_signed"),
    "a part too few": (GOOD.rpartition(".")[0], "not_signed"),
    "an address alone": (f"{BASE_URL}/verify/{format_code(CODE)}", "address_only"),
    "a code alone": (format_code(CODE), "address_only"),
    "changed": (qr_text(changed_payload(GOOD)), "signature"),
    "no algorithm": (qr_text(unsigned(GOOD)), "algorithm"),
    "no algorithm, signed": (qr_text(OURS.jws(STATEMENT, alg="none")), "algorithm"),
    "another algorithm": (qr_text(OURS.jws(STATEMENT, alg="HS256")), "algorithm"),
    "an unknown key": (qr_text(THEIRS.jws(STATEMENT)), "key"),
    "another's signature in our name": (
        qr_text(THEIRS.jws(STATEMENT, kid=OURS.fingerprint)),
        "signature",
    ),
    "an own key in its header": (qr_text(OURS.jws(STATEMENT, jwk={"kty": "OKP"})), "kind"),
    "a list": (OURS.revocations(), "kind"),
    "another type": (qr_text(OURS.jws(STATEMENT, typ="JWT")), "kind"),
    "a name twice": (qr_text(OURS.jws(twice_named(STATEMENT))), "named_twice"),
    "a name twice, once escaped": (
        qr_text(OURS.jws(compact(STATEMENT)[:-1] + rb',"\u006e":"Mallory"}')),
        "named_twice",
    ),
    "half a character": (qr_text(OURS.jws(rb'{"c":"\ud800"}')), "json"),
    "more behind the end": (qr_text(OURS.jws(compact(STATEMENT) + b" {}")), "json"),
    "not UTF-8": (qr_text(OURS.jws(b'{"n":"\xff"}')), "json"),
    "no object": (qr_text(OURS.jws([1])), "json"),
    "padding": (qr_text(GOOD + "=="), "base64"),
    "a padded header": (GOOD.replace(".", "=.", 1), "base64"),
    "a padded statement": ("=.".join(GOOD.rsplit(".", 1)), "base64"),
    "stray bits": (qr_text(with_stray_bits(GOOD)), "base64"),
    "standard base 64": (qr_text(GOOD + "+"), "base64"),
    "after its key's life": (qr_text(RETIRED.jws(STATEMENT)), "key_life"),
    "before its key's life": (
        qr_text(OURS.jws({**STATEMENT, "s": (FOUNDED - timedelta(days=1)).date().isoformat()})),
        "key_life",
    ),
    "a code with a mistake": (
        OURS.jws({**STATEMENT, "c": changed_symbol(CODE)}),
        "code",
    ),
    "an address with a mistake": (qr_text(GOOD, changed_symbol(CODE)), "code"),
    "another certificate's address": (qr_text(GOOD, OTHER_CODE), "swapped"),
    "no holder": (OURS.jws({**STATEMENT, "n": ""}), "incomplete"),
    "no such day": (OURS.jws({**STATEMENT, "s": "2026-02-31"}), "incomplete"),
    "no such day of completion": (OURS.jws({**STATEMENT, "d": "2026-13-01"}), "incomplete"),
    "hours in words": (OURS.jws({**STATEMENT, "h": "12"}), "incomplete"),
    "less than no hours": (OURS.jws({**STATEMENT, "h": -1}), "incomplete"),
    "a module without a title": (OURS.jws({**STATEMENT, "m": 1}), "incomplete"),
}


@pytest.mark.parametrize("name", REFUSED_TEXTS)
def test_a_text_is_refused_for(open_already, name):
    text, reason = REFUSED_TEXTS[name]
    page = open_already
    start_with_a_good_one(page)
    paste(page, text)
    expect_refused(page, reason)


def proofs_of(document: dict[str, Any], *proofs: Any) -> bytes:
    return compact({**document, "proof": list(proofs)})


DOCUMENT: Final = unsigned_credential()
PROOF: Final = OURS.proof(DOCUMENT)
ELSEWHERE: Final = {**DOCUMENT["issuer"], "id": "did:web:other.example.org"}
REFUSED_FILES: Final = {
    "nothing": (b"", "nothing"),
    "another picture": (png(), "no_certificate"),
    "an empty badge": (svg(b""), "no_certificate"),
    "no picture": (b"\xff\xd8\xff\xe0 a photograph", "no_certificate"),
    "a paper without a credential": (small_pdf(zlib.compress(b"q Q")), "no_certificate"),
    "other JSON": (b'{"type":"Person"}', "no_certificate"),
    "cut off": (credential()[:-20], "json"),
    "more behind the end": (credential() + b"{}", "json"),
    "a name twice": (
        credential()[:-1] + b',"name":"Something else"}',
        "named_twice",
    ),
    "a name twice in a paper": (
        small_pdf(zlib.compress(credential()[:-1] + b',"name":"Something else"}')),
        "named_twice",
    ),
    "half a character": (credential().replace(b"Example", rb"\udc00"), "json"),
    "two in one picture": (png(credential(), credential(THEIRS)), "several"),
    "two in one paper": (
        small_pdf(zlib.compress(credential()), zlib.compress(credential(THEIRS))),
        "several",
    ),
    "far too large": (b" " * 5_000_001, "too_large"),
    "no proof": (compact(DOCUMENT), "no_proof"),
    "an unknown suite": (with_proof(cryptosuite="eddsa-rdfc-2022"), "no_proof"),
    "another type of proof": (with_proof(type="Proof"), "no_proof"),
    "an unknown key": (credential(THEIRS), "key"),
    "a key of another": (
        with_proof(verificationMethod=f"did:web:other.example.org#{OURS.fingerprint}"),
        "issuer",
    ),
    "another issuer": (credential(issuer=ELSEWHERE), "issuer"),
    "another issuer with our key": (
        proofs_of(
            unsigned_credential(issuer=ELSEWHERE),
            OURS.proof(
                unsigned_credential(issuer=ELSEWHERE),
                verificationMethod=f"did:web:other.example.org#{OURS.fingerprint}",
            ),
        ),
        "issuer",
    ),
    "no issuer": (credential(issuer=None), "issuer"),
    "no method": (with_proof(verificationMethod=None), "key"),
    "another purpose": (with_proof(proofPurpose="authentication"), "purpose"),
    "other definitions": (with_proof(**{"@context": CONTEXTS[:1]}), "context"),
    "no definitions": (
        proofs_of(DOCUMENT, {name: part for name, part in PROOF.items() if name != "@context"}),
        "context",
    ),
    "one proof bad of two": (
        proofs_of(DOCUMENT, PROOF, {**PROOF, "proofValue": "z" + b58(bytes(64))}),
        "signature",
    ),
    "a signature too short": (
        proofs_of(DOCUMENT, {**PROOF, "proofValue": "z" + b58(b"\7" * 63)}),
        "signature",
    ),
    "a signature in base 64": (proofs_of(DOCUMENT, {**PROOF, "proofValue": "uAAAA"}), "signature"),
    "a changed proof": (
        proofs_of(DOCUMENT, {**PROOF, "created": "2020-01-01T00:00:00Z"}),
        "signature",
    ),
    "after its key's life": (credential(RETIRED), "key_life"),
    "a code with a mistake": (
        credential(id=f"{BASE_URL}/verify/{changed_symbol(CODE)}"),
        "code",
    ),
    "nothing about anybody": (credential(credentialSubject={}), "incomplete"),
    "nobody": (
        credential(credentialSubject={**DOCUMENT["credentialSubject"], "identifier": []}),
        "incomplete",
    ),
    "no completion": (
        credential(credentialSubject={**DOCUMENT["credentialSubject"], "activityEndDate": None}),
        "incomplete",
    ),
    "a date without its zone": (credential(validFrom=f"{ISSUED}T10:00:00"), "incomplete"),
}


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_a_file_is_refused_for(open_already, name):
    data, reason = REFUSED_FILES[name]
    page = open_already
    start_with_a_good_one(page)
    give(page, data)
    expect_refused(page, reason)


def test_a_browser_that_cannot_inflate_says_so(open_page):
    page = open_page(prepared="delete window.DecompressionStream;")
    give(page, small_pdf(zlib.compress(credential())))
    expect_refused(page, "old_browser")
    give(page, credential())
    expect_valid(page)


def test_every_sentence_of_a_refusal_has_its_own_test():
    tested = {
        reason
        for cases in (FORGED_LISTS, REFUSED_TEXTS, REFUSED_FILES)
        for _, reason in cases.values()
    } | {"old_browser"}
    written = {name for name in WORDS if name.startswith("refused_")} - {"refused_hint"}
    assert {f"refused_{reason}" for reason in tested} == written


def test_a_refused_certificate_leaves_nothing_of_the_one_before(open_page):
    page = open_page()
    paste(page, qr_text(GOOD))
    expect_valid(page)
    paste(page, qr_text(changed_payload(GOOD)))
    expect_refused(page, "signature")
    # Nor does a newer list bring it back.
    give_list(page, OURS.revocations(TODAY + timedelta(seconds=1)))
    expect(page.get_by_text("checked again")).to_be_visible()
    expect_refused(page, "signature")


# --- The arithmetic --------------------------------------------------------------------------------------------

PURE_FUNCTIONS: Final = (
    f"{script_of(PURE)}\nwindow.pure = {{ bytesOf, hex, sha256, sha512, signatureHolds, signatureHoldsHere, "
    "parseStrictly, canonical, fromBase58, fromBase64url, "
    "bytes: (text) => Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16)) };"
)


@pytest.fixture(scope="module")
def pure(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The functions of the page, without the page, under `pure`."""
    # From a file, and so where the browser lets pages use its own cryptography.
    file = tmp_path_factory.mktemp("pure") / "empty.html"
    file.write_text("<!doctype html><title>Empty</title>", encoding="utf-8")
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(file.as_uri())
        page.add_script_tag(content=PURE_FUNCTIONS, type="module")
        page.wait_for_function("window.pure && crypto.subtle")
        yield page


def both_say(pure: Page, public_key: bytes, message: bytes, signature: bytes) -> list[bool]:
    """Return what the own arithmetic says, and what is said where the browser's is asked."""
    found: list[bool] = pure.evaluate(
        """async (given) => {
          const [key, message, signature] = given.map(pure.bytes);
          return [pure.signatureHoldsHere(key, message, signature),
                  await pure.signatureHolds(key, message, signature)];
        }""",
        [public_key.hex(), message.hex(), signature.hex()],
    )
    return found


# RFC 8032, section 7.1: secret key, public key, message, signature.
RFC_8032: Final = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
)
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
FIELD: Final = 2**255 - 19


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_hold(pure, secret, public, message, signature):
    key, text, proof = (bytes.fromhex(part) for part in (public, message, signature))
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(text) == proof
    assert both_say(pure, key, text, proof) == [True, True]
    assert both_say(pure, key, text + b"!", proof) == [False, False]


def test_random_signatures_and_broken_ones_are_judged_as_cryptography_judges_them(pure):
    for size in (0, 1, 47, 64, 111, 112, 128, 500):
        private = Ed25519PrivateKey.generate()
        message = os.urandom(size)
        signature = private.sign(message)
        public = private.public_key().public_bytes_raw()
        flipped = bytearray(signature)
        flipped[os.urandom(1)[0] % 64] ^= 1 << os.urandom(1)[0] % 8
        for candidate in (signature, bytes(flipped), os.urandom(64), signature[:63]):
            judged = holds(public, message, candidate)
            assert both_say(pure, public, message, candidate) == [judged, judged]
        # Most points are on the curve or not by chance.
        odd_key = os.urandom(32)
        judged = holds(odd_key, message, signature)
        assert both_say(pure, odd_key, message, signature) == [judged, judged]


def holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_a_second_signature_made_by_adding_the_order_is_refused(pure):
    signature = OURS.private.sign(b"text")
    s = int.from_bytes(signature[32:], "little") + ORDER
    second = signature[:32] + s.to_bytes(32, "little")
    assert both_say(pure, OURS.raw, b"text", signature) == [True, True]
    assert both_say(pure, OURS.raw, b"text", second) == [False, False]


def test_points_written_in_a_second_way_are_refused(pure):
    neutral = (1).to_bytes(32, "little")
    second_way = (FIELD + 1).to_bytes(32, "little")
    odd_neutral = neutral[:-1] + b"\x80"
    base, one = bytes.fromhex("58" + "66" * 31), (1).to_bytes(32, "little")
    # 1 times the base point is that point and any multiple of the neutral one: a signature over everything.
    assert both_say(pure, neutral, b"text", base + one)[0]
    for key in (second_way, odd_neutral):
        assert both_say(pure, key, b"text", base + one) == [False, False]
    assert both_say(pure, neutral, b"text", neutral + bytes(32))[0]
    for point in (second_way, odd_neutral):
        assert both_say(pure, neutral, b"text", point + bytes(32)) == [False, False]


def test_digests_are_those_of_hashlib(pure):
    for size in (0, 3, 55, 56, 63, 64, 111, 112, 119, 127, 128, 1000):
        data = os.urandom(size)
        found = pure.evaluate(
            "text => [pure.sha256, pure.sha512].map((digest) => pure.hex(digest(pure.bytes(text))))",
            data.hex(),
        )
        assert found == [hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest()]


def test_without_the_browsers_cryptography_certificates_are_checked_all_the_same(open_page):
    page = open_page(prepared="Object.defineProperty(crypto, 'subtle', { value: undefined });")
    assert page.evaluate("crypto.subtle") is None
    paste(page, qr_text(GOOD))
    expect_valid(page)
    give(page, credential())
    expect_valid(page)
    paste(page, qr_text(changed_payload(GOOD)))
    expect_refused(page, "signature")


def test_served_with_its_header_from_an_address_without_tls_it_checks_all_the_same(chromium):
    made = offline_page(bundle())
    headers = {"Content-Security-Policy": made.content_security_policy}
    with chromium.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.route(
            "**/verify/offline",
            lambda route: route.fulfill(
                body=made.html, headers=headers, content_type="text/html; charset=utf-8"
            ),
        )
        with listening(page) as heard:
            page.goto(f"http://learn.example.org/verify/offline#{GOOD}")
            # Browsers keep their cryptography from pages that could have been changed on the way.
            assert not page.evaluate("isSecureContext")
            expect_valid(page)
        assert heard.said == []


def test_canonical_json_is_that_of_rfc_8785(pure):
    # RFC 8785, sections 3.2.2 and 3.2.3: numbers, escapes, and members in the order of UTF-16 units.
    given = (
        r'{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0],'
        r'"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'
    )
    assert pure.evaluate("text => pure.canonical(pure.parseStrictly(text))", given) == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    given = '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7,"__proto__":8}'
    ordered = pure.evaluate("text => pure.canonical(pure.parseStrictly(text))", given)
    assert list(json.loads(ordered).values()) == [2, 4, 8, 6, 7, 1, 5, 3]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        '{"a":1,}',
        '{"a"}',
        "{,}",
        "[1 2]",
        "01",
        "1.",
        ".5",
        "+1",
        "1e999",
        "NaN",
        "True",
        "'a'",
        '"\t"',
        '"\\x"',
        '"\\u12"',
        '"\\ud800"',
        '"\\udc00\\ud800"',
        "1 1",
        "{}\u00a0",
        "\ufeff{}",
        '{"a":1,"a":1}',
        '{"b":{"a":1,"\\u0061":2}}',
        '{"__proto__":1,"__proto__":2}',
        "[" * 200 + "]" * 200,
    ],
)
def test_what_is_not_strictly_json_is_not_read(pure, text):
    tried = "text => { try { pure.parseStrictly(text); return 'read'; } catch (problem) { return problem.constructor.name; } }"
    assert pure.evaluate(tried, text) in {"NotJson", "NamedTwice"}


def test_bytes_are_read_from_their_one_way_of_being_written(pure):
    def read(name: str, *given: Any) -> str | None:
        return pure.evaluate(
            f"given => {{ const bytes = pure.{name}(...given); return bytes && pure.hex(bytes); }}",
            list(given),
        )

    for size in range(8):
        data = os.urandom(size)
        assert read("fromBase64url", b64url(data)) == data.hex()
    for bad in ("A", "AA==", "AB", "AAB", "A A", "AA+A", "AA/A", "é"):
        assert read("fromBase64url", bad) is None
    for data in (os.urandom(64), bytes(64), b"\0\0" + os.urandom(62)):
        assert read("fromBase58", b58(data), 64) == data.hex()
        assert read("fromBase58", "1" + b58(data), 64) is None
    for bad in ("0", "O", "l", "I", "", "z" * 200, b58(os.urandom(63) + b"\1")[:-2]):
        assert read("fromBase58", bad, 64) is None


# --- The page as a page ----------------------------------------------------------------------------------------

SCENES: Final = {
    "empty": (OURS.revocations(), None),
    "valid": (OURS.revocations(), GOOD),
    "revoked": (OURS.revocations(**{hash_of(CODE): ["revoked", "2026-03-04"]}), GOOD),
    "not covered": (OURS.revocations(TODAY - timedelta(days=50)), GOOD),
    "refused": (OURS.revocations(), changed_payload(GOOD)),
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scene", SCENES)
def test_everybody_can_use_it_by_day_and_by_night(open_page, scene, language):
    revocations, text = SCENES[scene]
    page = open_page(bundle(revocations=revocations, language=language), prepared=SEES % '""')
    if text is not None:
        paste(page, text)
        expect(page.locator("#verdict")).to_be_visible()
    if SHOTS:
        take_pictures(page, Path(SHOTS), f"offline {scene} {language}")
    with listening(page) as heard:
        heard.statuses.append(200)
        seen = look_at(page, heard, BASE_URL)
    assert seen.everything == []
    assert seen.headings == 1
    assert seen.language == language


def test_it_asks_for_nothing_and_the_browser_has_nothing_to_say(open_page):
    page = open_page()
    with listening(page) as heard:
        page.reload()
        paste(page, qr_text(GOOD))
        expect_valid(page)
        give(page, svg(credential()))
        expect_valid(page)
    assert heard.said == []
    assert heard.urls == [page.url]


def test_its_policy_lets_no_other_script_run_and_nothing_be_sent(open_page):
    page = open_page()
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
        }"""
    )
    assert page.evaluate("window.ran") is None
    blocked = page.evaluate(
        """async () => {
          const said = new Promise((resolve) => {
            addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          });
          fetch("https://elsewhere.example/").catch(() => {});
          return said;
        }"""
    )
    assert blocked == "connect-src"


def test_it_can_be_used_with_keys_alone_on_a_desk(open_page):
    page = open_page(viewport=DESK)
    page.get_by_label("A file", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("The QR code of a certificate")).to_be_focused()
    page.keyboard.insert_text(qr_text(GOOD))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_valid(page)
    expect(page.locator("#verdict")).to_be_in_viewport()


def test_names_of_every_script_are_shown_as_they_were_signed(open_page):
    page = open_page()
    for name in ("ليلى بن علي", "李小龙", "O’Neill & <i>Søn</i>", "Ω" * 60):
        paste(page, OURS.jws({**STATEMENT, "n": name}))
        expect(page.get_by_text(name, exact=True)).to_be_visible()
        assert html.escape(name, quote=False) in page.locator("#statement").inner_html()
