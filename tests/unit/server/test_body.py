"""A request's body, unpacked: whole, within its limit, in time, and within the memory for all."""

import asyncio
import gzip
import zlib
from collections.abc import Iterable

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from swarmscope.server.body import read_body
from swarmscope.server.patience import Patience, Room

PACKED = gzip.compress(b"m f=1 5\n" * 1_000, mtime=0)
"""The same for each process that collects these tests."""


def read(
    *chunks: bytes,
    encoding: str = "",
    limit: int = 10_000,
    room: int = 10_000,
    end: str = "whole",
    patience: Patience | None = None,
) -> bytes:
    """Return what is read of *chunks*, which end *whole*, "cut" off, or "never"."""

    async def run() -> bytes:
        left = iter(messages(chunks, end))

        async def receive() -> Message:
            for message in left:
                return message
            await asyncio.sleep(60)
            raise AssertionError

        headers = [(b"content-encoding", encoding.encode())] if encoding else []
        request = Request({"type": "http", "headers": headers}, receive)
        async with Room(room, "writes").taken() as share:
            return await read_body(request, share, patience or Patience(), limit)

    return asyncio.run(run())


def messages(chunks: Iterable[bytes], end: str) -> Iterable[Message]:
    for chunk in chunks:
        yield {"type": "http.request", "body": chunk, "more_body": True}
    if end == "whole":
        yield {"type": "http.request", "body": b"", "more_body": False}
    if end == "cut":
        yield {"type": "http.disconnect"}


def refused(*chunks: bytes, **more: object) -> tuple[int, str]:
    with pytest.raises(HTTPException) as caught:
        read(*chunks, **more)  # type: ignore[arg-type]
    return caught.value.status_code, caught.value.detail


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_a_plain_body_is_what_came(encoding: str) -> None:
    assert read(b"m f=1", b" 5\n", encoding=encoding) == b"m f=1 5\n"
    assert read(encoding=encoding) == b""


def test_a_packed_one_is_unpacked_wherever_it_was_cut() -> None:
    middle = len(PACKED) // 2
    assert read(PACKED[:middle], PACKED[middle:], encoding="gzip") == b"m f=1 5\n" * 1_000
    one, other = gzip.compress(b"a"), gzip.compress(b"b")
    assert read(one + other[:3], other[3:], encoding="gzip") == b"ab"


@pytest.mark.parametrize(
    ("chunk", "says"),
    [
        (b"plain", "the body isn't gzip, as its header says"),
        (zlib.compress(b"x"), "the body isn't gzip"),
        (PACKED[:-4], "the body isn't whole: its gzip stream ends early"),
        (PACKED[:9], "isn't whole"),
        (b"", "isn't whole"),
        (PACKED[:-8] + b"\0" * 8, "the body isn't gzip"),
    ],
)
def test_what_is_no_whole_gzip_is_refused(chunk: bytes, says: str) -> None:
    status, detail = refused(chunk, encoding="gzip")
    assert status == 400
    assert says in detail


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "GZIP "])
def test_another_encoding_is_refused(encoding: str) -> None:
    status, detail = refused(b"x", encoding=encoding)
    assert status == 400
    assert repr(encoding) in detail


def test_one_byte_past_the_limit_is_too_much_and_a_bomb_is_not_unpacked() -> None:
    assert read(b"x" * 10, limit=10) == b"x" * 10
    assert refused(b"x" * 10, b"x", limit=10) == (413, "the body is longer than 10 bytes")
    assert read(gzip.compress(b"x" * 10), encoding="gzip", limit=10) == b"x" * 10
    bomb = gzip.compress(bytes(10**7))
    # It would take more than there is room for, were it unpacked any further.
    assert refused(bomb, encoding="gzip", limit=10, room=11)[0] == 413


def test_what_others_have_no_room_for_comes_again() -> None:
    assert read(b"x" * 10, room=10) == b"x" * 10
    status, detail = refused(b"x" * 10, b"x", room=10)
    assert status == 503
    assert "busy with other writes" in detail


def test_one_that_comes_too_slowly_is_given_up() -> None:
    slow = (408, "the body came too slowly")
    assert refused(b"x", end="never", patience=Patience(chunk=0.01)) == slow
    assert refused(b"x", end="never", patience=Patience(body=0.01)) == slow


def test_who_goes_away_in_the_middle_stores_nothing() -> None:
    assert refused(b"x", end="cut") == (400, "the client went away in the middle of the body")
