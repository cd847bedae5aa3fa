"""The page that checks certificates without a connection: one HTML file, complete in itself.

Whoever has to check certificates where there is no network keeps it. It carries the issuer's public keys and a
signed revocation list; a newer list can be given to it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import jinja2
from babel import Locale
from markupsafe import Markup

from courseapp.core.types import JsonObject
from courseapp.credentials.offline.words import texts
from courseapp.credentials.types import PublishedKey

__all__ = ["PURE", "OfflinePage", "TrustBundle", "offline_page", "script_of", "texts"]

_HERE: Final = Path(__file__).parent
# In the order in which they need each other. The page itself comes last; what stands before it knows no page.
PURE: Final = ("bytes.js", "ed25519.js", "json.js", "verify.js", "containers.js")
_IMPORT: Final = re.compile(r"^import .*;\n", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(async )?(function|const|class) )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """What the page relies on. `revocations` is the signed list; `texts` are those of texts(), translated."""

    issuer_name: str
    did: str
    base_url: str
    keys: Sequence[PublishedKey]
    revocations: str
    texts: Mapping[str, str]
    language: str


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """The page, and the header to serve it with; from a file the same policy holds by what the page says."""

    html: str
    content_security_policy: str


def offline_page(trust: TrustBundle) -> OfflinePage:
    """Return the page for one issuer, in one language."""
    script = script_of((*PURE, "page.js"))
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src '{_hash_of(script)}'; style-src '{_hash_of(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    html = _template().render(
        language=trust.language,
        direction=Locale.parse(trust.language, sep="-").text_direction,
        issuer_name=trust.issuer_name,
        base_url=trust.base_url,
        host=urlsplit(trust.base_url).netloc,
        texts=trust.texts,
        policy=policy,
        script=Markup(script),  # noqa: S704 - our own files
        style=Markup(style),  # noqa: S704
        data=Markup(_as_data(_data_of(trust))),  # noqa: S704 - escaped by _as_data
    )
    # Browsers heed frame-ancestors in a header only, and say so in the console when they find it elsewhere.
    return OfflinePage(html, f"{policy}; frame-ancestors 'none'")


def script_of(names: Sequence[str]) -> str:
    """Return modules of this folder as one: a page from a file may not import others."""
    sources = ((_HERE / name).read_text(encoding="utf-8") for name in names)
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources)


def _data_of(trust: TrustBundle) -> JsonObject:
    return {
        "did": trust.did,
        "keys": [
            {
                "fingerprint": key.fingerprint,
                "public_key": key.public_key,
                "created_on": _day(key.created_at),
                "retired_on": None if key.retired_at is None else _day(key.retired_at),
            }
            for key in trust.keys
        ],
        "revocations": trust.revocations,
        "language": trust.language,
        "texts": dict(trust.texts),
    }


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _as_data(value: JsonObject) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _hash_of(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("page.html")
