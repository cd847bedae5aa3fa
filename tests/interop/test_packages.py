"""Content packages: what is read, and everything that makes one be refused as a whole."""

from __future__ import annotations

import io
import stat
import struct
import time
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.interop.questions import packages
from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.packages import read_package, write_package


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content, method)
    return target.getvalue()


def named(name: str, replacement: bytes) -> bytes:
    """Return a zip in which a name is written that zipfile would not write."""
    assert len(name.encode()) == len(replacement)
    return zipped((name, b"content")).replace(name.encode(), replacement)


def with_mode(mode: int, name: str = "items/a.xml") -> bytes:
    member = zipfile.ZipInfo(name)
    member.create_system = 3
    member.external_attr = mode << 16
    return zipped((member, b"target"))


def reason(content: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_package(content)
    return str(refusal.value.reason)


def test_a_package_is_read_into_names_and_bytes():
    content = zipped(("imsmanifest.xml", b"<manifest/>"), ("items/é.xml", b"<item/>"))
    assert read_package(content) == {"imsmanifest.xml": b"<manifest/>", "items/é.xml": b"<item/>"}


def test_folders_are_no_files():
    assert read_package(zipped(("items/", b""), ("items/a.xml", b"a"))) == {"items/a.xml": b"a"}


def test_members_that_are_stored_without_packing_are_read():
    assert read_package(zipped(("a.xml", b"a"), method=zipfile.ZIP_STORED)) == {"a.xml": b"a"}


def test_names_that_say_the_same_in_more_words_are_tidied():
    assert read_package(zipped(("./items//a.xml", b"a"))) == {"items/a.xml": b"a"}


def test_a_zip_inside_is_left_alone():
    inner = zipped(("a.xml", b"a"))
    assert read_package(zipped(("inner.zip", inner), ("b.xml", b"b"))) == {"b.xml": b"b"}


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04 and no more", b"<manifest/>"])
def test_what_is_no_zip_is_refused(content):
    assert reason(content) == "It is no zip file, or a damaged one."


def test_a_damaged_member_is_refused():
    content = bytearray(zipped(("a.txt", b"some words that are packed and then damaged")))
    content[45] ^= 0xFF
    assert reason(bytes(content)) == "It is no zip file, or a damaged one."


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "//host/share", "C:/a.xml", "c:a.xml", "../a.xml", "items/../../a.xml"]
)
def test_names_that_lead_out_of_the_package_are_refused(name):
    assert reason(zipped((name, b"a"))) == f"“{name}” names a place outside the package."


def test_backslashes_in_names_are_refused():
    assert reason(named("items/a.xml", b"items\\a.xml")).endswith("has a backslash in its name.")


def test_a_nul_in_a_name_is_refused():
    # Whoever stops at the NUL sees another name than whoever does not.
    assert "control character" in reason(named("a.xml_.txt", b"a.xml\0.txt"))


@pytest.mark.parametrize("name", [".", "./"])
def test_a_member_without_a_name_is_refused(name):
    assert reason(zipped((name, b""))) == "It holds a file without a name."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.xml", "a.xml"),
        ("a.xml", "A.XML"),
        ("straße.xml", "STRASSE.xml"),
        ("é.xml", "e\u0301.xml"),
        ("items", "items/"),
        ("a.xml", "./a.xml"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_with_the_same_name_are_refused(one, other):
    assert reason(zipped((one, b"1"), (other, b"2"))).startswith("It holds two files named")


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK]
)
def test_links_and_special_files_are_refused(kind):
    assert reason(with_mode(kind | 0o777)).endswith("is a link or another special file.")


@pytest.mark.parametrize("mode", [0, 0o644, stat.S_IFREG | 0o600])
def test_plain_files_of_any_mode_are_read(mode):
    assert read_package(with_mode(mode)) == {"items/a.xml": b"target"}


def test_encrypted_members_are_refused():
    content = bytearray(zipped(("a.xml", b"a")))
    # The first of the flags, in the member's own header and in the directory at the end.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert reason(bytes(content)) == "“a.xml” is encrypted."


def test_unusual_ways_of_packing_are_refused():
    content = zipped(("a.xml", b"a" * 100), method=zipfile.ZIP_BZIP2)
    assert reason(content) == "“a.xml” is packed in a way that is not read here."


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(packages, "MOST_MEMBERS", 3)
    assert len(read_package(zipped(*((f"{n}.xml", b"") for n in range(3))))) == 3
    assert reason(zipped(*((f"{n}.xml", b"") for n in range(4)))) == "It holds more than 3 files."


def test_two_thousand_members_are_the_most():
    assert packages.MOST_MEMBERS == 2000
    members = [(f"{number}.xml", b"") for number in range(2001)]
    assert reason(zipped(*members)) == "It holds more than 2000 files."


def noise(count: int) -> bytes:
    """Return bytes that cannot be packed well."""
    parts = [zlib.crc32(struct.pack("I", number)) for number in range(count // 4 + 1)]
    return struct.pack(f"{len(parts)}I", *parts)[:count]


def test_a_member_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(packages, "MOST_BYTES_OF_ONE", 1000)
    assert read_package(zipped(("a", noise(1000))))["a"] == noise(1000)
    assert reason(zipped(("a", noise(1001)))) == "“a” unpacks to more than twenty megabytes."


def test_members_that_unpack_to_too_much_together_are_refused(monkeypatch):
    monkeypatch.setattr(packages, "MOST_BYTES", 1000)
    assert len(read_package(zipped(("a", noise(400)), ("b", noise(600))))) == 2
    content = zipped(("a", noise(400)), ("b", noise(601)))
    assert reason(content) == "It unpacks to more than fifty megabytes."


def test_a_member_that_swells_is_refused_while_it_swells():
    content = zipped(("a.xml", bytes(19_000_000)))
    begun = time.perf_counter()
    assert reason(content) == "“a.xml” is packed suspiciously well."
    assert time.perf_counter() - begun < 2


def test_small_members_may_be_packed_as_well_as_they_can():
    assert read_package(zipped(("a.xml", bytes(900_000))))["a.xml"] == bytes(900_000)


def test_sizes_in_headers_are_not_believed(monkeypatch):
    monkeypatch.setattr(packages, "MOST_BYTES_OF_ONE", 1000)
    content = zipped(("a", noise(5000)))
    # Both headers claim ten bytes: what comes is counted, and then does not agree with them.
    lying = content.replace(struct.pack("<I", 5000), struct.pack("<I", 10))
    assert lying != content
    assert reason(lying) == "It is no zip file, or a damaged one."


def test_a_member_that_is_there_many_times_over_is_counted_each_time(monkeypatch):
    monkeypatch.setattr(packages, "MOST_BYTES", 10_000)
    content = zipped(*((f"{n}", noise(3000)) for n in range(4)))
    assert reason(content) == "It unpacks to more than fifty megabytes."


def test_what_is_written_is_read_back():
    files = {"b/c.png": noise(500), "imsmanifest.xml": b"<manifest/>", "b/d é.xml": b""}
    assert read_package(write_package(files)) == files


def test_the_same_files_make_the_same_zip():
    one = write_package({"b.xml": b"b", "a.xml": b"a"})
    assert one == write_package({"a.xml": b"a", "b.xml": b"b"})
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert [member.filename for member in archive.infolist()] == ["a.xml", "b.xml"]
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {member.external_attr >> 16 for member in archive.infolist()} == {
            stat.S_IFREG | 0o644
        }


@pytest.mark.parametrize("name", ["/a", "../a", "a\\b", "C:a", "", "a//b", "a\0b"])
def test_no_package_is_written_that_would_be_refused(name):
    with pytest.raises(ValueError, match="not a name for a file"):
        write_package({name: b""})


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3})?\.[a-z]", fullmatch=True), st.binary())
)
def test_any_files_survive_the_way_there_and_back(files):
    kept = {name: held for name, held in files.items() if not held.startswith(b"PK\x03\x04")}
    assert read_package(write_package(files)) == kept


@given(st.data())
def test_damage_anywhere_is_a_refusal_or_does_no_harm(data):
    content = bytearray(zipped(("imsmanifest.xml", b"<manifest/>"), ("items/a.xml", noise(300))))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    try:
        found = read_package(bytes(content))
    except Unreadable:
        return
    assert all(not name.startswith("/") and ".." not in name.split("/") for name in found)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_refusal(content):
    with pytest.raises(Unreadable):
        read_package(b"PK\x03\x04" + content)
