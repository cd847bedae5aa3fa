"""XML of strangers: parsed without network, DTDs, entities or trees that no honest file needs."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from lxml import etree

from courseapp.interop.questions.errors import Unreadable

MOST_BYTES: Final = 5_000_000


def parse_xml(content: bytes) -> etree._Element:
    """Return the root. There are no comments below it, and every element has its `sourceline`."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_l("It is larger than five megabytes."))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        # Some programs write an empty line before the declaration, which XML does not allow.
        root = etree.fromstring(content.lstrip(b" \t\r\n"), parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(
            _l("It is not well-formed XML: look at line %(line)s.", line=error.lineno or 1)
        ) from error
    _refuse_entities(root)
    return root


def _refuse_entities(root: etree._Element) -> None:
    """Refuse declarations that would let a few bytes stand for many, or for another file."""
    # The stubs of lxml do not know what a DTD holds.
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.entities()):
        raise Unreadable(_l("It declares XML entities, which are not accepted here."))
    for reference in root.iter(etree.Entity):
        raise Unreadable(
            _l(
                "It uses an entity that XML does not know: look at line %(line)s.",
                line=reference.sourceline,
            )
        )
