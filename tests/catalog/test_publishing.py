"""Publishing stores immutable versions: what changed gets a new one, what did not is left alone."""

from collections import Counter

import pytest

from courseapp.catalog.errors import CourseNotFound
from courseapp.catalog.queries import (
    find_picture,
    get_current_course,
    get_lesson,
    get_quiz,
    list_courses,
    list_terms,
)
from courseapp.learning.queries import get_learner_course
from courseapp.ops.setup import ContentHasProblems
from tests.authoring import (
    COURSE,
    COURSE_FR,
    GLOSSARY,
    GLOSSARY_FR,
    LESSON_2,
    LESSON_FR,
    MODULE,
    PICTURE,
    PIXEL,
    PRACTICE,
    QUIZ,
    QUIZ_FR,
    AuthoredContent,
)
from tests.queries import QueryRecorder

# What a new version of the small course brings with it: its contents listed, and its own two texts.
NEW_COURSE_VERSION = Counter(
    course_version=1,
    course_version_module=1,
    course_version_activity=3,
    course_text=2,
    audit_event=1,
)

NEW_QUIZ_VERSION = {"quiz_version": 1, "quiz_text": 2}


def written(site, study, content) -> Counter[str]:
    """Publish again, and return how many rows each table has got."""
    before = site.count_rows()
    study.publish(content)
    return site.count_rows() - before


def read_lesson(site, study, key: str, language: str = "en"):
    with site.snapshot() as session:
        course = get_current_course(session, "small", language)
        lesson = next(m for module in course.modules for m in module.lessons if m.key == key)
        return get_lesson(session, lesson.version_id, language)


def read_quiz(site, language: str = "en"):
    with site.snapshot() as session:
        course = get_current_course(session, "small", language)
        return get_quiz(session, course.modules[0].quiz.version_id, language)


def test_a_first_publication_stores_everything_as_version_one(site, study, authored):
    changes = study.publish(authored)

    assert [change for change in changes if ": version" in change] == [
        "module first: version 1",
        "lesson start: version 1",
        "lesson go-on: version 1",
        "question first/floor-is: version 1",
        "question first/numbers: version 1",
        "question first/three-is-more: version 1",
        *(f"question first/{key}: version 1" for key in PRACTICE),
        "quiz first: version 1",
        "course small: version 1",
    ]


def test_publishing_unchanged_files_writes_nothing(site, study, published):
    before = site.count_rows()

    assert study.publish(published) == []
    assert site.count_rows() == before


def test_publishing_the_real_course_again_writes_nothing(site, study):
    before = site.count_rows()

    assert study.publish(AuthoredContent(site.settings.content_dir)) == []
    assert site.count_rows() == before


def test_files_that_only_look_different_write_nothing(site, study, published):
    """YAML has many ways to write the same; another order of fields is no other course."""
    published.change(COURSE, "title: A small course\n", "")
    published.add(COURSE, 'title: "A small course"  # the same\n')
    published.change(QUIZ, "attempts: unlimited\n", "pause_minutes: 0\ndraw: all\ncounts: best\n")
    published.change(MODULE, "pictogram: balance\naccent: plum", "accent: plum\npictogram: balance")

    assert written(site, study, published) == Counter()


def test_a_changed_lesson_is_one_new_lesson_version_and_one_new_course_version(
    site, study, published
):
    published.change(LESSON_2, "One, two, three,", "One, two, three, four,")

    rows = written(site, study, published)

    assert rows == NEW_COURSE_VERSION + Counter(lesson_version=1, lesson_text=1)
    assert "four" in read_lesson(site, study, "go-on").html


@pytest.mark.parametrize(
    ("name", "old", "new", "rows"),
    [
        (LESSON_2, "minutes: 7", "minutes: 8", {"lesson_version": 1, "lesson_text": 1}),
        (LESSON_2, "title: Going on", "title: Go on", {"lesson_version": 1, "lesson_text": 1}),
        (LESSON_2, "year: 2020", "year: 2021", {"lesson_version": 1, "lesson_text": 1}),
        (MODULE, "accent: plum", "accent: clay", {"module_version": 1, "module_text": 2}),
        (QUIZ, "pass_mark: 70", "pass_mark: 80", NEW_QUIZ_VERSION),
        (QUIZ, "attempts: unlimited", "attempts: 3", NEW_QUIZ_VERSION),
        (QUIZ, "intro: Three", "intro: Only three", NEW_QUIZ_VERSION),
        (
            QUIZ,
            "text: green",
            "text: red",
            NEW_QUIZ_VERSION | {"question_version": 1, "question_text": 1},
        ),
        (
            QUIZ,
            "answer: true",
            "answer: false",
            NEW_QUIZ_VERSION | {"question_version": 1, "question_text": 2},
        ),
        # Every rule of a quiz is a part of it.
        *(
            (QUIZ, "attempts: unlimited", f"attempts: unlimited\n{rule}", NEW_QUIZ_VERSION)
            for rule in (
                "pause_minutes: 5",
                "counts: last",
                "time_limit_minutes: 20",
                "grace_seconds: 5",
                "draw: 2",
                "draw: {tell: 1, count: 2}",
                "shuffle_questions: true",
                "shuffle_options: false",
                "feedback: at_once",
                "layout: all_on_a_page",
            )
        ),
        # And so are the questions that it has for lessons to show.
        (
            QUIZ,
            "value: 271828",
            "value: 271829",
            NEW_QUIZ_VERSION | {"question_version": 1, "question_text": 2},
        ),
        (
            QUIZ,
            "text: quindecim",
            "text: quinze",
            NEW_QUIZ_VERSION | {"question_version": 1, "question_text": 1},
        ),
        (COURSE, "title: A small course", "title: A little course", {}),
        (COURSE, "quizzes: all", "quizzes: none", {}),
    ],
)
def test_whatever_a_version_consists_of_makes_a_new_one_and_one_of_what_contains_it(
    site, study, published, name, old, new, rows
):
    published.change(name, old, new)
    expected = NEW_COURSE_VERSION + Counter(rows)
    if rows.get("quiz_version"):
        expected += Counter(quiz_version_question=3 + len(PRACTICE))

    assert written(site, study, published) == expected


@pytest.mark.parametrize(
    ("name", "old", "new", "table"),
    [
        (LESSON_FR, "n'est pas un plafond", "n’est jamais un plafond", "lesson_text"),
        (QUIZ_FR, "intro: Trois questions.", "intro: Trois petites questions.", "quiz_text"),
        (QUIZ_FR, "C'est deux et un.", "C'est un de plus.", "question_text"),
        (QUIZ_FR, "C'est l'autre bocal.", "C'est un autre bocal.", "question_text"),
        (COURSE_FR, "title: Un petit cours", "title: Un tout petit cours", "course_text"),
        (GLOSSARY_FR, "Ce qui est dû", "Tout ce qui est dû", "glossary_text"),
    ],
)
def test_a_changed_translation_is_a_new_text_of_the_same_version(
    site, study, published, name, old, new, table
):
    published.change(name, old, new)

    assert written(site, study, published) == Counter({table: 1, "audit_event": 1})


def test_a_changed_glossary_is_read_by_everybody_without_a_new_course_version(
    site, study, published
):
    published.change(GLOSSARY, "A set of rules", "Rules")

    assert written(site, study, published) == Counter(glossary_text=2, audit_event=1)


def test_the_newest_text_of_a_language_is_the_one_that_is_read(site, study, published):
    assert "jamais" not in read_lesson(site, study, "start", "fr").html
    published.change(LESSON_FR, "n'est pas", "n’est jamais")
    study.publish(published)

    assert "jamais" in read_lesson(site, study, "start", "fr").html


def test_a_minor_change_keeps_what_was_read_and_a_major_one_does_not(site, study, published):
    def compatible_since() -> list[tuple[int, int]]:
        return [
            tuple(row)
            for row in site.execute(
                "SELECT v.number, v.compatible_since FROM lesson_version v"
                " JOIN lesson l ON l.id = v.lesson_id WHERE l.key = 'go-on' ORDER BY v.number"
            )
        ]

    published.change(LESSON_2, "minutes: 7", "minutes: 7\nchange: minor")
    published.change(LESSON_2, "One, two, three,", "One, two, and three,")
    study.publish(published)
    published.change(LESSON_2, "and three,", "and at last three,")
    study.publish(published)
    assert compatible_since() == [(1, 1), (2, 1), (3, 1)]

    published.change(LESSON_2, "change: minor", "change: major")
    published.change(LESSON_2, "at last three,", "four,")
    study.publish(published)
    assert compatible_since() == [(1, 1), (2, 1), (3, 1), (4, 4)]


def test_what_returns_to_an_earlier_wording_is_the_earlier_version_again(
    site, study, published, alice
):
    enrollment = study.enroll(alice, "small")
    study.read(alice, enrollment, "go-on")
    published.change(LESSON_2, "One, two, three,", "One, two, four,")
    study.publish(published)
    published.change(LESSON_2, "One, two, four,", "One, two, three,")

    assert study.publish(published) == ["course small: version 1 again"]
    assert study.course("small").version_id == enrollment.course_version_id
    assert study.publish(published) == []


def test_calling_a_change_minor_is_no_change(site, study, published):
    published.change(LESSON_2, "minutes: 7", "minutes: 7\nchange: minor")

    assert written(site, study, published) == Counter()


def test_a_new_picture_under_the_same_name_is_a_new_lesson_version(site, study, published):
    published.put(PICTURE, PIXEL + b"\0")

    rows = written(site, study, published)

    assert rows == NEW_COURSE_VERSION + Counter(picture=1, lesson_version=1, lesson_text=2)


def test_content_with_a_problem_publishes_nothing_at_all(site, study, published):
    published.change(LESSON_2, "One, two, three,", "One, two, three, four,")
    published.change(QUIZ, "pass_mark: 70", "pass_mark: 700")
    before = site.count_rows()

    with pytest.raises(ContentHasProblems) as refusal:
        study.publish(published)

    assert [(p.path, p.line) for p in refusal.value.problems] == [(QUIZ, 4)]
    assert site.count_rows() == before


def test_whoever_is_enrolled_keeps_her_version_and_the_next_one_gets_the_new_one(
    site, study, published, alice, bola
):
    hers = study.enroll(alice, "small")
    published.change(LESSON_2, "title: Going on", "title: Going further")
    study.publish(published)
    his = study.enroll(bola, "small")

    with site.snapshot() as session:
        alices = get_learner_course(session, alice.actor_in(session), hers.id, "en").course
        bolas = get_learner_course(session, bola.actor_in(session), his.id, "en").course
    assert [c.number for c in (alices, bolas)] == [1, 2]
    assert [c.modules[0].lessons[1].title for c in (alices, bolas)] == [
        "Going on",
        "Going further",
    ]


def test_a_lesson_is_stored_rendered_with_the_addresses_of_this_site(site, study, published):
    html = read_lesson(site, study, "start").html

    assert 'href="/courses/small/glossary#floor"' in html
    assert 'href="https://www.ilo.org/"' in html
    digest = site.scalar("SELECT digest FROM picture")
    assert f'src="/pictures/{digest}"' in html
    with site.snapshot() as session:
        assert find_picture(session, digest) == ("image/png", PIXEL)
    assert 'href="/courses/small/lessons/start"' in read_lesson(site, study, "go-on").html


def test_what_is_not_translated_is_read_in_the_source_language(site, study, published):
    translated, original = (read_lesson(site, study, key, "fr") for key in ("start", "go-on"))
    assert (translated.language, translated.title) == ("fr", "Le début")
    assert (original.language, original.title) == ("en", "Going on")

    quiz = read_quiz(site, "fr")
    assert quiz.title == "Quiz : le premier module"
    assert [question.language for question in quiz.questions] == ["fr", "en", "fr"]
    assert [q.key for q in quiz.practice if q.language == "en"] == ["the-word"]
    with site.snapshot() as session:
        course = get_current_course(session, "small", "fr")
        terms = list_terms(session, course.id, "fr")
    assert course.title == "Un petit cours"
    assert {term.key: term.term for term in terms} == {
        "floor": "socle de protection sociale",
        "scheme": "scheme",
    }


def test_modules_lessons_questions_and_objectives_keep_their_authors_order(site, study, published):
    with site.snapshot() as session:
        course = get_current_course(session, "small", "en")
    assert [activity.key for activity in course.activities] == ["start", "go-on", "first"]
    assert list(course.modules[0].objectives) == ["tell", "count"]
    assert [question.key for question in read_quiz(site).questions] == [
        "floor-is",
        "numbers",
        "three-is-more",
    ]
    assert tuple(question.key for question in read_quiz(site).practice) == PRACTICE


def test_a_quiz_over_the_whole_course_comes_last_and_belongs_to_no_module(site, study, published):
    published.add_final_quiz()

    rows = written(site, study, published)

    assert rows == Counter(NEW_COURSE_VERSION) + Counter(
        # One more is listed.
        course_version_activity=1,
        quiz=1,
        quiz_version=1,
        quiz_text=1,
        quiz_version_question=1,
        question=1,
        question_version=1,
        question_text=1,
    )
    course = study.course("small")
    assert [activity.key for activity in course.activities][-1] == "final"
    assert course.final_quiz is not None
    assert course.find_module_of("final") is None
    assert course.neighbours("final") == (course.modules[0].quiz, None)
    assert study.publish(published) == []


def test_a_course_that_was_read_once_is_read_without_a_query(site, study, published):
    with site.snapshot() as session:
        get_current_course(session, "small", "en")
        with QueryRecorder() as queries:
            get_current_course(session, "small", "en")

    assert len(queries) == 0, queries


def test_only_published_courses_are_listed_and_others_do_not_exist(site, study, authored):
    with site.snapshot() as session:
        assert [course.key for course in list_courses(session, "en")] == ["social-protection"]
        with pytest.raises(CourseNotFound):
            get_current_course(session, "small", "en")
    study.publish(authored)
    with site.snapshot() as session:
        listed = list_courses(session, "fr")

    assert [course.key for course in listed] == ["small", "social-protection"]
    assert listed[0].title == "Un petit cours"


def test_who_published_what_and_when_is_on_record(site, study, published):
    actions = site.execute("SELECT action FROM audit_event WHERE subject_kind = 'course'")

    assert [action for (action,) in actions] == ["course.published", "course.published"]
