"""influxdb-client's connections, made careful: what it reads is bounded, and it goes nowhere else.

It decodes what calls itself gzip, whoever asked for that, and reads an error to its end.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from swarmscope.bounded import BRIEF_BYTES, Long
from swarmscope.causes import RedirectedError, elsewhere

_PLAIN = frozenset({"", "identity"})


class _HTTPConnection(HTTPConnection):
    response_class = Long


class _HTTPSConnection(HTTPSConnection):
    response_class = Long


class _HTTPConnectionPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSConnectionPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


@dataclass(frozen=True)
class Brief:
    """What influxdb-client wants to know of an answer that is a status and a few words."""

    status: int
    headers: Mapping[str, str]
    data: bytes
    reason: str = ""  # the words beside the status, which nobody reads

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
        pool.pool_classes_by_scheme = {"http": _HTTPConnectionPool, "https": _HTTPSConnectionPool}

    def request(self, method: str, url: str, **options: Any) -> "urllib3.BaseHTTPResponse | Brief":
        """Send a request, and return the answer.

        Raises:
            RedirectedError: the server sends us elsewhere, and more than the status is wanted.

        """
        response = self._pool.request(
            method,
            url,
            **options | {"preload_content": False, "redirect": False, "decode_content": False},
        )
        plain = response.headers.get("Content-Encoding", "").lower() in _PLAIN
        if self._brief or response.status >= 400:
            return Brief(response.status, response.headers, _message(response, url, plain=plain))
        if response.status >= 300:
            response.close()
            raise RedirectedError(url, response.status, _target(response))
        if plain:
            return response
        response.close()
        raise urllib3.exceptions.DecodeError("its answer is compressed, which nobody asked for")

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


def _message(response: "urllib3.BaseHTTPResponse", url: str, *, plain: bool) -> bytes:
    body = b""
    try:
        if plain:
            # ValueError: a chunk of a negative length; what a socket raises urllib3 has wrapped
            with suppress(urllib3.exceptions.HTTPError, ValueError):
                body = _first(response)
    finally:
        response.close()  # one that was read to its end has given its connection back before
    if 300 <= response.status < 400:
        where = elsewhere(url, _target(response))
        body = f"it wants us to ask {where} instead, where nothing was sent".encode()
    # influxdb-client decodes it, strictly
    return body.decode(errors="replace").encode()
