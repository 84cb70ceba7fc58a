"""What one client may cost: time, connections, memory. A slow or greedy one must not starve others.

uvicorn waits for ever for a request's head and for a reader of an answer; the store runs beside a
load generator, whose machine it must leave alone.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import h11
from starlette.exceptions import HTTPException
from uvicorn.protocols.http.h11_impl import H11Protocol

from swarmscope.embedded.interruptible import QUESTION_S
from swarmscope.server.access import LET_IN
from swarmscope.server.connections import ConnectionLimit
from swarmscope.server.envelope import SEAL

WRITERS = 2
"""Bodies that are read and stored at once: each takes several times its length meanwhile."""
READERS = 4
"""Questions that are answered at once."""


@dataclass(frozen=True)
class Patience:
    """The limits; times in s."""

    head: float = 15.0
    """How long a connection may take for a request's head, and lie idle before its first."""
    chunk: float = 15.0
    """How long a body may pause."""
    body: float = 60.0
    """How long a body may take in all."""
    answer: float = 120.0
    """How long a client may take to read an answer."""
    question: float = QUESTION_S
    """How long the store may look for an answer, and wait for its turn before."""
    connections: int = 256
    bodies: int = 128 * 2**20
    """Bytes of all bodies that are being received or waiting to be stored."""
    answers: int = 256 * 2**20
    """Bytes of all answers that were found and aren't sent."""


def protocol(patience: Patience) -> type[H11Protocol]:
    """Return the protocol for uvicorn: it makes one for each connection by itself."""
    its = {"patience": patience, "connection_limit": ConnectionLimit(patience.connections)}
    return type("LimitedProtocol", (PatientProtocol,), its)


class PatientProtocol(H11Protocol):
    """HTTP on one connection, which is closed when its client takes too long or there are many."""

    patience = Patience()
    connection_limit = ConnectionLimit(Patience.connections)
    _timer: asyncio.TimerHandle | None = None
    _idle_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the client in; where there are too many, one of them goes."""
        super().connection_made(transport)
        if self.client is None:  # gone before it could be let in
            transport.abort()
            return
        self._idle_since = self.loop.time()
        self._wait_for_head()
        # All of them are of this class.
        self.connection_limit.bring(self, self.connections, self.loop)  # type: ignore[arg-type]

    def on_response_complete(self) -> None:
        """Wait for the next request, from now on."""
        if self.let_in:  # by what anybody may ask for nobody grows younger
            self._idle_since = self.loop.time()
        super().on_response_complete()

    @property
    def address(self) -> str:
        """Where the client is."""
        return self.client[0] if self.client else ""

    @property
    def let_in(self) -> bool:
        """Whether the request that it sent last was let in: not with the head of a next one yet."""
        return self.cycle is not None and LET_IN in self.cycle.scope

    @property
    def idle_since(self) -> float | None:
        """When who was let in was last answered, None meanwhile; of all others, when they came.

        Anybody may ask for what is open to all, or for a refusal, and leave the answer unread.
        """
        if not self.let_in:
            return self._idle_since
        # It may still be reading: an answer's end lies here until there is room at its side.
        unread = self.transport.get_write_buffer_size() or not self.cycle.response_complete
        return None if unread else self._idle_since

    def data_received(self, data: bytes) -> None:
        """Take in what arrived; the clock runs while a head isn't whole."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._timer is None and self.timeout_keep_alive_task is None:
            self._wait_for_head()

    def send_400_response(self, msg: str) -> None:
        """Refuse what isn't HTTP, as inert as any other answer."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()  # in the middle of an answer there is no other
            return
        plain = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
        head = h11.Response(status_code=400, headers=[*plain, *SEAL.items()])
        for event in (head, h11.Data(data=msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
        if self.cycle is not None and not self.cycle.response_complete:
            # A body that is none: whoever reads it has nobody to answer any more.
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _should_upgrade(self) -> bool:
        # To nothing; uvicorn would say so twice in the log.
        return False

    def pause_writing(self) -> None:
        """Wait until the client has read some of its answer, but not for ever."""
        super().pause_writing()
        self._stop_waiting()
        self._timer = self.loop.call_later(self.patience.answer, self._give_up)

    def resume_writing(self) -> None:
        """Go on with the answer."""
        self._stop_waiting()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._timer = self.loop.call_later(self.patience.head, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        self.transport.abort()


class Room:
    """Memory for *what*, which all requests share; taken from any thread."""

    def __init__(self, size: int, what: str) -> None:
        self._left = size
        self._what = what
        self._lock = threading.Lock()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator["Share"]:
        """Give a request its share, and take it back when the body is stored."""
        share = Share(self)
        try:
            yield share
        finally:
            share.give(share.held)

    def take(self, size: int) -> None:
        """Take *size* bytes, or give them back where that is negative.

        Raises:
            HTTPException: they aren't there now (503): clients come again.

        """
        with self._lock:
            if size <= self._left:
                self._left -= size
                return
        raise HTTPException(
            503, f"the server is busy with other {self._what}; try again", {"Retry-After": "1"}
        )


class Share:
    """What one request takes of the room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.held = 0

    def take(self, size: int) -> None:
        """Take *size* bytes more."""
        self._room.take(size)
        self.held += size

    def give(self, size: int) -> None:
        """Give back up to *size* bytes."""
        size = min(size, self.held)
        self._room.take(-size)
        self.held -= size
