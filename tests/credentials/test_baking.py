"""A badge carries its credential, and whatever a stranger sends is read or refused, never trusted."""

import io
import json
import re
import struct
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from courseapp.credentials.baking import (
    MOST_BYTES,
    MOST_CHUNKS,
    MOST_CREDENTIAL_BYTES,
    ImageUnreadable,
    NothingBaked,
    bake_png,
    bake_svg,
    unbake,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
OPEN_BADGES = "https://purl.imsglobal.org/ob/v3p0"
CREDENTIAL = '{"type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "Ἀλίκη 🎓"}'


def chunk(type_: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + type_ + data + struct.pack(">I", zlib.crc32(type_ + data))


def text_chunk(text: bytes, head: bytes = b"\0\0\0\0") -> bytes:
    return chunk(b"iTXt", KEYWORD + b"\0" + head + text)


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0\0"))
END = chunk(b"IEND", b"")
PNG = SIGNATURE + HEADER + PIXELS + END
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">\n  <circle r="4"/>\n</svg>'


def png_with(*chunks: bytes) -> bytes:
    return SIGNATURE + HEADER + b"".join(chunks) + PIXELS + END


def svg_with(inside: str, *, before: str = "") -> bytes:
    return (
        f'{before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{OPEN_BADGES}">'
        f"{inside}</svg>"
    ).encode()


def types_in(png: bytes) -> list[bytes]:
    found, at = [], len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append(png[at + 4 : at + 8])
        at += 12 + length
    return found


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
json_texts = st.builds(
    lambda value, indent, newline, is_ascii: json.dumps(
        value, ensure_ascii=is_ascii, indent=indent
    ).replace("\n", newline),
    json_values,
    st.sampled_from([None, 1]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)


# What was baked comes out again


def test_a_png_keeps_its_credential_in_one_plain_text_chunk_right_after_its_header():
    baked = bake_png(PNG, CREDENTIAL)

    assert types_in(baked) == [b"IHDR", b"iTXt", b"IDAT", b"IEND"]
    assert KEYWORD + b"\0\0\0\0\0" + CREDENTIAL.encode() in baked
    assert unbake(baked) == CREDENTIAL


def test_other_readers_find_the_credential_in_a_png_and_its_pixels_untouched():
    with Image.open(io.BytesIO(bake_png(PNG, CREDENTIAL))) as picture:
        assert picture.info["openbadgecredential"] == CREDENTIAL
        assert picture.getpixel((0, 0)) == 0


def test_an_svg_keeps_its_credential_as_text_in_its_first_element():
    baked = bake_svg(SVG, CREDENTIAL)

    first = etree.fromstring(baked.encode())[0]
    assert first.tag == f"{{{OPEN_BADGES}}}credential"
    assert first.prefix == "openbadges"
    assert first.text == CREDENTIAL
    assert f"<![CDATA[{CREDENTIAL}]]></openbadges:credential>" in baked
    assert unbake(baked.encode()) == CREDENTIAL


@given(json_texts)
def test_any_json_in_any_script_comes_out_of_a_png_unchanged(text):
    assert unbake(bake_png(PNG, text)) == text


@given(json_texts)
def test_any_json_in_any_script_comes_out_of_an_svg_unchanged(text):
    unbaked = unbake(bake_svg(SVG, text).encode())

    assert json.loads(unbaked) == json.loads(text)
    if not re.search("[\ufffe\uffff]", text):
        assert unbaked == text


@pytest.mark.parametrize(
    "text",
    [
        '"]]>"',
        '"]]]]>>"',
        '"<![CDATA[ ]]>"',
        '"</openbadges:credential>"',
        '"<!DOCTYPE svg>"',
        '"<!--credential-->"',
        '"&amp;&lt;&#13;&nothing;"',
        '[\r\n"a",\r"b"]\n',
        '"\x7f\x85\u2028\ufeff"',
    ],
)
def test_what_means_something_in_xml_means_nothing_in_a_credential(text):
    assert unbake(bake_svg(SVG, text).encode()) == text


def test_a_character_that_xml_cannot_say_comes_back_as_an_escape():
    assert unbake(bake_svg(SVG, '"a\ufffe\uffff"').encode()) == '"a\\ufffe\\uffff"'


def test_baking_again_replaces_the_credential_in_a_png():
    twice = bake_png(bake_png(PNG, '{"old": 1}'), CREDENTIAL)

    assert twice == bake_png(PNG, CREDENTIAL)


def test_baking_again_replaces_the_credential_in_an_svg():
    twice = bake_svg(bake_svg(SVG, '{"old": 1}'), CREDENTIAL)

    assert twice == bake_svg(SVG, CREDENTIAL)


def test_older_credentials_go_and_the_text_around_them_stays():
    older = (
        "<title>A</title> b <openbadges:credential>1<openbadges:credential>2"
        "</openbadges:credential></openbadges:credential> c "
        "<g><openbadges:credential/> d</g>"
    )
    baked = bake_svg(svg_with(older).decode(), CREDENTIAL)

    assert baked.count("<openbadges:credential") == 1
    assert baked.endswith("<title>A</title> b  c <g> d</g></svg>")
    assert unbake(baked.encode()) == CREDENTIAL


def test_baking_changes_nothing_else_in_a_picture():
    more = chunk(b"tEXt", b"Title\0A badge")
    assert bake_png(png_with(more), CREDENTIAL).endswith(more + PIXELS + END)
    assert bake_svg(SVG, CREDENTIAL).endswith('<circle r="4"/>\n</svg>')


def test_a_picture_that_looks_like_our_own_mark_is_baked_all_the_same():
    svg = svg_with("<!--credential--><desc>&lt;!--credential--&gt;</desc>").decode()

    baked = bake_svg(f"<!--credential-->{svg}", CREDENTIAL)

    assert unbake(baked.encode()) == CREDENTIAL
    assert baked.endswith("<!--credential--><desc>&lt;!--credential--&gt;</desc></svg>")


# What others bake


def test_a_compressed_credential_is_read():
    packed = text_chunk(zlib.compress(CREDENTIAL.encode()), b"\1\0en\0Ausweis\0")
    assert unbake(png_with(packed)) == CREDENTIAL


def test_a_credential_after_the_pixels_is_read():
    assert unbake(SIGNATURE + HEADER + PIXELS + text_chunk(CREDENTIAL.encode()) + END) == CREDENTIAL


def test_a_token_in_an_attribute_is_read():
    assert unbake(svg_with('<openbadges:credential verify="aa.bb.cc"/>')) == "aa.bb.cc"


def test_an_svg_may_begin_with_a_mark_a_declaration_comments_and_instructions():
    before = '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- <!DOCTYPE svg> -->\n<?a b?>\n'
    inside = "<openbadges:credential>{}</openbadges:credential>"
    assert unbake(svg_with(inside, before=before)) == "{}"


@pytest.mark.parametrize(
    "data",
    [
        PNG,
        png_with(text_chunk(b" ")),
        png_with(chunk(b"iTXt", b"openbadges\0\0\0\0\0{}"), chunk(b"tEXt", KEYWORD + b"\0{}")),
        SVG.encode(),
        svg_with("<openbadges:credential/>"),
        svg_with("<credential>{}</credential>"),
    ],
    ids=["PNG", "empty in PNG", "other texts", "SVG", "empty in SVG", "other element"],
)
def test_a_picture_without_a_credential_is_said_to_hold_none(data):
    with pytest.raises(NothingBaked) as refused:
        unbake(data)
    assert refused.value.reason == "The picture holds no credential."


# What is refused


BOMB = zlib.compress(b" " * (MOST_CREDENTIAL_BYTES + 1))
ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "neither a PNG"),
        (b"GIF89a", "neither a PNG"),
        (b"\xff\xd8\xff\xe0", "neither a PNG"),
        (b'{"type": "OpenBadgeCredential"}', "neither a PNG"),
        (SIGNATURE, "cut off"),
        (PNG[:-1], "cut off"),
        (PNG[: -len(END)], "cut off"),
        (SIGNATURE + b"\xff\xff\xff\xffIHDR" + HEADER[8:], "cut off"),
        (SIGNATURE + PIXELS + END, "begin with its header"),
        (SIGNATURE + chunk(b"IHDR", b"\0" * 12) + PIXELS + END, "begin with its header"),
        (png_with(HEADER), "begin with its header"),
        (SIGNATURE + HEADER + END, "no pixels"),
        (PNG + b"<svg/>", "follows the end"),
        (png_with(chunk(b"a1b2", b"")), "no known form"),
        (PNG.replace(b"IDAT", b"IDOT"), "checksum"),
        (bake_png(PNG, CREDENTIAL).replace(b"name", b"Name"), "checksum"),
        (png_with(text_chunk(b"{}"), text_chunk(b"{}")), "more than one"),
        (png_with(*[chunk(b"teXt", b"")] * MOST_CHUNKS), "too many parts"),
        (png_with(text_chunk(b"", b"")), "cut off"),
        (png_with(text_chunk(b"", b"\0\0en\0")), "cut off"),
        (png_with(text_chunk(b"{}", b"\2\0\0\0")), "unknown way"),
        (png_with(text_chunk(b"{}", b"\0\1\0\0")), "unknown way"),
        (png_with(text_chunk(b"{}", b"\1\0\0\0")), "cannot be inflated"),
        (png_with(text_chunk(zlib.compress(b"{}")[:-1], b"\1\0\0\0")), "cut off"),
        (png_with(text_chunk(zlib.compress(b"{}") + b"x", b"\1\0\0\0")), "cut off"),
        (png_with(text_chunk(BOMB, b"\1\0\0\0")), "too large"),
        (png_with(text_chunk(b" " * (MOST_CREDENTIAL_BYTES + 1))), "too large"),
        (png_with(text_chunk(b"\xff")), "UTF-8"),
        (PNG + b" " * MOST_BYTES, "too large"),
        (SVG.encode() + b" " * MOST_BYTES, "too large"),
        (SVG.encode("utf-16"), "UTF-8"),
        (b"<svg", "not well-formed"),
        (b"<!-- " + SVG.encode(), "not well-formed"),
        (SVG.encode() + b"<a/>", "not well-formed"),
        (svg_with("&nothing;"), "not well-formed"),
        (b"<svg/>", "no SVG picture"),
        (b"<html/>", "no SVG picture"),
        (svg_with("", before="<!DOCTYPE svg>"), "document type"),
        (svg_with("&b;", before=ENTITIES), "document type"),
        (svg_with("", before=f'<?xml version="1.0"?><!-- -->\n{ENTITIES}'), "document type"),
        (svg_with("<openbadges:credential>{}</openbadges:credential>" * 2), "more than one"),
        (svg_with('<openbadges:credential verify="a">{}</openbadges:credential>'), "mixed"),
        (svg_with("<openbadges:credential>{<g/>}</openbadges:credential>"), "mixed"),
        (svg_with("<openbadges:credential>{<!-- -->}</openbadges:credential>"), "mixed"),
    ],
)
def test_what_is_no_sound_picture_is_refused_with_the_reason(data, reason):
    with pytest.raises(ImageUnreadable, match=reason) as refused:
        unbake(data)
    assert refused.value.reason == str(refused.value)


def test_credentials_that_inflate_are_counted_before_they_are_inflated():
    bombs = png_with(*[text_chunk(zlib.compress(b" " * 1_000_000), b"\1\0\0\0")] * 100)
    tracemalloc.start()
    try:
        with pytest.raises(ImageUnreadable, match="more than one"):
            unbake(bombs)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_000_000


def test_a_picture_of_as_many_parts_as_are_allowed_is_read():
    # The header, the pixels and the end are parts, too.
    fillers = [chunk(b"teXt", b"")] * (MOST_CHUNKS - 4)
    assert unbake(png_with(*fillers, text_chunk(b"{}"))) == "{}"


def test_no_encoding_hides_a_document_type():
    hidden = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE svg+AD4-' + SVG.encode()
    with pytest.raises(ImageUnreadable):
        unbake(hidden)


def test_a_text_that_is_no_json_is_not_baked():
    for text in ("", " \n", '"\x00"', '"\x1f"', '"\ud800"'):
        with pytest.raises(ValueError, match=r"JSON text|surrogates"):
            bake_png(PNG, text)
        with pytest.raises(ValueError, match=r"JSON text|surrogates"):
            bake_svg(SVG, text)


def test_what_could_not_be_taken_out_again_is_not_baked():
    with pytest.raises(ValueError, match="too large"):
        bake_png(PNG, f'"{"a" * MOST_CREDENTIAL_BYTES}"')
    with pytest.raises(ValueError, match="too large"):
        bake_svg(SVG, "\r" * (MOST_BYTES // 10) + "{}")
    padded = png_with(chunk(b"tEXt", b"a\0" + b"a" * (MOST_BYTES - 200)))
    with pytest.raises(ImageUnreadable, match="too large"):
        bake_png(padded, CREDENTIAL)


def test_only_pictures_are_baked():
    for png in (b"", SVG.encode(), PNG[:-3]):
        with pytest.raises(ImageUnreadable):
            bake_png(png, CREDENTIAL)
    for svg in ("", "plain", "<html/>", f"{ENTITIES}{SVG}"):
        with pytest.raises(ImageUnreadable):
            bake_svg(svg, CREDENTIAL)


# Whatever is sent

pieces = st.sampled_from(
    [
        SIGNATURE,
        HEADER,
        PIXELS,
        END,
        text_chunk(b"{}"),
        text_chunk(BOMB, b"\1\0\0\0"),
        SVG.encode(),
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"<!DOCTYPE svg>",
        b"<!--",
        b"-->",
        b"<?",
        b"\xef\xbb\xbf",
        ENTITIES.encode(),
        b"</svg>",
    ]
)


def read_or_refused(data: bytes) -> None:
    try:
        assert unbake(data).strip()
    except (NothingBaked, ImageUnreadable) as problem:
        assert problem.reason  # noqa: PT017 - either of the two, or a result


@given(st.binary() | st.lists(pieces | st.binary(max_size=6), max_size=8).map(b"".join))
def test_any_bytes_are_read_or_refused(data):
    read_or_refused(data)


@given(st.data())
def test_a_baked_picture_with_changed_bytes_is_read_or_refused(data):
    sound = data.draw(
        st.sampled_from([bake_png(PNG, CREDENTIAL), bake_svg(SVG, CREDENTIAL).encode()])
    )
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(damaged))


@given(st.lists(st.tuples(st.sampled_from([b"iTXt", b"tEXt", b"IHDR"]), st.binary(max_size=30))))
def test_any_chunks_with_right_checksums_are_read_or_refused(chunks):
    read_or_refused(png_with(*(chunk(type_, KEYWORD + b"\0" + data) for type_, data in chunks)))
