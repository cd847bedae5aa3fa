"""A walk through every page in every state (scenes.py), looking at what all of them must have in common.

Each scene is opened once, at 360x740 and at 1280x800, light and dark; the tests below then judge what was seen.
With COURSEAPP_SHOTS=<folder> the walk leaves pictures there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import SETTINGS, Seen, listening, look_at, show, take_pictures
from tests.browser.scenes import NO_PAGES, SCENES, Scene
from tests.browser.serving import Server, new_device, sign_in
from tests.browser.world import LEARNER, STRANGER, World
from tests.studying import COURSE

# Read before the tests hide all settings from themselves.
SHOTS: Final = os.environ.get("COURSEAPP_SHOTS", "")


# Scenes are dealt out to the workers in so many heaps.
HEAPS: Final = 8


# For the whole run: a worker may do other tests between two heaps of scenes.
@pytest.fixture(scope="session")
def world(server: Server, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(server, tmp_path_factory.mktemp("newer"))


@pytest.fixture(scope="session")
def pages(chromium: Browser, server: Server, world: World) -> Iterator[dict[str, Page]]:
    """A page on a device for each person, on which she is signed in, and one for a stranger.

    It goes from scene to scene: a page of its own for each would be a process of its own.
    """
    devices = {
        # Without transitions, so that a colour is what it is when the scheme has just changed.
        who: new_device(chromium, server.base_url, reduced_motion="reduce")
        for who in (STRANGER, *world.people)
    }
    pages = {who: device.new_page() for who, device in devices.items()}
    for who, person in world.people.items():
        sign_in(pages[who], server, person)
    yield pages
    for device in devices.values():
        device.close()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(scene, id=scene.name, marks=pytest.mark.xdist_group(f"heap-{place % HEAPS}"))
        for place, scene in enumerate(SCENES)
    ],
)
def scene(request: pytest.FixtureRequest) -> Scene:
    found: Scene = request.param
    return found


@pytest.fixture(scope="module")
def seen(scene: Scene, world: World, pages: dict[str, Page]) -> Seen:
    page = pages[scene.who]
    show(page, *SETTINGS[0])
    with listening(page) as heard:
        page.goto(scene.path(world))
        scene.act(page)
        if SHOTS:
            take_pictures(page, Path(SHOTS), scene.name)
    return look_at(page, heard, world.server.base_url)


def test_the_page_is_the_one_that_is_meant(scene, seen):
    assert seen.status == scene.status


def test_axe_finds_nothing(seen):
    assert not seen.violations, listed(seen.violations)


def test_nothing_scrolls_sideways(seen):
    assert not seen.too_wide, listed(seen.too_wide)


def test_whatever_can_be_pressed_is_24_pixels_wide_and_high(seen):
    assert not seen.small_targets, listed(seen.small_targets)


def test_every_request_goes_to_our_own_site(seen):
    assert not seen.asked_elsewhere, listed(seen.asked_elsewhere)


def test_the_browser_has_nothing_to_complain_of(seen):
    assert not seen.said, listed(seen.said)


def test_the_page_has_one_heading_and_a_language(seen):
    assert (seen.headings, seen.language) == (1, "en")


def test_every_lesson_is_as_good_on_a_phone(world, pages):
    found = []
    page = pages[LEARNER]
    for module in world.course.modules:
        for lesson in module.lessons:
            with listening(page) as heard:
                page.goto(f"/courses/{COURSE}/lessons/{lesson.key}")
            seen = look_at(page, heard, world.server.base_url, SETTINGS[:1])
            assert (seen.status, seen.headings) == (200, 1)
            found += [f"{lesson.key}: {finding}" for finding in seen.everything]
    assert not found, listed(found)


def listed(findings: list[str]) -> str:
    return "\n" + "\n".join(findings)


def test_every_page_of_the_site_is_walked(site):
    pages = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.rule.startswith("/api/v1/")
    }
    assert pages - NO_PAGES == {scene.endpoint for scene in SCENES}
