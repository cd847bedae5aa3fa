"""What organizations upload is written anew, or refused with a sentence that says what to do."""

from __future__ import annotations

import gzip
import io
import random
import struct
import time
import zipfile
import zlib

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image, PngImagePlugin

from courseapp.core.errors import InvalidInput
from courseapp.credentials.artwork import Artwork, check_logo, check_signature_image
from courseapp.credentials.artwork.common import Unusable
from courseapp.credentials.artwork.trial import check_that_it_can_be_drawn

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RECT = '<rect width="4" height="4"/>'


def png(image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or Image.new("RGB", (40, 20), "#8a2846")).save(out, "PNG", **options)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return chunk(b"IHDR", struct.pack(">II5B", width, height, depth, colour, 0, 0, 0))


def kinds(data: bytes) -> list[bytes]:
    """Return the kinds of the chunks of a PNG, and what stands after them."""
    found, at = [], 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append(data[at + 4 : at + 8])
        at += 12 + length
    return found


def opened(artwork: Artwork) -> Image.Image:
    return Image.open(io.BytesIO(artwork.content))


def svg(body: str = RECT, attributes: str = 'viewBox="0 0 100 50"') -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f"{attributes}>{body}</svg>"
    ).encode()


def drawn(body: str, attributes: str = 'viewBox="0 0 100 50"') -> str:
    return check_logo(svg(body, attributes)).content.decode()


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        check_logo(data)
    [sentence] = refused.value.details["errors"]["logo"]
    return sentence


def harmless(data: bytes) -> Artwork | None:
    """Return what becomes of the data; fail for any other exception than a refusal."""
    try:
        artwork = check_logo(data)
    except InvalidInput:
        return None
    assert 16 <= artwork.width <= 2000
    assert 16 <= artwork.height <= 2000
    return artwork


# -- PNG ------------------------------------------------------------------------------------------


def test_a_png_is_a_logo_and_a_signature():
    for check in (check_logo, check_signature_image):
        artwork = check(png())

        assert (artwork.format, artwork.width, artwork.height) == ("png", 40, 20)
        assert opened(artwork).getpixel((5, 5)) == (0x8A, 0x28, 0x46)


def test_pixels_stay_as_they_are():
    image = Image.linear_gradient("L").convert("RGBA").resize((64, 64))
    image.putalpha(Image.radial_gradient("L").resize((64, 64)))

    assert opened(check_logo(png(image))).tobytes() == image.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_rgb_or_rgba(mode):
    image = Image.new(mode, (16, 16), 1 if mode == "1" else None)
    if mode in {"LA", "RGBA"}:
        image.putpixel((3, 3), (255,) * len(mode))
    artwork = check_logo(png(image))

    assert opened(artwork).mode == ("RGBA" if mode in {"LA", "RGBA"} else "RGB")


def test_transparency_that_is_not_used_is_left_out():
    assert opened(check_logo(png(Image.new("RGBA", (16, 16), "#123456ff")))).mode == "RGB"


def test_a_transparent_colour_stays_transparent():
    image = Image.new("P", (16, 16), 0)
    image.putpalette([255, 255, 255, 0, 0, 0])
    image.putpixel((3, 3), 1)
    found = opened(check_logo(png(image, transparency=0)))

    assert found.getpixel((0, 0))[3] == 0
    assert found.getpixel((3, 3)) == (0, 0, 0, 255)


def test_greys_of_16_bits_are_scaled_and_not_cut():
    image = Image.new("I;16", (16, 16), 0x8000)

    assert opened(check_logo(png(image))).getpixel((3, 3)) == (0x80, 0x80, 0x80)


def test_nothing_but_pixels_is_kept():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Alice Mbeki")
    texts.add_itxt("Comment", "secret", zip=True)
    exif = Image.Exif()
    exif[0x010E] = "secret"
    data = png(pnginfo=texts, exif=exif, icc_profile=b"secret" * 40, dpi=(300, 300))
    assert set(kinds(data)) >= {b"tEXt", b"iTXt", b"eXIf", b"iCCP", b"pHYs"}

    content = check_logo(data).content

    assert set(kinds(content)) == {b"IHDR", b"IDAT", b"IEND"}
    assert b"secret" not in content


def test_what_follows_the_end_of_a_png_is_left_out():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("secret.txt", "secret")
    data = png() + archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(data))

    artwork = check_logo(data)

    assert artwork == check_logo(png())
    assert not zipfile.is_zipfile(io.BytesIO(artwork.content))


def test_a_checked_png_is_checked_again_to_the_same_bytes():
    artwork = check_logo(png(Image.radial_gradient("L")))

    assert check_logo(artwork.content) == artwork


@pytest.mark.parametrize("sides", [(16, 16), (2000, 16), (16, 2000)])
def test_a_side_has_16_to_2000_pixels(sides):
    artwork = check_logo(png(Image.new("RGB", sides)))

    assert (artwork.width, artwork.height) == sides


@pytest.mark.parametrize("sides", [(15, 16), (16, 15), (2001, 16), (16, 2001)])
def test_a_side_that_is_too_short_or_too_long_is_refused_with_its_size(sides):
    assert f"has {sides[0]} by {sides[1]} pixels" in refusal(png(Image.new("RGB", sides)))


def test_a_bomb_is_refused_before_it_goes_off():
    rows = zlib.compress(bytes(50_000_000), 9)
    data = SIGNATURE + header(50_000, 50_000) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    begun = time.process_time()

    assert "has 50000 by 50000 pixels" in refusal(data)
    assert time.process_time() - begun < 1


def test_more_rows_than_the_header_says_are_not_unpacked():
    rows = zlib.compress(bytes(50_000_000), 9)
    data = SIGNATURE + header(16, 16) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    begun = time.process_time()

    harmless(data)

    assert time.process_time() - begun < 1


def test_a_text_that_unpacks_to_much_is_not_unpacked():
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9))
    data = png()

    assert check_logo(data[:33] + text + data[33:]) == check_logo(data)


def test_a_png_of_more_than_a_megabyte_is_refused():
    data = png()
    assert "larger than one megabyte" in refusal(data + bytes(1_000_001 - len(data)))


def test_an_animated_png_is_refused():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]

    assert "is animated" in refusal(png(frames[0], save_all=True, append_images=frames[1:]))


def test_a_picture_that_cannot_be_seen_is_refused():
    assert "nothing would be seen" in refusal(png(Image.new("RGBA", (20, 20))))


def test_a_picture_that_would_make_every_pdf_heavy_is_refused():
    # Noise in 256 colours of some transparency: four times as large when it is written out.
    noise = random.Random(7)
    image = Image.frombytes("P", (980, 980), noise.randbytes(980 * 980))
    image.putpalette(noise.randbytes(256 * 3))
    data = png(image, transparency=bytes(range(256)))
    assert len(data) < 1_000_000

    assert "too much detail" in refusal(data)


def test_a_png_that_is_cut_off_anywhere_is_refused():
    data = png()

    for length in range(8, len(data)):
        assert "damaged or cut off" in refusal(data[:length])


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        chunk(b"IEND", b""),
        header(20, 20),
        header(20, 20) + chunk(b"IEND", b""),
        header(20, 20) + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        header(20, 20) + chunk(b"IDAT", b"no zlib") + chunk(b"IEND", b""),
        header(20, 20) + header(20, 20) + chunk(b"IEND", b""),
        header(20, 20, depth=7) + chunk(b"IDAT", zlib.compress(bytes(2000))) + chunk(b"IEND", b""),
        header(20, 20, colour=3) + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        chunk(b"IHDR", b"short") + chunk(b"IEND", b""),
        header(20, 20) + chunk(b"EVIL", b"") + chunk(b"IEND", b""),
        header(20, 20)[:-1] + b"\0",
        b"\xff\xff\xff\xffIHDR",
    ],
)
def test_a_png_that_is_none_inside_is_refused(rest):
    assert "damaged or cut off" in refusal(SIGNATURE + rest)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_png_does_no_harm(data):
    chunks = [
        (b"IHDR", struct.pack(">II5B", 20, 20, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(range(30))),
        (b"tRNS", bytes(range(10))),
        (b"IDAT", zlib.compress(bytes(21 * 20))),
        (b"IEND", b""),
    ]
    damaged = bytearray()
    for kind, content in chunks:
        if data.draw(st.integers(0, 4)) == 0:
            other = data.draw(st.binary(max_size=40) | st.just(content[:-1]))
        else:
            other = content
        damaged += chunk(kind, other) * data.draw(st.sampled_from([0, 1, 1, 1, 1, 2]))

    harmless(SIGNATURE + bytes(damaged))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([0, 2, 3, 4, 6]),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.integers(0, 1),
    st.binary(max_size=4000),
)
def test_any_combination_of_depth_colour_and_interlacing_does_no_harm(colour, depth, twisted, rows):
    start = struct.pack(">II5B", 20, 20, depth, colour, 0, 0, twisted)
    rest = chunk(b"IDAT", zlib.compress(rows.ljust(4000, b"\0"))) + chunk(b"IEND", b"")

    harmless(SIGNATURE + chunk(b"IHDR", start) + chunk(b"PLTE", bytes(60)) + rest)


# -- Neither --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["GIF", "JPEG", "WEBP", "BMP", "TIFF"])
def test_another_picture_is_refused_whatever_it_is_called(kind):
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, kind)

    assert "neither a PNG nor an SVG" in refusal(out.getvalue())


@pytest.mark.parametrize("data", [b"", b"\0", b"%PDF-1.7", b"PK\x03\x04", b"hello", b"\xff\xfe"])
def test_what_is_no_picture_is_refused(data):
    assert "neither a PNG nor an SVG" in refusal(data)


def test_a_signature_is_a_png_only():
    for data in (svg(), b"", b"GIF89a"):
        with pytest.raises(InvalidInput) as refused:
            check_signature_image(data)

        assert refused.value.details["errors"] == {
            "signature": ["This is no PNG picture. Save the signature as PNG, and send that."]
        }


def test_a_refusal_stands_with_the_field_that_the_door_names():
    for check in (check_logo, check_signature_image):
        for data in (b"", SIGNATURE):
            with pytest.raises(InvalidInput) as refused:
                check(data, "second_signature")

            assert list(refused.value.details["errors"]) == ["second_signature"]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_do_no_harm(content):
    harmless(content)
    harmless(SIGNATURE + content)
    harmless(b"<svg>" + content)
    harmless(svg().replace(b"/>", b"/>" + content))


# -- SVG: what is drawn ---------------------------------------------------------------------------


def test_an_svg_is_written_anew_with_its_size():
    artwork = check_logo(svg())

    assert artwork == Artwork(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50">'
        b'<rect height="4" width="4"/></svg>',
        "svg",
        100,
        50,
    )


EVERYTHING = """
  <title>The  harbour</title>
  <desc>Two &lt;waves&gt;</desc>
  <defs>
    <linearGradient id="sea"><stop offset="0" stop-color="#036"/><stop offset="100%"
        style="stop-color:rgb(0,80,160);stop-opacity:.5"/></linearGradient>
    <radialGradient id="sun" xlink:href="#sea" cx="50%" cy="50%" r="4" gradientUnits="userSpaceOnUse"
        gradientTransform="matrix(1 0,0 1 2-3)" spreadMethod="pad"/>
    <clipPath id="port"><circle cx="5" cy="5" r="5"/></clipPath>
    <mask id="fog" maskUnits="userSpaceOnUse" x="0" y="0" width="9" height="9">
      <rect width="9" height="9" fill="white"/></mask>
    <g id="wave"><path d="M0 0c1-1 2-1 3 0S5.5.5 6 0z" fill="url(#sea)" fill-rule="evenodd"/></g>
  </defs>
  <g clip-path="url(#port)" transform="translate(1,2) rotate(30)">
    <use href="#wave"/><use xlink:href="#wave" x="3" y="1mm"/>
    <ellipse cx="5" cy="5" rx="2" ry="1" stroke="url('#sun') none" stroke-dasharray="1,2 3"/>
  </g>
  <g mask="url(#fog)" opacity="50%">
    <line x1="0" x2="9" y1="0" y2="9" stroke="currentColor" stroke-width="1.5px"/>
    <polyline points="0,0 1,1 2,0" fill="none" stroke="#abc"/>
    <polygon points="0 0 1 1 2 0" style="fill: none; stroke: navy; stroke-linejoin: round"/>
  </g>
"""


def test_all_that_a_logo_is_made_of_is_kept():
    kept = etree.fromstring(drawn(EVERYTHING))
    names = [etree.QName(element).localname for element in kept.iter()]
    given_ = etree.fromstring(svg(EVERYTHING))

    assert names == [etree.QName(element).localname for element in given_.iter()]
    assert kept[0].text == "The harbour"
    assert kept[1].text == "Two <waves>"
    assert sorted(kept.xpath("//@id")) == [f"part{number}" for number in range(1, 6)]


def test_links_lead_where_they_led():
    kept = etree.fromstring(drawn(EVERYTHING))
    by_id = {element.get("id"): element for element in kept.iter() if element.get("id")}
    [ellipse] = kept.iter("{*}ellipse")
    sun = by_id[ellipse.get("stroke").removeprefix("url(#").removesuffix(")")]
    [wave] = {
        by_id[use.get("{http://www.w3.org/1999/xlink}href")[1:]] for use in kept.iter("{*}use")
    }

    assert etree.QName(sun).localname == "radialGradient"
    assert by_id[sun.get("{http://www.w3.org/1999/xlink}href")[1:]] is sun.getprevious()
    assert etree.QName(wave[0]).localname == "path"


@pytest.mark.parametrize("body", [RECT, EVERYTHING])
def test_a_checked_svg_is_checked_again_to_the_same_bytes(body):
    artwork = check_logo(svg(body))

    assert check_logo(artwork.content) == artwork


def test_a_style_becomes_attributes_and_counts_more_than_they_do():
    assert '<rect fill="red" height="4" stroke="none" width="4"/>' in drawn(
        '<rect style="fill:red;;stroke : none;" fill="blue" width="4" height="4"/>'
    )


def test_a_name_that_nothing_leads_to_is_left_out():
    assert "id=" not in drawn('<g id="Layer_1"><rect id="\'&quot;)" width="4" height="4"/></g>')


def test_what_editors_leave_behind_is_dropped():
    body = """
      <!-- <script> -->
      <?editor state?>
      <sodipodi:namedview pagecolor="#fff" inkscape:zoom="2"><inkscape:grid/></sodipodi:namedview>
      <metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><x/></rdf:RDF></metadata>
      <g inkscape:label="Layer 1" data-name="x" aria-hidden="true" class="a" xml:space="preserve">
        <rect width="4" height="4" xlink:type="simple" font-family="Arial" filter="none"
          style="fill:#000;-inkscape-font-specification:Arial;mix-blend-mode:normal;line-height:1.25"/>
      </g>
    """
    attributes = (
        'viewBox="0 0 100 50" version="1.1" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" sodipodi:docname="a.svg"'
    )
    doctype = (
        b'<?xml version="1.0"?><?xml-stylesheet href="https://elsewhere.example/a.css"?>'
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://elsewhere.example/svg11.dtd">'
    )

    assert (
        check_logo(doctype + svg(body, attributes))
        .content.decode()
        .endswith('height="50"><g><rect fill="#000" height="4" width="4"/></g></svg>')
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_svg_may_have_any_of_its_encodings_and_is_written_in_utf_8(encoding):
    text = svg("<title>Ü</title>" + RECT).decode()

    assert "<title>Ü</title>" in check_logo(text.encode(encoding)).content.decode("utf-8")


def test_an_encoding_hides_nothing():
    for encoding in ("utf-8-sig", "utf-16"):
        assert "“script”" in refusal(svg("<script/>").decode().encode(encoding))
    seven = b'<?xml version="1.0" encoding="UTF-7"?>' + svg("+ADw-script/+AD4-" + RECT)
    assert b"script" not in getattr(harmless(seven), "content", b"")


# -- SVG: how large it is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "box", "sides"),
    [
        ('viewBox="0 0 100 50"', "0 0 100 50", (100, 50)),
        ('viewBox="-5,-5,100,50" width="100%" height="100%"', "-5 -5 100 50", (100, 50)),
        ('viewBox="0 0 1 1"', "0 0 1 1", (16, 16)),
        ('viewBox="0 0 100000 50000"', "0 0 100000 50000", (2000, 1000)),
        ('width="300" height="200px"', "0 0 300 200", (300, 200)),
        ('width="1in" height="72pt"', "0 0 96 96", (96, 96)),
        ('width="210mm" height="105mm" viewBox="0 0 2 1"', "0 0 2 1", (794, 397)),
        ('width="40" viewBox="0 0 80 160"', "0 0 80 160", (80, 160)),
    ],
)
def test_a_drawing_says_how_large_it_is(attributes, box, sides):
    artwork = check_logo(svg(attributes=attributes))
    root = etree.fromstring(artwork.content)

    assert (artwork.width, artwork.height) == sides
    assert (root.get("width"), root.get("height")) == tuple(map(str, sides))
    assert root.get("viewBox") == box


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ("", "needs a viewBox"),
        ('width="100"', "needs a viewBox"),
        ('width="100%" height="100%"', "needs a viewBox"),
        ('viewBox="0 0 100"', "needs a viewBox"),
        ('viewBox="" width="9" height="9"', "needs a viewBox"),
        ('viewBox="0 0 0 0"', "0 wide and 0 high"),
        ('viewBox="0 0 -5 5"', "-5 wide and 5 high"),
        ('viewBox="0 0 200000 9"', "200000 wide"),
        ('viewBox="0 0 1000 1"', "too narrow"),
        ('viewBox="0 0 9 9" width="0" height="0"', "0 wide"),
        ('viewBox="0 0 1e9 1e9"', "larger than a million"),
        ('viewBox="0 0 1e999 9"', "larger than a million"),
        ('viewBox="0 0 NaN 9"', "value of “viewBox”"),
        ('viewBox="0 0 inf 9"', "value of “viewBox”"),
        ('width="NaN" height="9"', "value of “width”"),
        ('width="١" height="9"', "value of “width”"),
        ('width="9em" height="9"', "value of “width”"),
        ('width="calc(1px)" height="9"', "value of “width”"),
    ],
)
def test_a_drawing_of_no_sensible_size_is_refused(attributes, sentence):
    assert sentence in refusal(svg(attributes=attributes))


# -- SVG: what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "script",
        "foreignObject",
        "image",
        "animate",
        "set",
        "animateTransform",
        "filter",
        "pattern",
        "marker",
        "symbol",
        "switch",
        "a",
        "style",
        "text",
        "svg",
        "view",
        "handler",
        "iframe",
        "SCRIPT",
        "feImage",
    ],
)
def test_another_element_is_refused_by_its_name_and_line(name):
    sentence = refusal(svg(f"\n{RECT}\n<g><{name}/></g>"))

    assert sentence.startswith(f"“{name}” in line 3 cannot be part of a logo.")


def test_the_element_of_another_language_is_refused():
    for namespace in ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2001/xml-events", "x"):
        assert "“x:script” in line 1" in refusal(svg(f'<x:script xmlns:x="{namespace}"/>{RECT}'))


def test_advice_is_given_where_there_is_some():
    assert "Convert text to outlines" in refusal(svg("<text>Union</text>"))
    assert "“presentation attributes”" in refusal(svg("<style>rect{}</style>"))
    assert "sent as PNG" in refusal(svg('<image href="a.png"/>'))


@pytest.mark.parametrize(
    "attribute",
    [
        "onload",
        "onclick",
        "ONLOAD",
        "src",
        "systemLanguage",
        "filter",
        "marker-end",
        "cursor",
        "xml:base",
        "tabindex",
        "attributeName",
        "d",
    ],
)
def test_another_attribute_is_refused_by_its_name_and_line(attribute):
    sentence = refusal(svg(f'\n<rect width="4" height="4" {attribute}="x"/>'))

    assert f"“{attribute.removeprefix('xml:')}” in line 2 cannot be part of a logo" in sentence


@pytest.mark.parametrize(
    "style",
    [
        "background-image:url(https://elsewhere.example)",
        "behavior:x",
        "filter:url(#x)",
        "mix-blend-mode:multiply",
        "width:5",
        "fill",
        "/**/fill:red",
        "@import 'x'",
        "--x:red",
        "FILL:red",
    ],
)
def test_another_property_is_refused(style):
    assert "in line 1 cannot be part of a logo" in refusal(svg(f'<g style="{style}">{RECT}</g>'))


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:image/svg+xml,x",
        "https://elsewhere.example/a.svg#b",
        "//elsewhere.example",
        "a.svg",
        "file:///etc/hostname",
        "",
        " ",
        "#",
        "#a b",
        "\tjava&#10;script:x",
    ],
)
def test_a_link_out_of_the_file_is_refused(link):
    for name in ("href", "xlink:href"):
        assert "“href” in line 1 leads out of the file" in refusal(svg(f'<use {name}="{link}"/>'))


@pytest.mark.parametrize(
    "value",
    [
        "url(https://elsewhere.example/a#b)",
        "url(//elsewhere.example)",
        "url(data:x)",
        "URL(x)",
        "url(a.svg#b)",
        "url(#a) url(x)",
        "url(\\23 a)",
        "url(#a",
    ],
)
def test_a_paint_out_of_the_file_is_refused(value):
    gradient = '<linearGradient id="a"/>'
    for attribute in (f'fill="{value}"', f'style="stroke:{value}"', f'mask="{value}"'):
        assert "leads out of the file" in refusal(svg(f"{gradient}<g {attribute}>{RECT}</g>"))


@pytest.mark.parametrize(
    "attribute",
    [
        'fill="red;x"',
        'fill="expression(1)"',
        'fill="#ff"  stroke="\\72 ed"',
        'fill="var(--x)"',
        'style="fill:red!important"',
        'transform="translate(5px)"',
        'transform="rotate(1"',
        'opacity="x"',
        'stroke-width="Infinity"',
        'stroke-dasharray="a"',
        'display="&lt;"',
    ],
)
def test_a_value_of_another_kind_is_refused(attribute):
    assert "in line 1 cannot be used here" in refusal(svg(f"<g {attribute}>{RECT}</g>"))


@pytest.mark.parametrize("number", ["1e7", "-1000001", "9" * 400, "1e999"])
def test_a_number_that_no_logo_needs_is_refused(number):
    for part in (f'<path d="M0 0L{number} 5"/>', f'<g transform="scale({number})">{RECT}</g>'):
        assert "larger than a million" in refusal(svg(part))


@pytest.mark.parametrize(
    "body",
    [
        '<use href="#nowhere"/>',
        '<g fill="url(#nowhere)"/>',
        f'<g id="a">{RECT}</g><g fill="url(#a)"/>',
        f'<linearGradient id="a"/><use href="#a"/>{RECT}',
        f'<g id="a">{RECT}</g><g id="a">{RECT}</g><use href="#a"/>',
        f'<clipPath id="a">{RECT}</clipPath><g mask="url(#a)"/>',
    ],
)
def test_a_link_that_leads_nowhere_is_refused(body):
    assert "in line 1 leads to “#" in refusal(svg(body))


def test_an_empty_drawing_is_refused():
    assert "is empty" in refusal(svg("<g/><title>Union</title>"))


def test_stray_text_is_refused():
    assert "text outside" in refusal(svg(f"<g>hello{RECT}</g>"))
    assert "text outside" in refusal(svg(f"<g>{RECT}hello</g>"))


@pytest.mark.parametrize("data", [b"<html/>", b"<svg/>", b"<!DOCTYPE html><html><body/></html>"])
def test_other_xml_is_refused(data):
    assert "no SVG" in refusal(data)


@pytest.mark.parametrize("data", [b"<", b"<svg", svg() + b"<svg/>", svg().replace(b"</svg>", b"")])
def test_xml_that_is_not_well_formed_is_refused(data):
    assert "not well-formed XML: look at line 1" in refusal(data)


def test_a_compressed_svg_is_refused_with_advice():
    assert "compressed (SVGZ)" in refusal(gzip.compress(svg()))


def test_a_drawing_of_more_than_200_kilobytes_is_refused():
    assert "larger than 200 kilobytes" in refusal(svg(RECT + " " * 200_000))


# -- SVG: hostile ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/hostname">',
        '<!ENTITY c SYSTEM "https://elsewhere.example/x">',
        '<!ENTITY % p SYSTEM "https://elsewhere.example/x.dtd"> %p;',
        '<!ELEMENT svg ANY><!ENTITY c "x">',
    ],
)
@pytest.mark.parametrize("use", ["<title>&c;</title>", '<g fill="&c;"/>', ""])
def test_entities_are_refused_used_or_not(declarations, use):
    sentence = refusal(f"<!DOCTYPE svg [{declarations}]>".encode() + svg(use + RECT))

    assert "declares entities" in sentence or "not well-formed" in sentence


def test_a_billion_laughs_are_not_laughed():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE svg [<!ENTITY l0 "ha">{laughs}]>'.encode()
    begun = time.process_time()

    for use in ("<title>&l11;</title>", '<g class="&l11;"/>'):
        assert refusal(bomb + svg(use + RECT))
    assert time.process_time() - begun < 1


def test_an_attribute_by_declaration_is_none():
    declared = b'<!DOCTYPE svg [<!ATTLIST rect onload CDATA "x">]>' + svg()

    assert b"onload" not in getattr(harmless(declared), "content", b"")


def test_a_part_that_uses_itself_is_refused():
    for body in (
        f'<g id="a">{RECT}<use href="#a"/></g>',
        f'<g id="a">{RECT}<use href="#b"/></g><g id="b"><use href="#a"/></g>',
        f'<clipPath id="a" clip-path="url(#a)">{RECT}</clipPath><g clip-path="url(#a)">{RECT}</g>',
        '<linearGradient id="a" href="#a"/><rect width="4" height="4" fill="url(#a)"/>',
        f'<mask id="a"><g mask="url(#a)">{RECT}</g></mask><g mask="url(#a)">{RECT}</g>',
    ):
        assert "uses itself" in refusal(svg(body))


def test_few_parts_that_become_many_are_refused():
    tenfold = "".join(
        f'<g id="n{n}">{f"""<use href="#n{n - 1}"/>""" * 10}</g>' for n in range(1, 10)
    )
    clips = f'<clipPath id="n0">{RECT}</clipPath>' + "".join(
        f'<clipPath id="n{n}">{f"""<g clip-path="url(#n{n - 1})"/>""" * 10}</clipPath>'
        for n in range(1, 10)
    )
    begun = time.process_time()

    assert "too many times" in refusal(svg(f'<g id="n0">{RECT}</g>{tenfold}<use href="#n9"/>'))
    assert "too many times" in refusal(svg(f'{clips}<g clip-path="url(#n9)">{RECT}</g>'))
    assert time.process_time() - begun < 1


def test_parts_that_are_nested_too_deeply_are_refused():
    chain = "".join(f'<g id="n{n}"><use href="#n{n - 1}"/></g>' for n in range(1, 2000))

    assert "nested too deeply" in refusal(svg("<g>" * 60 + RECT + "</g>" * 60))
    assert "nested too deeply" in refusal(svg(f'<g id="n0">{RECT}</g>{chain}'))
    assert harmless(svg("<g>" * 5000 + RECT + "</g>" * 5000)) is None


@pytest.mark.parametrize(
    "value",
    ["1" * 190_000, "1 " * 95_000, "rotate(1) " * 19_000, "-" * 190_000, " ," * 95_000 + "x"],
)
def test_a_long_value_takes_no_long_time(value):
    begun = time.process_time()

    for attribute in ("d", "transform", "points", "fill", "stroke-width", "clip-path", "href"):
        name = {"d": "path", "points": "polygon", "href": "use"}.get(attribute, "g")
        harmless(svg(f'<{name} {attribute}="{value}x"/>'))
        harmless(svg(f'<{name} {attribute}="url(#{value}"/>'))
    assert time.process_time() - begun < 3


def test_a_drawing_that_ends_the_program_that_tries_it_is_refused():
    scaled = '<g transform="scale(1e6)">' * 8
    body = (
        f'{scaled}<rect width="4" height="4" clip-path="url(#c)" stroke="red"/>{"</g>" * 8}'
        '<clipPath id="c"><circle r="1e6"/></clipPath>'
    )

    # The drawing is refused for its size already: it is tried as it would be without that rule.
    with pytest.raises(Unusable) as refused:
        check_that_it_can_be_drawn(svg(body))

    assert "cannot be printed" in str(refused.value.reason)


def test_a_drawing_that_is_no_xml_cannot_be_drawn():
    with pytest.raises(Unusable):
        check_that_it_can_be_drawn(b"<svg")


@pytest.mark.parametrize(
    "body",
    [
        '<rect x="200000" width="4" height="4"/>',
        '<circle r="200000"/>',
        '<polygon points="0 0 9 9 0 -200000"/>',
        '<path d="M0 0V-200000"/>',
        '<path d="M0 0A9 9 0 01200000 5"/>',
        f'<path d="m{"500 0 " * 300}"/>',
        f'<path d="{"h500" * 300}"/>',
        '<path d="m90000 0c1 1 1 1 90000 0"/>',
        f'<g transform="scale(200) scale(200,300)">{RECT}</g>',
        f'<g transform="scale(200)"><g transform="scale(200)">{RECT}</g></g>',
        f'<g transform="matrix(1 0 0 1 0 200000)">{RECT}</g>',
        f'<g transform="rotate(5,200000,0)">{RECT}</g>',
        f'<g transform="skewX(90)">{RECT}</g>',
        f'<g id="a">{RECT}</g><g transform="translate(90000)"><use href="#a" x="90000"/></g>',
        f'<g stroke-width="200000">{RECT}</g>',
    ],
)
def test_what_lies_far_outside_of_the_drawing_is_refused(body):
    assert "far outside of it" in refusal(svg(body))


@pytest.mark.parametrize(
    "body",
    [
        f'<path d="m{"500 0 -500 0 " * 300}"/>',
        f'<path d="m9 9{"h500zv500z" * 300}"/>',
        f'<path d="m0 0a1 1 0 01{"5 5 1 1 0 11-5-5 1 1 0 01" * 300}5 5"/>',
        f'<g transform="translate(-90000)"><g transform="scale(.0001)">{RECT}</g></g>',
        '<g transform="matrix(.1 0 0 -.1 0 12800)"><path d="M99000 0l-90000 9"/></g>',
    ],
)
def test_what_comes_back_is_not_far_away(body):
    assert harmless(svg(body))


def test_a_drawing_that_a_pdf_for_archives_cannot_hold_is_refused():
    clip = f'<clipPath id="c">{RECT}</clipPath>'
    nested = ['<g clip-path="url(#c)">' * depth + RECT + "</g>" * depth for depth in (5, 40)]

    assert harmless(svg(clip + nested[0]))
    assert "cannot be printed" in refusal(svg(clip + nested[1]))


# -- SVG: whatever comes --------------------------------------------------------------------------

NAMES = ["g", "path", "rect", "use", "defs", "clipPath", "mask", "linearGradient", "stop", "title"]
ATTRIBUTES = {
    "id": ["a", "b", "c"],
    "href": ["#a", "#b", "#c", "x"],
    "fill": ["red", "url(#a)", "url(#b)", "none", "url(x)"],
    "clip-path": ["url(#a)", "url(#c)", "none"],
    "mask": ["url(#b)"],
    "d": ["M0 0L9 9", "M0 0a0 0 0 0 0 1e6 1e-9z", "zzz", ""],
    "width": ["4", "0", "-1", "1e6", "1e-30", "50%"],
    "height": ["4", "1e6"],
    "transform": ["scale(0)", "scale(1e6)", "matrix(0 0 0 0 0 0)", "skewX(90)", "rotate(1e-9)"],
    "stroke": ["blue", "url(#c)"],
    "stroke-width": ["1e6", "1e-9", "0"],
    "style": ["fill:red", "opacity:.5", "x"],
    "offset": ["0", "2", "-1"],
}


def elements() -> st.SearchStrategy[str]:
    attributes = st.lists(st.sampled_from(sorted(ATTRIBUTES)), unique=True, max_size=4).flatmap(
        lambda names: st.tuples(*(st.sampled_from(ATTRIBUTES[n]) for n in names)).map(
            lambda values: "".join(f' {n}="{v}"' for n, v in zip(names, values, strict=True))
        )
    )
    leaf = st.builds("<{0}{1}/>".format, st.sampled_from(NAMES), attributes)
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            "<{0}{1}>{2}</{0}>".format,
            st.sampled_from(NAMES),
            attributes,
            st.lists(inner, max_size=4).map("".join),
        ),
        max_leaves=12,
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(elements(), min_size=1, max_size=4).map("".join))
def test_any_drawing_is_written_anew_or_refused(body):
    artwork = harmless(svg(body + RECT))

    if artwork is not None:
        assert check_logo(artwork.content) == artwork


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=6), st.integers(0, len(svg(EVERYTHING))))
def test_a_damaged_svg_does_no_harm(content, place):
    data = svg(EVERYTHING)

    harmless(data[:place] + content + data[place + len(content) :])


# -- What becomes of it ---------------------------------------------------------------------------


@pytest.mark.parametrize("data", [png(), svg(), svg(EVERYTHING)])
def test_what_is_kept_is_drawn_into_a_pdf(data, tmp_path):
    artwork = check_logo(data)
    (tmp_path / f"logo.{artwork.format}").write_bytes(artwork.content)
    document = tmp_path / "document.typ"
    document.write_text(f'#image("logo.{artwork.format}", height: 18mm)', encoding="utf-8")

    pdf = typst.compile(str(document), format="pdf", ignore_system_fonts=True)

    assert pdf.startswith(b"%PDF")
