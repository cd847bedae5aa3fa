"""Content packages of QTI: their items, images and other files, and what is no QTI at all."""

from __future__ import annotations

import base64
from urllib.parse import unquote

import pytest

from courseapp.interop.questions.packages import read_package, write_package
from courseapp.interop.questions.qti import read
from courseapp.interop.questions.types import (
    Picture,
    Severity,
)
from tests.interop.qti_items import (
    changed,
    choices,
    every_version,
    in_version,
    item,
    one,
    response,
    unreadable,
)
from tests.interop.qti_questions import JPEG, PNG, WEBP


def manifest(*resources: str, said: str = "") -> bytes:
    inner = "".join(resources)
    return f'<manifest xmlns="urn:any" {said}><resources>{inner}</resources></manifest>'.encode()


def resource(href: str, *inner: str, name: str = "r1", kind: str = "imsqti_item_xmlv2p1") -> str:
    return f'<resource identifier="{name}" type="{kind}" href="{href}">{"".join(inner)}</resource>'


def package(
    version: str = "2.1", body: str = "<p>P</p>", inside: str = "", **files: bytes
) -> bytes:
    content = item(version, body + choices("a", "b"), response("identifier", "a"))
    held = {name.replace("__", "/").replace("_", "."): held for name, held in files.items()}
    return write_package(
        {
            "imsmanifest.xml": manifest(resource("items/q.xml", inside)),
            "items/q.xml": content,
            **held,
        }
    )


@every_version
def test_an_item_of_a_package(version):
    question = one(package(version))
    assert (question.key, question.prompt) == ("q1", "P")


@every_version
@pytest.mark.parametrize(("name", "picture"), [("a.png", PNG), ("a.jpg", JPEG), ("a.webp", WEBP)])
def test_images_are_read_from_the_package(version, name, picture):
    body = f'<p>See <img src="../pictures/{name}" alt="a chart"/></p>'
    question = one(package(version, body, **{f"pictures__{name.replace('.', '_')}": picture}))
    assert question.prompt == f"See ![a chart]({name})"
    assert question.pictures == (Picture(name, picture),)


def test_an_object_that_is_an_image_is_one():
    body = '<p><object type="image/png" data="a.png">a chart</object></p>'
    question = one(package(body=body, items__a_png=PNG))
    assert question.prompt == "![a chart](a.png)"


def test_an_object_in_an_object_is_for_those_who_cannot_show_the_outer_one():
    inner = '<object type="image/png" data="a.png"><p>a chart</p></object>'
    body = f'<div><object type="image/eps" data="a.eps">{inner}</object></div>'
    assert one(package(body=body, items__a_png=PNG)).prompt == "![a chart](a.png)"


def test_an_image_within_the_text_itself_is_taken():
    data = base64.b64encode(PNG).decode()
    question = one(package(body=f'<p><img src="data:image/png;base64,{data}" alt="x"/></p>'))
    assert question.pictures == (Picture("picture.png", PNG),)


def test_images_of_the_same_name_get_two_names():
    body = '<p><img src="x/a.png" alt="1"/> <img src="y/A.png" alt="2"/> <img src="x/a.png" alt="3"/></p>'
    files = {"items/x/a.png": PNG, "items/y/A.png": PNG + b"2"}
    content = write_package(
        {**read_package(package(body=body)), **files},
    )
    question = one(content)
    assert question.prompt == "![1](a.png) ![2](A-2.png) ![3](a.png)"
    assert [p.content for p in question.pictures] == [PNG, PNG + b"2"]


@pytest.mark.parametrize(
    ("address", "name"),
    [("my%20chart(1).png", "my-chart-1.png"), ("Chart.PNG", "Chart.PNG"), ("ä.png", "picture.png")],
)
def test_names_of_images_become_plain(address, name):
    held = read_package(package(body=f'<p><img src="{address}" alt="x"/></p>'))
    question = one(write_package({**held, f"items/{unquote(address)}": PNG}))
    assert question.pictures == (Picture(name, PNG),)


def test_a_picture_s_kind_is_what_it_is_not_what_it_is_called():
    question = one(package(body='<p><img src="a.gif" alt="x"/></p>', items__a_gif=JPEG))
    assert question.pictures == (Picture("a.jpg", JPEG),)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("gone.png", "is not in the package, and was left out."),
        ("../../gone.png", "is not in the package, and was left out."),
        ("https://example.org/a.png", "is not in the package, and was left out."),
        ("a.svg", "is no PNG, JPEG or WebP of at most five megabytes, and was left out."),
        ("data:image/png;base64,QQ", "is not in the package, and was left out."),
    ],
)
def test_images_that_cannot_be_taken_are_told_and_their_words_stay(address, reason):
    body = f'<p>See <img src="{address}" alt="a chart"/></p>'
    question, remarks = changed(package(body=body, items__a_svg=b"<svg/>"))
    assert question.prompt == "See a chart"
    assert remarks == [f"The image {address} {reason}"]


def test_a_folder_around_the_package_does_no_harm():
    held = read_package(package())
    assert (
        one(write_package({f"export/{name}": content for name, content in held.items()})).key
        == "q1"
    )


def test_addresses_may_have_a_base():
    content = item("2.1", "<p>P</p>" + choices("a", "b"), response("identifier", "a"))
    base = resource("my%20q.xml").replace("<resource", '<resource xml:base="items/"', 1)
    files = {"imsmanifest.xml": manifest(base, said='xml:base="x/"'), "x/items/my q.xml": content}
    assert one(write_package(files)).key == "q1"


def test_a_resource_may_name_its_item_only_as_a_file():
    held = read_package(package())
    listed = manifest(resource("", '<file href="items/q.xml"/>'))
    assert one(write_package({**held, "imsmanifest.xml": listed})).key == "q1"


def test_files_that_an_item_depends_on_and_that_are_ignored_are_noted():
    inside = '<file href="items/q.xml"/><file href="a.css"/><file href="a.png"/><dependency identifierref="r2"/>'
    files = read_package(package(inside=inside, a_css=b"p{}", a_png=PNG, b_mp3=b"ID3"))
    first = resource("items/q.xml", inside)
    second = resource("b.mp3", '<dependency identifierref="r1"/>', name="r2", kind="webcontent")
    reading = read(write_package({**files, "imsmanifest.xml": manifest(first, second)}))
    assert len(reading.questions) == 1
    assert [(r.severity, r.message) for r in reading.remarks] == [
        (Severity.NOTED, "Its file a.css was not taken over."),
        (Severity.NOTED, "Its file b.mp3 was not taken over."),
    ]


def test_a_test_is_noted_and_its_questions_are_read():
    held = dict(read_package(package()))
    held["test.xml"] = b'<assessmentTest xmlns="urn:x" identifier="t" title="The test"/>'
    test = resource("test.xml", name="t", kind="imsqti_test_xmlv2p1")
    held["imsmanifest.xml"] = manifest(test, resource("items/q.xml"))
    reading = read(write_package(held))
    assert len(reading.questions) == 1
    [remark] = reading.remarks
    assert (remark.severity, remark.message) == (
        Severity.NOTED,
        "The test “The test” was not taken over, only its questions.",
    )


def test_one_item_that_cannot_be_read_does_not_hold_up_the_others():
    held = dict(read_package(package()))
    held["broken.xml"] = b"<assessmentItem><itemBody></assessmentItem>"
    listed = [
        resource(h, name=f"r{n}") for n, h in enumerate(["broken.xml", "gone.xml", "items/q.xml"])
    ]
    held["imsmanifest.xml"] = manifest(*listed)
    reading = read(write_package(held))
    assert [q.key for q in reading.questions] == ["q1"]
    assert [(r.severity, r.about) for r in reading.remarks] == [
        (Severity.REFUSED, "broken.xml"),
        (Severity.REFUSED, "gone.xml"),
    ]


def test_a_refused_item_is_named_with_its_file():
    held = dict(read_package(package()))
    held["items/q.xml"] = item("2.1", "<p>P</p>\n<sliderInteraction responseIdentifier='X'/>")
    [remark] = read(write_package(held)).remarks
    assert (remark.about, remark.line) == ("A question (items/q.xml)", 2)


@every_version
def test_the_text_that_items_are_about_stands_before_theirs(version):
    stimulus = in_version(
        "<assessmentStimulus identifier='s' title='S'><stimulusBody><p>Read "
        "<img src='../img/a%20b.png' alt='this'/>.</p></stimulusBody>"
        "</assessmentStimulus>",
        version,
    )
    held = dict(read_package(package(version)))
    held |= {"texts/s.xml": stimulus.encode(), "img/a b.png": PNG}
    reference = in_version(
        '<assessmentStimulusRef identifier="s" href="../texts/s.xml"/>', version
    ).encode()
    body = b"<qti-item-body" if version == "3.0" else b"<itemBody"
    held["items/q.xml"] = held["items/q.xml"].replace(body, reference + body)
    assert one(write_package(held)).prompt == "Read ![this](a-b.png).\n\nP"
    del held["texts/s.xml"]
    _, remarks = changed(write_package(held))
    assert remarks == ["The text that it is about is not in the package."]


def test_qti_1_is_refused_by_its_version():
    old = b"<questestinterop><assessment/></questestinterop>"
    assert "It is QTI 1.2" in unreadable(old)
    listed = manifest(resource("old.xml", kind="imsqti_xmlv1p2"))
    assert "It is QTI 1.2" in unreadable(write_package({"imsmanifest.xml": listed, "old.xml": old}))


def test_a_cartridge_of_qti_1_is_refused_by_its_version():
    kind = "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
    listed = manifest(resource("", '<file href="old.xml"/>', kind=kind))
    assert "It is QTI 1.2" in unreadable(
        write_package({"imsmanifest.xml": listed, "old.xml": b"<a/>"})
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<assessmentTest/>", "its whole package (a zip file) is needed"),
        (b"<quiz/>", "It holds no questions of QTI 2.1, 2.2 or 3.0."),
        (b"not xml", "It is not"),
        (b"", "It is not"),
        (write_package({"a.xml": b"<a/>"}), "it holds no imsmanifest.xml"),
        (write_package({"imsmanifest.xml": b"<other/>"}), "is no manifest of a content package"),
        (write_package({"imsmanifest.xml": manifest()}), "It holds no questions"),
        (write_package({"imsmanifest.xml": b"<broken"}), "not well-formed XML"),
    ],
)
def test_what_is_no_qti_is_refused_as_a_whole(content, sentence):
    assert sentence in unreadable(content)


def test_entities_are_refused():
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><assessmentItem>&b;</assessmentItem>'
    assert "entities" in unreadable(bomb)
