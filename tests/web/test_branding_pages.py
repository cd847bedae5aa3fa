"""An organization chooses how its certificates look, sees it first, and changes nothing that was issued."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from courseapp.credentials.queries import find_branding_in_use
from tests.certifying import LATER, Office

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4" fill="#123456"/></svg>'
FORM = {"name": "Harbour Workers", "accent": "#1d5f82"}


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (200, 60), (0, 0, 90, 255)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def path(cast):
    return f"/organizations/{cast.union}/branding"


@pytest.fixture
def cohort(study, cast, authored):
    study.publish(authored)
    return study.cohort(cast.union, cast.chen, course_key="small")


def finish(study, person, cohort, at=LATER):
    study.enroll(person, "small", cohort_id=cohort)
    return study.finish(person, "small", at=at)


def test_a_look_is_seen_first_and_then_put_to_use(
    site, study, cast, cohort, path, dana, alice, bola
):
    office, browser = Office(site), dana.browser()
    before = office.certificate(finish(study, alice, cohort))
    saved = browser.submit(
        path,
        **FORM,
        signatory_1="Chen Wei",
        role_1="General Secretary",
        logo=(io.BytesIO(SVG), "logo.svg"),
        signature_1=(io.BytesIO(png()), "signature.png"),
    )
    assert saved.status_code == 302
    preview = saved.location
    assert browser.get(preview).status_code == 200
    assert browser.get(f"{preview}/specimen.png").data.startswith(b"\x89PNG")
    assert browser.get(f"{preview}/specimen.pdf").data.startswith(b"%PDF-")
    with site.snapshot() as session:
        assert find_branding_in_use(session, cast.union) is None

    assert browser.submit(f"{preview}/use").status_code == 302
    after = office.certificate(finish(study, bola, cohort))
    assert (after.statement.issuer, before.statement.issuer) == (
        "Harbour Workers",
        site.settings.issuer_name,
    )
    assert after.statement.branding_digest
    # What was issued stays as it is.
    assert office.by_code(before.code) == before
    assert bola.browser().get(f"/certificates/{after.code}/certificate.pdf").status_code == 200


def test_pictures_that_are_not_sent_again_stay(site, cast, path, dana):
    browser = dana.browser()
    browser.submit(path, **FORM, logo=(io.BytesIO(SVG), "logo.svg"))
    browser.submit(path, **FORM)
    browser.submit(path, **FORM, without_logo="true")

    logos = site.execute("SELECT logo_format FROM branding ORDER BY created_at, id")
    assert [row[0] for row in logos] == ["svg", "svg", None]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"accent": "#ffff00"}, "accent"),
        ({"accent": "red"}, "accent"),
        ({"name": ""}, "name"),
        ({"name": "x" * 200}, "name"),
        ({"signatory_1": "x" * 200}, "signatory_1"),
        ({"logo": (b"GIF89a", "logo.png")}, "logo"),
        ({"logo": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg")}, "logo"),
        ({"signatory_1": "Chen", "signature_1": (SVG, "signature.svg")}, "signature_1"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(site, path, dana, sent, field):
    files = {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in {**FORM, **sent}.items()
    }
    refused = dana.browser().submit(path, **files)

    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert site.scalar("SELECT count(*) FROM branding") == 0


def test_files_beyond_measure_are_refused(path, dana):
    form = {"data": b"x" * 5_000_000, "content_type": "multipart/form-data; boundary=x"}
    assert dana.browser().post(path, **form).status_code == 413


def test_others_cannot_see_or_change_how_an_organization_looks(site, cast, path, dana, alice):
    preview = dana.browser().submit(path, **FORM).location
    for person in (alice, cast.chen):
        browser = person.browser()
        assert browser.get(path).status_code == 404
        assert browser.submit(path, **FORM).status_code == 404
        for suffix in ("", "/specimen.png", "/specimen.pdf"):
            assert browser.get(preview + suffix).status_code == 404
        assert browser.submit(f"{preview}/use").status_code == 404
    assert site.scalar("SELECT count(*) FROM branding") == 1


def in_base_64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_programs_do_the_same(site, cast, path, dana, alice):
    api, brandings = dana.api(), f"/organizations/{cast.union}/brandings"
    sent = {
        **FORM,
        "logo": in_base_64(SVG),
        "signatories": [{"name": "Chen Wei", "role": "Secretary", "image": in_base_64(png())}],
    }
    saved = api.post(brandings, sent)
    assert saved.status_code == 201
    assert (saved.json["logo_format"], saved.json["is_in_use"]) == ("svg", False)
    used = api.put(f"/brandings/{saved.json['id']}/use")
    assert (used.status_code, used.json["is_in_use"]) == (200, True)
    assert api.get(brandings).json["items"] == [used.json]

    for refused in (
        alice.api().post(brandings, sent),
        alice.api().get(brandings),
        alice.api().put(f"/brandings/{saved.json['id']}/use"),
    ):
        assert refused.status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"accent": "#ffff00"}, "accent"),
        ({"logo": "no base 64!"}, "logo"),
        ({"logo": in_base_64(b"GIF89a")}, "logo"),
        ({"signatories": [{"name": "x"}] * 3}, "signatories"),
        ({"signatories": [{"name": "Chen", "image": in_base_64(SVG)}]}, "signatories"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_programs_send_is_checked_the_same(site, cast, dana, change, field):
    refused = dana.api().post(f"/organizations/{cast.union}/brandings", {**FORM, **change})

    assert refused.status_code == 422
    assert field in refused.json["errors"]
    assert site.scalar("SELECT count(*) FROM branding") == 0
