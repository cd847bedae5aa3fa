"""Looking at a page as a whole: what axe-core says, what is too wide or too small, what it asks for and says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.browser.serving import DESK, PHONE

Setting = tuple[Mapping[str, int], str]
SETTINGS: Final[Sequence[Setting]] = tuple(
    (size, scheme) for size in (PHONE, DESK) for scheme in ("light", "dark")
)
# All of axe's rules but the experimental ones; the one on WCAG 2.2's target size has to be asked for.
# Style sheets are read beforehand for experimental rules only.
_ALL_RULES: Final = {
    "resultTypes": ["violations"],
    "preload": False,
    "rules": {"target-size": {"enabled": True}},
}
# By night only the colours are others.
_RULES_ON_COLOURS: Final = {
    "resultTypes": ["violations"],
    "preload": False,
    "runOnly": ["color-contrast", "link-in-text-block"],
}
_AXE: Final = Axe()

# What can be pressed or filled in, and is less than a square of 24 pixels around the middle of its first line.
# Links within running text may be smaller (WCAG 2.5.8). A label belongs to the box or button inside it.
_SMALL_TARGETS: Final = """() => {
  const small = [];
  for (const target of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (target.type === "hidden" || !target.checkVisibility({ visibilityProperty: true })) continue;
    if (isInRunningText(target)) continue;
    target.focus({ preventScroll: true });  // the skip link appears only then
    target.scrollIntoView({ block: "center", behavior: "instant" });
    const box = target.getClientRects()[0];
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    // A box that is large enough must be hit near its middle; a smaller one may reach beyond itself.
    const half = Math.min(box.width, box.height) >= 24 ? 8 : 11.9;
    const corners = [[-half, -half], [half, -half], [-half, half], [half, half]];
    if (!corners.every(([dx, dy]) => hits(target, document.elementFromPoint(x + dx, y + dy)))) {
      small.push(`${describe(target)} ${box.width.toFixed(1)} x ${box.height.toFixed(1)}`);
    }
  }
  return small;

  function isInRunningText(target) {
    if (target.localName !== "a" || getComputedStyle(target).display !== "inline") return false;
    let block = target.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return [...block.childNodes].some((node) => isWords(node, target));
  }
  function isWords(node, target) {
    if (node === target || node.localName === "a") return false;
    if (node.contains(target)) return [...node.childNodes].some((inner) => isWords(inner, target));
    const seen = node.nodeType === Node.TEXT_NODE || getComputedStyle(node).display.startsWith("inline");
    return seen && /\\p{L}{2}/u.test(node.textContent);
  }
  function hits(target, found) {
    return found !== null && (target.contains(found) || target.closest("label")?.contains(found));
  }
  function describe(element) {
    const name = element.textContent.trim().replace(/\\s+/g, " ").slice(0, 40) || element.name;
    return `<${element.localName} class="${element.className}"> ${name}`;
  }
}"""
# What reaches beyond the right edge, innermost first; nothing, when the page does not scroll sideways.
_TOO_WIDE: Final = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    (element) => element.getBoundingClientRect().right > innerWidth + 0.5);
  return [`the page is ${root.scrollWidth} wide`, ...wide.reverse().slice(0, 5).map((element) =>
    `<${element.localName} class="${element.getAttribute("class") ?? ""}"> ` +
    element.textContent.trim().slice(0, 40))];
}"""


@dataclass
class Heard:
    """What a page asked for and said while it was opened."""

    urls: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@dataclass
class Seen:
    """What was found on a page; each list is empty on a good one."""

    status: int
    asked_elsewhere: list[str]
    said: list[str]
    headings: int
    language: str
    too_wide: list[str] = field(default_factory=list)
    small_targets: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def everything(self) -> list[str]:
        """All that was found, for a test that looks at many pages."""
        lists = (
            self.asked_elsewhere,
            self.said,
            self.too_wide,
            self.small_targets,
            self.violations,
        )
        return [finding for findings in lists for finding in findings]


def look_at(
    page: Page, heard: Heard, base_url: str, settings: Sequence[Setting] = SETTINGS
) -> Seen:
    """Look at the page that stands open, on a phone and on a desk, by day and by night."""
    seen = Seen(
        status=heard.statuses[-1],
        asked_elsewhere=[url for url in heard.urls if not url.startswith(f"{base_url}/")],
        said=list(heard.said),
        headings=page.locator("h1").count(),
        language=page.locator("html").get_attribute("lang") or "",
    )
    # What can be opened on the page is looked at as well.
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    page.evaluate(_AXE.axe_script)
    for size, scheme in settings:
        show(page, size, scheme)
        where = f"{size['width']} {scheme}"
        rules = _ALL_RULES if scheme == "light" else _RULES_ON_COLOURS
        seen.violations += [f"{where}: {text}" for text in axe_violations(page, rules)]
        if scheme == "light":
            seen.too_wide += [f"{where}: {text}" for text in page.evaluate(_TOO_WIDE)]
            seen.small_targets += [f"{where}: {text}" for text in page.evaluate(_SMALL_TARGETS)]
    return seen


def show(page: Page, size: Mapping[str, int], scheme: str) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)


def axe_violations(page: Page, rules: Mapping[str, Any]) -> list[str]:
    """Return what axe finds: the rule, and each place with what is wrong there."""
    found = page.evaluate("rules => axe.run(rules)", rules)
    return [
        f"{violation['id']} ({violation['help']}): {target_of(node)}: {reason_of(node)}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def target_of(node: dict[str, Any]) -> str:
    return " ".join(str(part) for part in node["target"])


def reason_of(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])


@contextmanager
def listening(page: Page) -> Iterator[Heard]:
    """Keep what a page asks for, and what the browser says about it, within the block."""
    heard = Heard()

    def on_request(request: Request) -> None:
        heard.urls.append(request.url)

    def on_response(response: Response) -> None:
        if response.request.is_navigation_request() and response.status not in {301, 302, 303}:
            heard.statuses.append(response.status)

    def on_console(message: ConsoleMessage) -> None:
        # That a page is refused with 4xx is told to the console as well; the test knows it from the answer.
        is_status = message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not (
            is_status and message.location["url"].partition("?")[0] == page.url.partition("?")[0]
        ):
            heard.said.append(message.text)

    def on_page_error(error: Exception) -> None:
        heard.said.append(str(error))

    handlers = {
        "request": on_request,
        "response": on_response,
        "console": on_console,
        "pageerror": on_page_error,
    }
    for event, handler in handlers.items():
        page.on(event, handler)  # type: ignore[call-overload]
    yield heard
    for event, handler in handlers.items():
        page.remove_listener(event, handler)


def take_pictures(page: Page, folder: Path, name: str) -> None:
    """Store the whole page in every size and colour scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    for size, scheme in SETTINGS:
        show(page, size, scheme)
        page.screenshot(path=folder / f"{slug}.{size['width']}.{scheme}.png", full_page=True)
    show(page, *SETTINGS[0])
