"""A request's body, unpacked, and never more of it than the server can bear."""

import asyncio
import zlib
from collections.abc import AsyncGenerator, Iterator

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from swarmscope.server.patience import Patience, Share

MAX_BODY = 50 * 2**20
"""Bytes of one body, unpacked: InfluxDB Cloud's own limit."""
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 2**20


async def read_body(
    request: Request, share: Share, patience: Patience, limit: int = MAX_BODY
) -> bytes:
    """Return the body as it was before compression; *share* is the memory that it takes.

    Raises:
        HTTPException: it is longer than *limit* (413), isn't what its header says (400), comes
            too slowly (408), or there is no room for it now (503).

    """
    encoding = request.headers.get("content-encoding", "identity")
    if encoding not in ("gzip", "identity"):
        raise HTTPException(400, f"unknown content encoding {encoding!r}; send gzip or plain text")
    unpack = _Unpacker(limit) if encoding == "gzip" else None
    body = bytearray()
    chunks = request.stream()
    deadline = asyncio.get_running_loop().time() + patience.body
    while (chunk := await _next_chunk(chunks, deadline, patience.chunk)) is not None:
        for piece in unpack.feed(chunk) if unpack else (chunk,):
            share.take(len(piece))
            body += piece
        if len(body) > limit:
            raise HTTPException(413, f"the body is longer than {limit} bytes")
    if unpack:
        unpack.finish()
    return bytes(body)


async def _next_chunk(
    chunks: AsyncGenerator[bytes, None], deadline: float, pause: float
) -> bytes | None:
    """Return what comes next, or None at the end."""
    now = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(min(deadline, now + pause)):
            return await anext(chunks, None)
    except TimeoutError:
        raise HTTPException(408, "the body came too slowly", {"Connection": "close"}) from None
    except ClientDisconnect:
        # Nobody is there to read it; nothing of the body is stored.
        raise HTTPException(400, "the client went away in the middle of the body") from None


class _Unpacker:
    """Unpacks gzip as it arrives; a few bytes can become gigabytes, so it stops past *limit*."""

    def __init__(self, limit: int) -> None:
        self._left = limit + 1
        self._stream = zlib.decompressobj(_GZIP)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Unpack *chunk* piece by piece, at most one byte past the limit in all."""
        while chunk and self._left:
            # A gzip body may consist of several, one after the other.
            if self._stream.eof:
                self._stream = zlib.decompressobj(_GZIP)
            try:
                piece = self._stream.decompress(chunk, min(self._left, _PIECE))
            except zlib.error as error:
                raise HTTPException(400, f"the body isn't gzip, as its header says: {error}") from (
                    error
                )
            self._left -= len(piece)
            yield piece
            chunk = self._stream.unconsumed_tail or self._stream.unused_data

    def finish(self) -> None:
        """Refuse a body that ends in the middle: a cut connection must not store half of it."""
        if not self._stream.eof:
            raise HTTPException(400, "the body isn't whole: its gzip stream ends early")
