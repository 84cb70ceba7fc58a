"""Answers of servers, bounded: none lasts longer, or weighs more, than was agreed.

What http.client is told as a time-out begins anew with each byte, so that a drip never ends; it
reads as much as a server sends, and makes room at once for as much as a header promises. urllib3,
and influxdb-client and requests above it, read through the same classes.
"""

from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from time import monotonic
from typing import Any

BRIEF_BYTES = 2**16
"""What is read of an answer of which only its status and a message matter."""
LONG_BYTES = 64 * 2**20
"""What is read of a table. Python needs up to a dozen times as much to hold it."""
DOCUMENT_BYTES = 8 * 2**20
"""What is read of an answer that may hold a board, or a list of them."""
HEAD_BYTES = 2**16
"""What is read before an answer's body: its head, and all that say that one is still to come."""
_PER_S = 50_000
"""Bytes for which an answer may take a second longer: who is far away is no drip."""
_USUAL_S = 60.0


class TooLongError(OSError):
    """An answer has more bytes than are read of one."""


class _Metered(RawIOBase):
    """The bytes of one answer, until they are too many or it is too late; first those of a head."""

    def __init__(self, connection: socket, raw: Any) -> None:
        self._connection = connection
        self._raw = raw
        self._most = self._left = HEAD_BYTES
        self._until = monotonic() + (connection.gettimeout() or _USUAL_S)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there into *buffer*; return how much that was, or 0 at the end.

        Raises:
            TimeoutError: it came too slowly.
            TooLongError: it is too much.

        """
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("its answer came too slowly to its end")
        self._connection.settimeout(left)
        count: int = self._raw.readinto(buffer)
        self._left -= count
        if self._left < 0:
            raise too_long(self._most)
        self._until += count / _PER_S
        return count

    def allow(self, more: int) -> None:
        """Let *more* bytes come, beside what is left of a head's."""
        self._most = more
        self._left += more

    def close(self) -> None:
        """Let go of the connection."""
        self._raw.close()
        super().close()


class Long(HTTPResponse):
    """An answer that may hold a table; the connection's time-out is that of all of it."""

    most = LONG_BYTES

    def __init__(self, sock: socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        self._metered = _Metered(sock, self.fp.detach())
        self.fp = BufferedReader(self._metered)

    def begin(self) -> None:
        """Read the head; a server may say without an end that it is still to come (1xx)."""
        super().begin()
        self._metered.allow(self.most)

    def _safe_read(self, amt: int) -> bytes:
        # Both http.client and urllib3 ask here for all that a header, or a chunk, promises.
        if amt > self.most:
            raise too_long(self.most)
        read: bytes = super()._safe_read(amt)  # type: ignore[misc]
        return read


class Document(Long):
    """An answer that may hold a board of a Grafana."""

    most = DOCUMENT_BYTES


class Brief(Long):
    """An answer that is a status and a few words."""

    most = BRIEF_BYTES


def too_long(most: int) -> TooLongError:
    """Return the error of an answer of more than *most* bytes."""
    return TooLongError(f"its answer is longer than {most // 1024:,} KiB")
