"""The way to the collector: a ZeroMQ socket that never blocks, behind a bounded queue."""

import logging
from collections import deque
from collections.abc import Mapping

from swarmscope.logs.lines import MAX_MESSAGE, Message

log = logging.getLogger(__name__)

MAX_WAITING = 8 * 2**20
"""Bytes of lines that may wait for the collector, beside what ZeroMQ holds."""
_HIGH_WATER = 16
"""Messages that ZeroMQ holds for a connection, of some 64 KiB at most: lost when it breaks."""
_RECONNECT_MS = 500
_HEARTBEAT_MS = 5_000
_SEND_BUFFER = 256 * 2**10
"""Bytes in the kernel: what is lost, at most, when the collector is killed."""


class Push:
    """Sends lines to *address* as they come; too many are dropped, the oldest first, and counted.

    *server_key* is the collector's public key, where it has one.
    """

    def __init__(
        self, address: str, sender: str, tags: Mapping[str, str], server_key: bytes | None
    ) -> None:
        import zmq  # noqa: PLC0415 - only who asks for a collector loads it

        self._address = address
        self._sender = sender
        self._tags = tags
        self._again: type[Exception] = zmq.Again
        self._no_wait = zmq.NOBLOCK
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.PUSH)
        self._socket.set(zmq.SNDHWM, _HIGH_WATER)
        self._socket.set(zmq.SNDBUF, _SEND_BUFFER)
        self._socket.set(zmq.LINGER, 0)
        self._socket.set(zmq.RECONNECT_IVL, _RECONNECT_MS)
        # Nothing is handed over without a connection: so what nobody took is known, and counted.
        self._socket.set(zmq.IMMEDIATE, 1)
        self._socket.set(zmq.HEARTBEAT_IVL, _HEARTBEAT_MS)
        if server_key:
            public, secret = zmq.curve_keypair()
            self._socket.set(zmq.CURVE_SERVERKEY, server_key)
            self._socket.set(zmq.CURVE_PUBLICKEY, public)
            self._socket.set(zmq.CURVE_SECRETKEY, secret)
        self._socket.connect(address)
        self._queue: deque[tuple[bytes, int]] = deque()
        self._waiting = 0
        self._sent = 0
        self._dropped = 0
        self._told = False

    def offer(self, lines: bytes, count: int) -> None:
        """Queue *count* lines; `pump` sends them."""
        self._queue.append((lines, count))
        self._waiting += len(lines)
        while self._waiting > MAX_WAITING:
            self._drop()

    def _drop(self) -> None:
        lines, count = self._queue.popleft()
        self._waiting -= len(lines)
        self._dropped += count
        if not self._told:
            self._told = True
            log.warning(
                "The collector at %s takes nothing: the oldest log lines for it are dropped here "
                "and counted. The test runs on, and its measurements aren't touched. Start "
                "`swarmscope collect`, or check SWARMSCOPE_LOG_SINK and the key.",
                self._address,
            )

    def pump(self) -> bool:
        """Hand to ZeroMQ what it takes now; return whether that is all."""
        while self._queue:
            lines, count = self._queue[0]
            frame = Message(self._sender, self._sent, self._tags, [lines]).encode()
            if len(frame) > MAX_MESSAGE:
                self._drop()
                continue
            try:
                self._socket.send(frame, self._no_wait)
            except self._again:
                return False
            self._queue.popleft()
            self._waiting -= len(lines)
            self._sent += count
            self._say_dropped()
        return True

    def _say_dropped(self) -> None:
        if self._dropped:
            dropped, self._dropped, self._told = self._dropped, 0, False
            log.warning(
                "%s log lines for the collector were dropped here: it took nothing for a while.",
                f"{dropped:,}",
            )

    def close(self, linger_ms: int) -> None:
        """Give ZeroMQ *linger_ms* to send what it holds. Blocks that long: use a thread."""
        left = sum(count for _, count in self._queue) + self._dropped
        if left:
            log.warning(
                "%s log lines never reached the collector at %s: it took none of them in time.",
                f"{left:,}",
                self._address,
            )
        self._socket.close(linger_ms)
        self._context.term()
