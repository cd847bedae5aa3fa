"""Types that every feature speaks of. Nothing of the database: rules may import them."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
