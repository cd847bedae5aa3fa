"""What holders, strangers and those who teach do with certificates on the pages."""

from __future__ import annotations

import hashlib
import json
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

import pytest

from courseapp.credentials.baking import unbake
from courseapp.credentials.rules import format_code, new_code
from tests.certifying import REASON, Office
from tests.sites import Site


@pytest.fixture
def office(site):
    return Office(site)


@pytest.fixture
def hers(office, study, authored, alice):
    study.publish(authored)
    return office.certificate(study.finish(alice, "small"))


@pytest.fixture
def cohort(study, cast, authored):
    study.publish(authored)
    return study.cohort(cast.union, cast.chen, course_key="small")


def test_a_holder_finds_all_her_certificates_and_nobody_elses(hers, alice, bola):
    page = alice.browser().get("/certificates").text
    assert "A small course" in page
    assert format_code(hers.code) in page
    assert "A small course" not in bola.browser().get("/certificates").text


def test_every_form_is_hers_alone(site, hers, alice, bola):
    own = alice.browser()
    forms = ("certificate.pdf", "credential.json", "badge.png", "badge.svg")
    answers = {form: own.get(f"/certificates/{hers.code}/{form}") for form in forms}

    assert {form: answer.mimetype for form, answer in answers.items()} == {
        "certificate.pdf": "application/pdf",
        "credential.json": "application/vc+ld+json",
        "badge.png": "image/png",
        "badge.svg": "image/svg+xml",
    }
    assert answers["credential.json"].text == hers.credential
    for form in ("badge.png", "badge.svg"):
        assert json.loads(unbake(answers[form].data)) == json.loads(hers.credential)
    for form in (*forms, "x.pdf", "certificate.png"):
        assert bola.browser().get(f"/certificates/{hers.code}/{form}").status_code == 404
        assert site.browser().get(f"/certificates/{hers.code}/{form}").status_code in {302, 404}
    assert own.get(f"/certificates/{hers.code}/certificate.png").status_code == 404


def test_the_pdf_is_the_same_bytes_whenever_it_is_downloaded(site, hers, alice, monkeypatch):
    browser, path = alice.browser(), f"/certificates/{hers.code}/certificate.pdf"
    first = browser.get(path).data
    # A newer typesetter, or another font, draws it differently.
    monkeypatch.setattr("courseapp.credentials.doors.certificate_pdf", None)

    assert browser.get(path).data == first
    assert browser.get("/courses/small/certificate.pdf").data == first
    assert hashlib.sha256(first).hexdigest()


def test_a_pdf_in_which_something_could_not_be_drawn_is_not_kept(site, hers, alice, monkeypatch):
    from courseapp.credentials.pdf import CertificatePdf  # noqa: PLC0415

    drawn = CertificatePdf(b"%PDF-1.7 without a name", is_complete=False, missing=("x",))
    with monkeypatch.context() as patch:
        patch.setattr("courseapp.credentials.doors.certificate_pdf", lambda _: drawn)
        path = f"/certificates/{hers.code}/certificate.pdf"
        assert alice.browser().get(path).data == drawn.content
    assert site.scalar("SELECT count(*) FROM certificate_file") == 0
    assert alice.browser().get(path).data != drawn.content


def test_she_shows_it_under_an_address_that_she_can_switch_off(site, hers, alice):
    own, stranger = alice.browser(), site.browser()
    own.submit(f"/certificates/{hers.code}/sharing")
    token = site.scalar("SELECT token FROM share_link")
    shared = stranger.get(f"/shared/{token}")

    assert shared.status_code == 200
    assert "Alice Mbeki" in shared.text
    assert "noindex" in shared.headers["X-Robots-Tag"]
    own.submit(f"/certificates/{hers.code}/sharing")
    assert site.scalar("SELECT count(*) FROM share_link") == 1
    own.submit(f"/certificates/{hers.code}/sharing", share="no")
    assert stranger.get(f"/shared/{token}").status_code == 404
    own.submit(f"/certificates/{hers.code}/sharing")
    assert site.scalar("SELECT token FROM share_link") != token


def test_nobody_shares_or_mails_what_is_not_hers(site, hers, bola):
    browser = bola.browser()
    for act in ("sharing", "mail"):
        assert browser.submit(f"/certificates/{hers.code}/{act}").status_code == 404
    assert site.scalar("SELECT count(*) FROM share_link") == 0
    assert bola.api().put(f"/certificates/{hers.code}/share-link").status_code == 404


def test_the_pdf_goes_to_her_own_address_under_a_subject_that_tells_nothing(site, hers, alice):
    alice.browser().submit(f"/certificates/{hers.code}/mail")
    (mail,) = site.take_mails()

    assert mail.to == alice.email
    assert "course" not in mail.subject.lower()
    assert "certificate" not in mail.subject.lower()
    assert mail.attachment.media_type == "application/pdf"
    assert mail.attachment.content.startswith(b"%PDF-")
    # Delivered, nothing of it is left here.
    assert site.scalar("SELECT attachment IS NULL FROM outbox_message")


def test_linkedin_is_told_by_her_alone(hers, alice, office, dana):
    page = alice.browser().get(f"/certificates/{hers.code}").text
    address = next(part for part in page.split('"') if part.startswith("https://www.linkedin.com"))
    told = parse_qs(urlsplit(address.replace("&amp;", "&")).query)

    assert told["name"] == ["A small course"]
    assert told["certId"] == [format_code(hers.code)]
    office.revoke(dana, hers)
    assert "linkedin.com" not in alice.browser().get(f"/certificates/{hers.code}").text


def test_who_never_typed_her_name_confirms_it_first(site, study, authored, cast):
    study.publish(authored)
    unnamed = cast.person("N. N.", "nn@union.example", named_by_herself=False)
    study.finish(unnamed, "small")
    browser = unnamed.browser()

    assert 'value="N. N."' in browser.get("/courses/small/certificate").text
    refused = browser.submit("/courses/small/certificate", name=" ")
    assert refused.status_code == 422
    assert site.scalar("SELECT count(*) FROM certificate") == 0
    browser.submit("/courses/small/certificate", name="Ngozi Nwosu")
    assert "Ngozi Nwosu" in browser.get("/courses/small/certificate").text


def test_the_name_on_the_certificate_is_shown_on_the_way(study, authored, alice):
    study.publish(authored)
    study.enroll(alice, "small")

    page = alice.browser().get("/courses/small").text
    assert "Your certificate will carry this name" in page


def test_a_strangers_page_says_what_the_certificate_says_and_no_more(site, hers, alice):
    page = site.browser().get(f"/verify/{format_code(hers.code).lower()}").text

    for words in (
        "This certificate is valid",
        "Alice Mbeki",
        "A small course",
        hers.key_fingerprint,
    ):
        assert words in page
    assert alice.email not in page
    credential = site.browser().get(f"/verify/{hers.code}/credential.json")
    assert credential.text == hers.credential


def test_whoever_tries_codes_is_slowed_down(site, hers):
    browser = site.browser()
    for _ in range(30):
        assert browser.get(f"/verify/{new_code()}").status_code == 404

    refused = browser.get(f"/verify/{hers.code}")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert site.api().get(f"/certificates/{hers.code}").status_code == 429


def test_whoever_verifies_real_certificates_never_waits(site, hers):
    browser = site.browser()
    assert {browser.get(f"/verify/{hers.code}").status_code for _ in range(40)} == {200}


def test_the_status_list_tells_what_holds_no_more(site, office, hers, dana):
    listed = json.loads(hers.credential)["credentialStatus"]
    path = urlsplit(listed["statusListCredential"]).path
    before = site.browser().get(path).json["credentialSubject"]["encodedList"]
    office.revoke(dana, hers)

    after = site.browser().get(path)
    assert after.json["credentialSubject"]["encodedList"] != before
    assert after.json["credentialSubject"]["encodedList"].startswith("u")
    assert after.headers["Access-Control-Allow-Origin"] == "*"
    for other in ("/credentials/status/0", "/credentials/status/99", "/credentials/status/x"):
        assert site.browser().get(other).status_code == 404


def test_badges_of_courses_and_modules_are_pictures_for_everybody(site, study, authored):
    study.publish(authored)
    browser = site.browser()

    for path in ("/badges/small", "/badges/small/first"):
        assert browser.get(f"{path}.svg").mimetype == "image/svg+xml"
        assert browser.get(f"{path}.png").data.startswith(b"\x89PNG")
    for path in ("/badges/none.svg", "/badges/small/none.png", "/badges/small.gif"):
        assert browser.get(path).status_code == 404


def test_a_trainer_certifies_a_cohort_and_prints_it(site: Site, study, cast, cohort):
    for number in range(3):
        person = cast.person(f"Nr. {number}", f"{number}@union.example", named_by_herself=False)
        study.enroll(person, "small", cohort_id=cohort)
        study.finish(person, "small")
    browser, path = cast.chen.browser(), f"/teaching/cohorts/{cohort}/certificates"

    assert browser.get(f"{path}.pdf").status_code == 404
    assert browser.submit(path, reason="").status_code == 422
    assert browser.submit(path, reason=REASON).status_code == 302
    assert site.scalar("SELECT count(*) FROM certificate") == 3
    sheet = browser.get(f"{path}.pdf")
    assert sheet.data.startswith(b"%PDF-")
    assert cast.alice.browser().get(f"{path}.pdf").status_code == 404


def test_a_large_cohort_is_certified_step_by_step_with_a_bar(
    site, study, cast, cohort, monkeypatch
):
    monkeypatch.setattr(import_module("courseapp.credentials.pages.teaching"), "ISSUED_AT_ONCE", 2)
    for number in range(3):
        person = cast.person(f"Nr. {number}", f"{number}@union.example", named_by_herself=False)
        study.enroll(person, "small", cohort_id=cohort)
        study.finish(person, "small")
    browser, path = cast.chen.browser(), f"/teaching/cohorts/{cohort}/certificates"

    half = browser.submit(path, reason=REASON)
    assert '<progress id="progress" value="2" max="3">' in half.text
    assert browser.submit(path, reason=REASON).status_code == 302
    assert site.scalar("SELECT count(*) FROM certificate") == 3


def test_pages_of_whoever_teaches_do_not_exist_for_others(hers, alice, bola, cast):
    code = format_code(hers.code)
    paths = (
        "/teaching/certificates",
        "/teaching/courses/small/certificates",
        f"/teaching/certificates/{code}",
        f"/teaching/enrollments/{hers.enrollment_id}/certificate",
    )
    for path in paths:
        assert bola.browser().get(path).status_code == 404, path
    # A trainer of others sees the frame, and nobody of hers in it.
    chens = cast.chen.browser()
    assert chens.get(paths[2]).status_code == 404
    assert chens.get(paths[3]).status_code == 404
    assert "Mbeki" not in chens.get(paths[1]).text


def test_a_refused_reason_stays_where_it_was_typed(hers, dana):
    code = format_code(hers.code)
    refused = dana.browser().submit(f"/teaching/certificates/{code}/revocation", reason="x")

    assert refused.status_code == 422
    assert 'id="revoke-error"' in refused.text
    assert 'id="reissue-error"' not in refused.text


def test_an_administrator_revokes_and_reissues_on_the_page(office, hers, dana):
    code = format_code(hers.code)
    browser = dana.browser()
    assert browser.submit(f"/teaching/certificates/{code}/replacement", reason=REASON).location
    new = office.by_code(hers.code).replaced_by
    browser.submit(f"/teaching/certificates/{new}/revocation", reason=REASON)

    assert office.by_code(hers.code).status == "replaced"
    assert office.by_code(new).status == "revoked"
    again = browser.submit(f"/teaching/enrollments/{hers.enrollment_id}/certificate", reason=REASON)
    assert again.status_code == 302
