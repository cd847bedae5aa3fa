"""What organizations upload is written anew, or refused with a sentence that says what to do."""

from __future__ import annotations

import gzip
import io
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

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RECT = '<rect width="4" height="4"/>'


def png(image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or Image.new("RGB", (40, 20), "#8a2846")).save(out, "PNG", **options)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(
        ">I", zlib.crc32(kind + content)
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
    except InvalidInput as refused:
        assert [len(said) for said in refused.details["errors"].values()] == [1]
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
    rows = zlib.compress(bytes(200_000_000), 9)
    data = SIGNATURE + header(16, 16) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    begun = time.process_time()

    harmless(data)

    assert time.process_time() - begun < 1


def test_a_text_that_unpacks_to_much_is_not_unpacked():
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9))
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
    # A palette of 256 transparent colours, in noise: four times as large when it is written out.
    noise = Image.effect_noise((980, 980), 200).convert("P")
    noise.putpalette([(7 * step * step) % 256 for step in range(256 * 3)])
    data = png(noise, transparency=bytes(range(256)))
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
            content = data.draw(st.binary(max_size=40) | st.just(content[:-1]))
        damaged += chunk(kind, content) * data.draw(st.sampled_from([0, 1, 1, 1, 1, 2]))

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
