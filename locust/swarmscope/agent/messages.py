"""Bounds what Locust's master reads of one message.

ZeroMQ reads messages of any size, whole, before Locust sees them: who reaches the master's port,
registered or not, ends it with one that is larger than its memory.
"""

import functools
import logging
from typing import Any

import zmq
from locust.rpc import Message
from locust.rpc.zmqrpc import BaseSocket

from swarmscope.seldom import Seldom

log = logging.getLogger(__name__)

MOST = 8 * 2**20
"""Bytes of a message. A worker's report of 500 endpoints with names of 200 signs and 2,000 failures
with texts of 500 has a quarter of it; read, so many bytes can be 600 MB of empty dicts."""
_WAITING = 16
"""Messages of one connection that wait in the master; more wait in the worker."""
_BOUNDED = "_swarmscope_bounded"


def bound_messages() -> None:
    """Bound what every master that begins in this process from now on reads.

    Before there is one: ZeroMQ takes the bound at bind, and one that bound anew would lose workers.
    Workers say of a message of theirs that it is larger. Calling it again changes nothing.
    """
    if not hasattr(BaseSocket, _BOUNDED):
        setattr(BaseSocket, _BOUNDED, True)
        BaseSocket.__init__ = _bounding(BaseSocket.__init__)  # type: ignore[method-assign]
        BaseSocket.send = _telling(BaseSocket.send)  # type: ignore[method-assign]


def _bounding(begin: Any) -> Any:
    @functools.wraps(begin)
    def begin_bounded(self: BaseSocket, sock_type: int, *arguments: Any) -> None:
        begin(self, sock_type, *arguments)
        if sock_type == zmq.ROUTER:
            self.socket.set(zmq.MAXMSGSIZE, MOST)
            self.socket.set(zmq.RCVHWM, _WAITING)

    return begin_bounded


class _Packed:
    """A message as it is sent: Locust packs it as it sends, again for each try."""

    def __init__(self, message: Message) -> None:
        self._bytes: bytes = message.serialize()

    def __len__(self) -> int:
        return len(self._bytes)

    def serialize(self) -> bytes:
        """Return it as it was packed."""
        return self._bytes


def _telling(send: Any) -> Any:
    error = Seldom()

    @functools.wraps(send)
    def send_telling(self: BaseSocket, message: Message) -> None:
        packed = _Packed(message)
        size = len(packed)
        if size > MOST and error.due():
            log.error(
                "Locust's message %r to its master has %.1f MiB, and a master with swarmscope "
                "reads %.0f MiB at most: it is lost, and with it what it counted for Locust's own "
                "page and statistics. What swarmscope records is not. Mostly it is the texts of "
                "failures that differ: fail with short, fixed ones.",
                message.type,
                size / 2**20,
                MOST / 2**20,
            )
        send(self, packed)

    return send_telling
