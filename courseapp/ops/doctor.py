"""Is the data right? Compares what is stored twice, and checks every signature."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from courseapp.credentials.queries import iterate_broken_certificates
from courseapp.learning.queries import list_disagreements


def find_faults(session: Session) -> Sequence[str]:
    """Return a sentence for every fault: none means that the data agrees with itself."""
    faults = [
        f"enrollment {found.enrollment.id}: {found.enrollment.percent}% is stored, "
        f"the facts say {found.computed_percent}%"
        for found in list_disagreements(session)
    ]
    faults += [
        f"certificate {code}: it is not what was signed"
        for code in iterate_broken_certificates(session)
    ]
    return faults
