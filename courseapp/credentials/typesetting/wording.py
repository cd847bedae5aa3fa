"""What a certificate says, as data for the page: in its own language, each text with its own direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_percent
from babel.units import format_unit
from flask_babel import force_locale
from flask_babel import gettext as _

from courseapp.core.types import JsonObject
from courseapp.credentials.looks import Signatory
from courseapp.credentials.rules import format_code
from courseapp.credentials.typesetting.drawing import as_svg, qr_code
from courseapp.credentials.typesetting.frames import frame_svg
from courseapp.credentials.typesetting.printable import Printable
from courseapp.credentials.typesetting.text import clean, letters_join, reads_from_the_right

# What stands in the place of a text that no font can draw, given its script where that is known.
Instead = Callable[[str | None], str]
# Given a text, and what stands in its place where no font can draw it, returns what is printed.
Draw = Callable[[str, Instead], str]


def locale_of(language: str) -> Locale:
    """Return the locale of a language tag; English for a language that has none."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def is_from_the_right(locale: Locale) -> bool:
    """Tell whether the language is written from right to left."""
    return bool(locale.text_direction == "rtl")


class Pictures:
    """The pictures on a sheet, each kept once: a cohort's certificates share their frame and logo."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def keep(self, svg: str) -> str:
        """Keep a picture and return its name."""
        return self._names.setdefault(svg, f"picture-{len(self._names)}")

    def by_name(self) -> JsonObject:
        """Return the pictures kept."""
        return {name: svg for svg, name in self._names.items()}


@dataclass(frozen=True, slots=True)
class Wording:
    """Words a certificate in one language; `draw` replaces what no font can draw."""

    locale: Locale
    draw: Draw
    pictures: Pictures

    def page(self, printable: Printable, *, bookmarked_by_name: bool) -> JsonObject:
        """Return everything that is on a certificate's page."""
        with force_locale(self.locale):
            return self._page(printable, bookmarked_by_name=bookmarked_by_name)

    def _page(self, printable: Printable, *, bookmarked_by_name: bool) -> JsonObject:
        said, look = printable.statement, printable.look
        attached = printable.credential is not None
        qr = qr_code(printable.qr_text)
        issuer = self.words(said.issuer, _in_other_letters)
        return {
            **language_of(self.locale),
            "rtl": is_from_the_right(self.locale),
            "cjk": _chinese_letters(self.locale),
            "accent": look.accent,
            "frame": self.pictures.keep(frame_svg(look.accent, small=said.module is not None)),
            "bookmarked_by_name": bookmarked_by_name,
            "logo": None
            if look.logo is None
            else self.pictures.keep(as_svg(look.logo, look.logo_format)),
            "logo_alt": _("Logo of %(issuer)s", issuer=issuer["text"]),
            "issuer": {**issuer, "spaced": not letters_join(issuer["text"])},
            "title": self.words(said.title, _in_other_letters, needed=True),
            "holder": self.words(
                said.holder, lambda script: _name_elsewhere(script, attached=attached), needed=True
            ),
            "statement": self.words(said.statement, _in_other_letters),
            "course": self.words(
                said.course, lambda script: _title_elsewhere(script, attached=attached), needed=True
            ),
            "module": None
            if said.module is None
            else self.words(
                said.module, lambda script: _title_elsewhere(script, attached=attached), needed=True
            ),
            "part_of": self._part_of(said.course),
            "modules": [self.words(module, _in_other_letters) for module in said.modules],
            "facts": self._facts(printable),
            "signatories": [self._signatory(signatory) for signatory in look.signatories[:2]],
            "qr": {
                "svg": qr.svg,
                "size": qr.millimetres,
                "alt": _("QR code that leads to the verification address"),
            },
            "verify_label": self.label(_("Verify at")),
            "verify_url": clean(said.verify_url),
            "code_label": self.label(_("Code")),
            "code": format_code(said.code),
            "notice": self.words(said.notice, _in_other_letters) if clean(said.notice) else None,
            "specimen": self.label(_("SPECIMEN")) if printable.specimen else None,
        }

    def words(self, text: str, instead: Instead, *, needed: bool = False) -> JsonObject:
        """Return a text that people wrote, with its direction. What is `needed` is never empty."""
        cleaned = clean(text)
        return self.label(self.draw(cleaned, instead) if cleaned or needed else "")

    def label(self, text: str) -> JsonObject:
        """Return a text of ours, with its direction."""
        return {
            "text": text,
            "rtl": reads_from_the_right(text, otherwise=is_from_the_right(self.locale)),
        }

    def _part_of(self, course: str) -> JsonObject:
        drawn = self.draw(clean(course), _in_other_letters)
        return self.label(_("A module of the course “%(course)s”", course=drawn))

    def _facts(self, printable: Printable) -> Sequence[JsonObject]:
        said = printable.statement
        # English dates as most of the world writes them: the day first.
        dates = Locale("en", "GB") if str(self.locale) == "en" else self.locale
        facts = [(_("Completed on"), format_date(said.completed_on, format="long", locale=dates))]
        if said.hours > 0:
            facts.append((_("Study time"), _hours(said.hours, self.locale)))
        if said.score is not None:
            facts.append((_("Final score"), format_percent(said.score / 100, locale=self.locale)))
        issued = format_date(said.issued_at.date(), format="long", locale=dates)
        facts.append((_("Issued on"), issued))
        return [{"label": self.label(label), "value": self.label(value)} for label, value in facts]

    def _signatory(self, signatory: Signatory) -> JsonObject:
        name = self.words(signatory.name, _in_other_letters)
        return {
            "name": name,
            "role": self.words(signatory.role, _in_other_letters),
            "image": None
            if signatory.image is None
            else self.pictures.keep(as_svg(signatory.image, "png")),
            "alt": _("Signature of %(name)s", name=name["text"]),
        }


def _hours(hours: float, locale: Locale) -> str:
    said = format_unit(hours, "duration-hour", length="long", locale=locale)
    if "duration-hour" in said:
        # Where the long form is the same as the short one, Babel has only the latter.
        return format_unit(hours, "duration-hour", length="short", locale=locale)
    return said


def language_of(locale: Locale) -> JsonObject:
    """Return a language as Typst takes it: without the region where that is a number (es-419)."""
    region = locale.territory or ""
    return {"lang": locale.language, "region": region if region.isalpha() else None}


def _chinese_letters(locale: Locale) -> str:
    # The same character is drawn differently in China, Taiwan, Japan and Korea.
    if locale.language in {"ja", "ko"}:
        return {"ja": "JP", "ko": "KR"}[locale.language]
    traditional = locale.script == "Hant" or locale.territory in {"TW", "HK", "MO"}
    return "TC" if traditional else "SC"


def _in_other_letters(script: str | None) -> str:
    said: str = (
        _("(in letters that could not be printed)")
        if script is None
        else _("(in %(script)s script)", script=script)
    )
    return said


def _name_elsewhere(script: str | None, *, attached: bool) -> str:
    said: str
    if script is None and attached:
        said = _("Name: see the attached credential and the verification address")
    elif script is None:
        said = _("Name: see the verification address")
    elif attached:
        said = _(
            "Name in %(script)s script: see the attached credential and the verification address",
            script=script,
        )
    else:
        said = _("Name in %(script)s script: see the verification address", script=script)
    return said


def _title_elsewhere(script: str | None, *, attached: bool) -> str:
    said: str
    if script is None and attached:
        said = _("Title: see the attached credential and the verification address")
    elif script is None:
        said = _("Title: see the verification address")
    elif attached:
        said = _(
            "Title in %(script)s script: see the attached credential and the verification address",
            script=script,
        )
    else:
        said = _("Title in %(script)s script: see the verification address", script=script)
    return said
