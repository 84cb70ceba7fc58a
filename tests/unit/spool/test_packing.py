"""Lines as one gzip member: they come back as they were, and damage is seen before it is sent."""

import gzip
import os
import tracemalloc
import zlib

import pytest

from swarmscope.spool.packing import intact, packed, unpacked

LINES = ["m,name=/a\u2028b\x0b\x85 f=1i 1", 'm f="two\nlines\r" 2', "", "m f=3i 3"]
MIB = 2**20


def member(size: int, noise: int = 0) -> bytes:
    """Return a gzip member of *size* bytes, *noise* of which can't be made smaller."""
    return gzip.compress(os.urandom(noise) + bytes(size - noise), 9, mtime=0)


def test_lines_come_back_whatever_is_in_them() -> None:
    many = [f"m f={number}i {number}" for number in range(10_000)]
    for lines in (["m f=1i 1"], ["m f=1i 1", "m f=2i 2"], many):
        assert unpacked(packed(lines)) == lines
    # A line of a text with a break is two of these: whoever sends them joins them again.
    assert "\n".join(unpacked(packed(LINES))) == "\n".join(LINES)
    assert intact(packed(LINES))


def test_several_that_are_joined_are_one_body_of_a_write() -> None:
    body = packed(["m f=1i 1", "m f=2i 2"]) + packed(["m f=3i 3"])
    assert gzip.decompress(body) == b"m f=1i 1\nm f=2i 2\nm f=3i 3\n"


def test_what_waits_is_a_fraction_of_what_was_measured() -> None:
    lines = [f"locust_stats,name=/a,worker=w-1 count={i}i {10**18 + i}" for i in range(5_000)]
    assert len(packed(lines)) < len("\n".join(lines)) / 5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"m f=1i 1\n",
        packed(LINES)[:-1],
        packed(LINES) + b"\0",
        packed(LINES) + packed(LINES),
        zlib.compress(b"m f=1i 1\n"),
    ],
    ids=["nothing", "plain", "cut off", "longer", "two members", "another format"],
)
def test_what_is_not_one_whole_member_is_damaged(body: bytes) -> None:
    assert not intact(body)
    with pytest.raises(zlib.error):
        unpacked(body)


def test_what_is_cut_off_is_called_that() -> None:
    with pytest.raises(zlib.error, match=r"^it isn't one whole member$"):
        unpacked(packed(LINES)[:-1])


def test_a_flipped_bit_is_seen_wherever_it_is() -> None:
    body = packed(["m,name=/login count=7i,total=1.5 1700000000000000000"])
    # Bytes 4 to 9 of the head say when and where it was packed, which changes no line.
    for at in [*range(4), *range(10, len(body))]:
        assert not intact(body[:at] + bytes([body[at] ^ 4]) + body[at + 1 :]), at


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("size", "noise", "whole"),
    [(64, 0, True), (64 + 1 / MIB, 0, False), (80, 1, True), (130, 1, False)],
)
def test_a_body_may_swell_to_64_mebibytes_or_a_hundredfold_and_no_bomb_to_more(
    size: float, noise: int, whole: bool
) -> None:
    """A hundredfold is more than a window with very many endpoints needs."""
    assert intact(member(int(size * MIB), noise * MIB)) is whole


def test_a_body_is_looked_at_without_being_whole_in_memory() -> None:
    body = member(32 * MIB)
    tracemalloc.start()
    try:
        assert intact(body)
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()


def test_what_swells_too_much_is_called_that() -> None:
    with pytest.raises(zlib.error, match=r"^it unpacks to more than any window holds$"):
        unpacked(member(65 * MIB))
