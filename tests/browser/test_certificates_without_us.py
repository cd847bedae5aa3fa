"""A learner takes her certificate away from a running site, and it is checked where no site is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from courseapp.core import clock
from courseapp.credentials import service as credentials
from courseapp.credentials.doors import current_issuer
from courseapp.credentials.queries import find_certificate
from tests.browser.serving import PHONE
from tests.studying import COURSE

FORMS = ("certificate.pdf", "credential.json", "badge.png", "badge.svg")


@pytest.fixture
def taken_away(browse, study, learner, tmp_path):
    """A folder with every form of her certificate and the page that checks them."""
    # The course takes her days; the site has its key since a moment ago, and issues it anew today.
    enrollment = study.finish(learner)
    with study.site.transaction() as session:
        first = find_certificate(session, enrollment.id)
        credentials.reissue_certificate(
            session, None, first.code, reason="Today", issuer=current_issuer(), at=clock.now()
        )
    page = browse(learner)
    page.goto(f"/courses/{COURSE}/certificate")
    page.get_by_role("link", name="Keep it and show it").click()
    for form in FORMS:
        (tmp_path / form).write_bytes(page.request.get(f"{page.url}/{form}").body())
    offline = page.request.get("/verify/offline?download=")
    (tmp_path / "verify.html").write_bytes(offline.body())
    return tmp_path


def test_what_she_took_away_is_checked_without_a_connection(chromium, taken_away):
    doctored = (taken_away / "credential.json").read_text(encoding="utf-8")
    (taken_away / "doctored.json").write_text(doctored.replace("Nadia", "Naomi"), encoding="utf-8")
    device = chromium.new_context(viewport=PHONE)
    device.set_offline(True)
    page = device.new_page()
    page.goto((taken_away / "verify.html").as_uri())
    for form in FORMS:
        page.get_by_label("A file", exact=True).set_input_files(taken_away / form)
        expect(page.locator("#verdict")).to_contain_text("Valid as of")
        expect(page.locator("#said")).to_contain_text("Nadia Benali")
        page.get_by_label("A file", exact=True).set_input_files(taken_away / "doctored.json")
        expect(page.locator("#verdict")).to_have_text("Not accepted")
    device.close()


def test_the_page_works_where_the_site_serves_it_too(browse, taken_away):
    page = browse()
    page.goto("/verify/offline")
    page.get_by_label("A file", exact=True).set_input_files(taken_away / "badge.png")

    expect(page.locator("#verdict")).to_contain_text("Valid as of")
