"""A request's body, unpacked, and never more of it than the server can bear."""

import zlib

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY = 50 * 2**20
"""Bytes of one body, unpacked: InfluxDB Cloud's own limit."""
_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """Return the body as it was before compression.

    Raises:
        HTTPException: it is longer than *limit* (413), or isn't what its header says (400).

    """
    encoding = request.headers.get("content-encoding", "identity")
    if encoding not in ("gzip", "identity"):
        raise HTTPException(400, f"unknown content encoding {encoding!r}; send gzip or plain text")
    unpack = _Unpacker(limit) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in request.stream():
        body += unpack.feed(chunk) if unpack else chunk
        if len(body) > limit:
            raise HTTPException(413, f"the body is longer than {limit} bytes")
    if unpack:
        unpack.finish()
    return bytes(body)


class _Unpacker:
    """Unpacks gzip as it arrives; a few bytes can become gigabytes, so it stops past *limit*."""

    def __init__(self, limit: int) -> None:
        self._left = limit + 1
        self._stream = zlib.decompressobj(_GZIP)

    def feed(self, chunk: bytes) -> bytes:
        """Unpack *chunk*, at most one byte past the limit in all."""
        out = bytearray()
        while chunk and self._left:
            # A gzip body may consist of several, one after the other.
            if self._stream.eof:
                self._stream = zlib.decompressobj(_GZIP)
            try:
                piece = self._stream.decompress(chunk, self._left)
            except zlib.error as error:
                raise HTTPException(400, f"the body isn't gzip, as its header says: {error}") from (
                    error
                )
            out += piece
            self._left -= len(piece)
            chunk = self._stream.unused_data
        return bytes(out)

    def finish(self) -> None:
        """Refuse a body that ends in the middle: a cut connection must not store half of it."""
        if not self._stream.eof:
            raise HTTPException(400, "the body isn't whole: its gzip stream ends early")
