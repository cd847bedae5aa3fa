"""What looks at every page finds what it is for: here is a page on which everything is wrong."""

from __future__ import annotations

import pytest

from tests.browser.looking import SETTINGS, listening, look_at

BAD_PAGE = """<!doctype html><html><head><title>Bad</title><style>
  body { margin: 0; background: #fff; color: #111; }
  @media (prefers-color-scheme: dark) { .night { color: #eee; } }
  .day { color: #ddd; }
  .wide { width: 400px; }
  @media (min-width: 1000px) { .wide { width: 1300px; } }
  button { width: 10px; height: 10px; padding: 0; border: 0; }
  .inline { font-size: 12px; line-height: 1; }
  .large::after { content: ""; position: absolute; inset: 0; }
</style></head><body><main>
  <h1>One</h1><h1>Two</h1>
  <p class="day">Hard to read by day</p> <p class="night">Hard to read at night</p>
  <div class="wide">Too wide</div>
  <div><button aria-label="small">.</button><button aria-label="close by">.</button></div>
  <p class="inline">In running text <a href="#a">a link</a> may be small.</p>
  <p class="inline"><a href="#b">Alone</a></p>
  <p class="inline" style="position: relative; padding: 20px"><a class="large" href="#c">Far</a></p>
  <script src="http://127.0.0.1:9/elsewhere.js"></script>
  <script>console.error("out of order")</script>
</main></body></html>"""


@pytest.fixture(scope="module")
def seen(chromium, server):
    with chromium.new_context() as context:
        page = context.new_page()
        page.route(f"{server.base_url}/bad", lambda route: route.fulfill(body=BAD_PAGE))
        page.route("**/elsewhere.js", lambda route: route.fulfill(body=""))
        with listening(page) as heard:
            page.goto(f"{server.base_url}/bad")
        yield look_at(page, heard, server.base_url)


@pytest.mark.parametrize(
    ("rule", "setting"),
    [
        ("html-has-lang", "360 light"),
        ("html-has-lang", "1280 light"),
        ("color-contrast", "360 light"),
        ("color-contrast", "1280 light"),
        ("target-size", "360 light"),
    ],
)
def test_axe_is_asked_for_its_rules_in_every_size(seen, rule, setting):
    assert [text for text in seen.violations if text.startswith(f"{setting}: {rule} ")]


@pytest.mark.parametrize("setting", ["360 dark", "1280 dark"])
def test_axe_judges_the_colours_of_the_night(seen, setting):
    found = [text for text in seen.violations if text.startswith(setting)]
    assert [".night" in text for text in found].count(True) == 1
    assert not [text for text in seen.violations if "light" in text and ".night" in text]


@pytest.mark.parametrize("width", [360, 1280])
def test_what_is_too_wide_is_named(seen, width):
    found = [text for text in seen.too_wide if text.startswith(f"{width} light")]
    assert "wide" in found[0]
    assert any('<div class="wide"> Too wide' in text for text in found)


def test_small_targets_are_named_but_not_links_in_running_text(seen):
    found = [text.partition("> ")[2][:5] for text in seen.small_targets if text.startswith("360")]
    assert found == [". 10.", ". 10.", "Alone"]


def test_requests_to_others_and_complaints_are_heard(seen):
    assert seen.asked_elsewhere == ["http://127.0.0.1:9/elsewhere.js"]
    assert seen.said == ["out of order"]


def test_headings_and_language_are_looked_up(seen):
    assert (seen.headings, seen.language) == (2, "")
    assert len(SETTINGS) == 4
