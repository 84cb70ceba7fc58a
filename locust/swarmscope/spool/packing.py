"""Lines as one gzip member and back; what comes from a disk may be damaged, or meant ill."""

import zlib
from collections.abc import Iterator

_GZIP = 16 + zlib.MAX_WBITS
"""What zlib calls gzip's format."""
_CHUNK = 2**16
_MOST = 64 * 2**20
"""Bytes that any body may unpack to."""
_RATIO = 100
"""Bytes that each packed one may unpack to beyond that: lines take 5 to 30, and a bomb 1,000."""


def packed(lines: list[str]) -> bytes:
    """Return *lines* as one gzip member; several joined are one body of a write."""
    # Level 1: level 9 takes seven times as long for a seventh fewer bytes.
    return zlib.compress(("\n".join(lines) + "\n").encode(), 1, _GZIP)


def unpacked(body: bytes) -> list[str]:
    """Return the lines that were `packed`.

    Raises:
        zlib.error: these were never packed here, or are damaged.

    """
    # not splitlines(), which also splits at separators that names may hold
    return b"".join(_pieces(body)).decode().removesuffix("\n").split("\n")


def intact(body: bytes) -> bool:
    """Whether *body* is what was packed: SQLite doesn't notice a flipped bit.

    InfluxDB answers a damaged body with 500, as if it would pass: it would be sent for ever.
    """
    try:
        for _ in _pieces(body):  # never the whole of a large one
            pass
    except zlib.error:
        return False
    return True


def _pieces(body: bytes) -> Iterator[bytes]:
    """Yield what *body* unpacks to, as long as that can be lines of one window."""
    stream, left, room = zlib.decompressobj(_GZIP), body, max(_MOST, _RATIO * len(body))
    while left and not stream.eof:
        piece = stream.decompress(left, _CHUNK)
        left, room = stream.unconsumed_tail, room - len(piece)
        if room < 0:
            raise zlib.error("it unpacks to more than any window holds")
        yield piece
    if stream.unused_data or not stream.eof:
        raise zlib.error("it isn't one whole member")
