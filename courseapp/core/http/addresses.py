"""Addresses that leave the site, in mails, PDFs and answers of the API."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import current_app

# One slash, then no second one. Browsers read a backslash as a slash and throw tabs and line breaks away.
_ON_THIS_SITE: Final = re.compile(r"/(?!/)[^\x00-\x1f\x7f\\]*")


def public_url(endpoint: str, **values: Any) -> str:
    """Return a view's full address under the base URL of the settings.

    Never under the request's Host header: whoever sends it could point our links at another site.
    """
    base: str = current_app.config["PUBLIC_BASE_URL"]
    # The map itself, not url_for: the command line makes addresses without any request.
    return base + current_app.url_map.bind("").build(endpoint, values)


def leads_off_the_site(target: str) -> bool:
    """Tell whether a browser that is sent to this address might end on another site, or nowhere."""
    return _ON_THIS_SITE.fullmatch(target) is None
