from tests.cast import THEN
from tests.queries import QueryRecorder
from tests.studying import SMALL_COURSE


def test_a(site, alice):
    with QueryRecorder() as q:
        r = alice.api().get("/courses")
    assert r.status_code == 200, r.text
    print(q)


def test_small_is_valid(authored):
    assert authored.problems() == []


def test_finish(site, alice, study, authored):
    print(study.publish(authored))
    e = study.finish(alice, SMALL_COURSE)
    assert e.percent == 100
    print(alice.api().get(f"/enrollments/{e.id}/certificate").json)


def test_finish_real(site, alice, study, authored):
    assert study.finish(alice).percent == 100


def test_browser(site, alice):
    alice.browser()


def test_fresh(fresh_site):
    assert fresh_site.scalar("select count(*) from course") == 1


def test_empty(site):
    assert site.scalar("select count(*) from person") == 0
