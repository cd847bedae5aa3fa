"""Addresses that leave the site, in mails, PDFs and answers of the API."""

from __future__ import annotations

from typing import Any

from flask import current_app


def public_url(endpoint: str, **values: Any) -> str:
    """Return a view's full address under the base URL of the settings.

    Never under the request's Host header: whoever sends it could point our links at another site.
    """
    base: str = current_app.config["PUBLIC_BASE_URL"]
    # The map itself, not url_for: the command line makes addresses without any request.
    return base + current_app.url_map.bind("").build(endpoint, values)
