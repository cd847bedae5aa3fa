"""Somebody who reads pages, follows links and fills in forms, as in a browser without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin

from werkzeug.test import TestResponse

from tests.sites import Browser
from tests.web.html import Element, parse_html

Typed = str | Sequence[str]


class Visitor:
    """A person in front of a browser. Whatever she may fill in or press must be on the page."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.response: TestResponse
        self.page: Element

    @property
    def path(self) -> str:
        """The address of the page that she sees."""
        return self.response.request.path

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """Everything that she can read."""
        return self.page.text

    @property
    def heading(self) -> str:
        """The page's one heading of the first level."""
        (heading,) = self.page.all("h1")
        return heading.text

    def open(self, path: str) -> Element:
        """Type an address, or use a bookmark; redirects are followed."""
        return self._show(self.browser.get(path, follow_redirects=True))

    def follow(self, words: str) -> Element:
        """Follow the link that says this."""
        found = {a["href"] for a in self.page.all("a") if words in a.text}
        assert len(found) == 1, f"{len(found)} addresses behind {words!r} on {self.path}"
        return self.open(urljoin(self.path, found.pop()))

    def can_press(self, button: str) -> bool:
        """Tell whether the page has such a button."""
        return any(button in b.text for b in self.page.all("button"))

    def press(self, button: str, **typed: Typed) -> Element:
        """Fill in the form that has this button, and press it."""
        forms = [
            (form, b)
            for form in self.page.all("form")
            for b in form.all("button")
            if button in b.text
        ]
        assert len(forms) == 1, f"{len(forms)} buttons say {button!r} on {self.path}"
        form, pressed = forms[0]
        data = _filled_in(form, typed)
        if "name" in pressed.attributes:
            data.append((pressed["name"], pressed.get("value")))
        action = urljoin(self.path, form.get("action", self.path))
        sent: dict[str, list[str]] = {}
        for name, value in data:
            sent.setdefault(name, []).append(value)
        if form.get("method", "get").lower() == "get":
            return self._show(self.browser.get(action, query_string=sent, follow_redirects=True))
        return self._show(self.browser.post(action, data=sent, follow_redirects=True))

    def field(self, name: str) -> Element:
        """Return the one input of the page with this name."""
        found = [e for e in self.page.all("input", "select", "textarea") if e.get("name") == name]
        assert len(found) == 1, f"{len(found)} fields are called {name!r} on {self.path}"
        return found[0]

    def _show(self, response: TestResponse) -> Element:
        self.response = response
        if response.mimetype == "text/html":
            self.page = parse_html(response.text)
        return self.page


def _filled_in(form: Element, typed: dict[str, Typed]) -> list[tuple[str, str]]:
    """Return what a browser sends: what stands in the form, changed by what is typed and chosen."""
    left = dict(typed)
    data: list[tuple[str, str]] = []
    choices: dict[str, list[str]] = {}
    for control in form.all("input", "select", "textarea"):
        name = control.get("name")
        kind = control.get("type", "text") if control.tag == "input" else control.tag
        if kind in {"radio", "checkbox"}:
            choices.setdefault(name, []).append(control["value"])
            wanted = left.get(name)
            chosen = (
                "checked" in control.attributes
                if wanted is None
                else control["value"] in ([wanted] if isinstance(wanted, str) else wanted)
            )
            if chosen:
                data.append((name, control["value"]))
            continue
        value = left.pop(name, standing_in(control))
        assert isinstance(value, str)
        data.append((name, value))
    for name, offered in choices.items():
        wanted = left.pop(name, [])
        for value in [wanted] if isinstance(wanted, str) else wanted:
            assert value in offered, f"{value!r} is not offered as {name}: {offered}"
    assert not left, f"the form has no {sorted(left)}"
    return data


def standing_in(control: Element) -> str:
    """Return what stands in a field."""
    if control.tag == "select":
        return _selected(control)
    return "".join(control._texts()) if control.tag == "textarea" else control.get("value")


def _selected(select: Element) -> str:
    options = select.all("option")
    chosen = [option for option in options if "selected" in option.attributes] or options[:1]
    return chosen[0]["value"]
