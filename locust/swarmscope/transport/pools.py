"""influxdb-client's connections, made careful: what it reads is bounded, and it goes nowhere else.

It decodes what calls itself gzip, whoever asked for that, and reads an error to its end.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.connectionpool import HTTPConnectionPool

from swarmscope.transport.bounded import BRIEF_BYTES, Brief, Long
from swarmscope.transport.causes import RedirectedError, elsewhere

_PLAIN = frozenset({"", "identity"})


def bound(manager: urllib3.PoolManager, answer: type[Long]) -> None:
    """Have all that *manager* asks answered by *answer*, which ends."""
    manager.pool_classes_by_scheme = {
        # Made of what is there: a proxy of SOCKS has connections of its own.
        scheme: _bounded(pool, answer)
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }


def _bounded(pool: type[HTTPConnectionPool], answer: type[Long]) -> type[HTTPConnectionPool]:
    kind = pool.ConnectionCls
    connection = type(kind.__name__, (kind,), {"response_class": answer})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


@dataclass(frozen=True)
class BriefAnswer:
    """What influxdb-client wants to know of an answer that is a status and a few words."""

    status: int
    headers: Mapping[str, str]
    data: bytes
    reason: str
    """The words beside the status: all that an answer without a body says."""

    def getheaders(self) -> Mapping[str, str]:
        """Return the headers."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return one header."""
        return self.headers.get(name, default)


class Pool:
    """What influxdb-client asks through, in the place of its own.

    An answer of 200 is handed on, to be read; of every other no more is read than a message needs.
    The status is what counts: it stands also when the rest is endless, cut off or garbage.
    """

    def __init__(self, pool: urllib3.PoolManager, *, brief: bool = False) -> None:
        """Ask through *pool*; *brief*: also of a 200 nothing matters but the status."""
        self._pool = pool
        self._brief = brief
        bound(pool, Brief if brief else Long)

    def request(
        self, method: str, url: str, **options: Any
    ) -> "urllib3.BaseHTTPResponse | BriefAnswer":
        """Send a request, and return the answer.

        Raises:
            RedirectedError: the server sends us elsewhere, and more than the status is wanted.

        """
        response = self._pool.request(
            method,
            url,
            **options | {"preload_content": False, "redirect": False, "decode_content": False},
        )
        if self._brief or response.status >= 400:
            words = _message(response, url)
            return BriefAnswer(response.status, response.headers, words, response.reason or "")
        if response.status >= 300:
            response.close()
            raise RedirectedError(url, response.status, _target(response))
        refuse_packed(response)
        return response

    def clear(self) -> None:
        """Close all connections."""
        self._pool.clear()


def _target(response: "urllib3.BaseHTTPResponse") -> str:
    return response.headers.get("Location", "")


def _first(response: "urllib3.BaseHTTPResponse") -> bytes:
    body = b""
    # Until it says that it is at its end: else it doesn't tell of one that was cut off.
    while len(body) < BRIEF_BYTES and (piece := response.read(BRIEF_BYTES - len(body))):
        body += piece
    return body


def _is_plain(response: "urllib3.BaseHTTPResponse") -> bool:
    return response.headers.get("Content-Encoding", "").lower() in _PLAIN


def refuse_packed(response: "urllib3.BaseHTTPResponse") -> None:
    """Close *response* if it is compressed: what it unpacks to has no end.

    Raises:
        urllib3.exceptions.DecodeError: it is.

    """
    if not _is_plain(response):
        response.close()
        raise urllib3.exceptions.DecodeError("its answer is compressed, which nobody asked for")


def first_words(response: "urllib3.BaseHTTPResponse") -> bytes:
    """Return the first of what *response* says, and close it; nothing where that can't be read."""
    body = b""
    try:
        if _is_plain(response):
            # ValueError: a chunk of a negative length; what a socket raises urllib3 has wrapped
            with suppress(urllib3.exceptions.HTTPError, ValueError):
                body = _first(response)
    finally:
        response.close()  # one that was read to its end has given its connection back before
    return body


def _message(response: "urllib3.BaseHTTPResponse", url: str) -> bytes:
    body = first_words(response)
    if 300 <= response.status < 400:
        where = elsewhere(url, _target(response))
        body = f"it wants us to ask {where} instead, where nothing was sent".encode()
    # influxdb-client decodes it, strictly
    return body.decode(errors="replace").encode()
