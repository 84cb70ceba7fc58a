"""What the network brings in: bounded, whoever sends it, and never waited for twice."""

import contextlib
import ctypes
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import zmq
from zmq.utils.monitor import recv_monitor_message

from swarmscope.errors import ConfigurationError
from swarmscope.logs.lines import MAX_MESSAGE

_HIGH_WATER = 64
"""Messages of one connection that wait here; more wait at their sender."""
_REFUSE_ABOVE = 4 * MAX_MESSAGE
"""Bytes of a message at which ZeroMQ ends the connection without reading it."""
_BACKLOG = 256
_RECEIVE_BUFFER = 256 * 2**10
"""Bytes in the kernel for one connection: lost, with what waits here, when we are killed."""
_HEARTBEAT_MS = 5_000
_HANDSHAKE_MS = 5_000
"""How long a connection may say nothing, or nothing of use: it takes a descriptor meanwhile."""
_AT_ONCE = 500
"""Messages that are taken before the file is written."""
_DESCRIPTORS = 65_536
_EVENTS = zmq.EVENT_ACCEPTED | zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED


class Intake:
    """A PULL socket at *address*; with *secret_key* only who knows the public one gets in.

    Raises:
        ConfigurationError: it can't listen there.

    """

    def __init__(self, address: str, secret_key: bytes | None) -> None:
        self._address = address
        self._secret_key = secret_key
        self.refused = 0
        """Connections that spoke something else, or had no key."""
        self._open()

    def _open(self) -> None:
        self._context = zmq.Context()
        self._strangers: list[int] = []
        self._socket = self._context.socket(zmq.PULL)
        self._socket.set(zmq.RCVHWM, _HIGH_WATER)
        self._socket.set(zmq.RCVBUF, _RECEIVE_BUFFER)
        self._socket.set(zmq.MAXMSGSIZE, _REFUSE_ABOVE)
        self._socket.set(zmq.BACKLOG, _BACKLOG)
        self._socket.set(zmq.LINGER, 0)
        self._socket.set(zmq.HEARTBEAT_IVL, _HEARTBEAT_MS)
        self._socket.set(zmq.HANDSHAKE_IVL, _HANDSHAKE_MS)
        if "[" in self._address:
            self._socket.set(zmq.IPV6, 1)
        if self._secret_key:
            self._socket.set(zmq.CURVE_SERVER, 1)
            self._socket.set(zmq.CURVE_SECRETKEY, self._secret_key)
        self._monitor = self._socket.get_monitor_socket(_EVENTS)
        try:
            self._socket.bind(self._address)
        except zmq.ZMQError as error:
            self.close()
            raise ConfigurationError(
                f"The collector can't listen on {self._address} ({os.strerror(error.errno or 0)}).",
                data="Nothing is collected.",
                remedy="End what listens there, or name another address with --bind.",
            ) from error
        self.address = self._socket.get_string(zmq.LAST_ENDPOINT).rstrip("\0")
        self._poller = zmq.Poller()
        self._poller.register(self._socket, zmq.POLLIN)
        self._poller.register(self._monitor, zmq.POLLIN)

    def receive(self, timeout_ms: int) -> Iterator[list[bytes]]:
        """Yield what comes in *timeout_ms*, or is there already; each message as its frames."""
        self._poller.poll(timeout_ms)
        with contextlib.suppress(zmq.Again):
            while True:
                event = recv_monitor_message(self._monitor, zmq.NOBLOCK)
                self._watch(event["event"], event["value"])
        with contextlib.suppress(zmq.Again):
            for _ in range(_AT_ONCE):
                yield self._socket.recv_multipart(zmq.NOBLOCK)

    def _watch(self, event: int, connection: int) -> None:
        if event == zmq.EVENT_ACCEPTED:
            self._strangers.append(connection)
        elif event == zmq.EVENT_HANDSHAKE_SUCCEEDED and self._strangers:
            # ZeroMQ doesn't say whose: the number is right, whichever is taken.
            self._strangers.pop(0)
        elif connection in self._strangers:
            self._strangers.remove(connection)
            self.refused += 1

    def reopen(self) -> None:
        """Drop every connection, with what waits of it; who wants to send connects again."""
        # With its context: only that waits until the port is free again.
        self.close()
        with contextlib.suppress(AttributeError):  # not every C library has it
            ctypes.CDLL(None).malloc_trim(0)
        self._address = self.address  # the same port, if a free one was asked for
        self._open()

    def close(self) -> None:
        """Take no more."""
        self._socket.disable_monitor()
        self._monitor.close(0)
        self._socket.close(0)
        self._context.term()


def resident_bytes() -> int:
    """Return the memory that this process has now; 0 where the system doesn't tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * 4096


def want_descriptors() -> None:
    """Let this process have as many files and connections open as it can get."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def descriptors_used() -> float:
    """Return which share of those is in use; 0 where the system doesn't tell."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        used = sum(1 for _ in Path("/proc/self/fd").iterdir())
    except OSError:
        return 0.0
    return 0.0 if most == resource.RLIM_INFINITY else used / most
