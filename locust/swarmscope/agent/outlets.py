"""Where a process's log records and single requests go, from within gevent: file, collector."""

import logging
import os
import secrets
import socket
from collections import deque
from pathlib import Path
from time import monotonic

import gevent
from gevent.event import Event
from gevent.threadpool import ThreadPool

from swarmscope.errors import ConfigurationError
from swarmscope.logs.curve import read_key
from swarmscope.logs.handler import RecordHandler
from swarmscope.logs.push import Push
from swarmscope.logs.rotating import RotatingFile
from swarmscope.logs.stream import Outlet, Stream
from swarmscope.logs.targets import is_stream
from swarmscope.settings import Settings

log = logging.getLogger(__name__)

_MAX_WAITING = 8 * 2**20
"""Bytes that may wait for a slow disk."""
_LAST_WRITE_S = 2.0
_LAST_PUSH_S = 1.0
_LINGER_MS = 1_000
_PAUSES_S = (0.05, 0.5)
"""Between two tries while the collector takes nothing: the first, and the longest."""


def open_stream(settings: Settings) -> Stream | None:
    """Return a stream to where *settings* want it, with a handler attached; None: to nowhere."""
    outlets: list[Outlet] = []
    if settings.log_file:
        file = FileOutlet(settings, settings.log_file)
        outlets.append(file)
        log.info("Log lines of this process are kept in %s.", file.path)
    if settings.log_sink:
        try:
            outlets.append(PushOutlet(settings))
        except ConfigurationError as error:
            log.error(  # noqa: TRY400 - its text says all
                "%s No log lines are sent to %s.", error, settings.log_sink
            )
    if not outlets:
        return None
    handler = RecordHandler()
    handler.attach()
    return Stream(settings.host, handler, outlets)


class FileOutlet:
    """Appends lines to a rotated file, in a native thread."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self.path = path if is_stream(path) else own_path(path)
        self._file = RotatingFile(
            self.path,
            max_bytes=settings.log_max_bytes,
            every=settings.log_rotate,
            keep=settings.log_keep,
        )
        self._disk = ThreadPool(1)
        self._queue: deque[tuple[bytes, int]] = deque()
        self._waiting = 0
        self._dropped = 0
        self._wake = Event()
        self._idle = Event()
        self._idle.set()
        self._greenlet = gevent.spawn(self._run)

    def offer(self, lines: bytes, count: int) -> None:
        """Queue *count* lines, unless the disk is too slow for them."""
        if self._waiting > _MAX_WAITING:
            self._lose(count, "the disk doesn't keep up")
            return
        self._queue.append((lines, count))
        self._waiting += len(lines)
        self._idle.clear()
        self._wake.set()

    def _lose(self, count: int, why: str) -> None:
        if not self._dropped:
            log.warning(
                "Log lines for %s are dropped (%s) until it can be written. The test runs on, and "
                "its measurements aren't touched. Check the disk, or LOCUST_LOG_FILE.",
                self.path,
                why,
            )
        self._dropped += count

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while self._queue:
                self._write_next()
            self._idle.set()

    def _write_next(self) -> None:
        lines, count = self._queue.popleft()
        self._waiting -= len(lines)
        try:
            self._disk.apply(self._file.write, (lines + b"\n",))
        except OSError as error:
            self._lose(count, error.strerror or str(error))
        else:
            if self._dropped:
                log.warning("%s log lines for %s were dropped.", f"{self._dropped:,}", self.path)
                self._dropped = 0

    def close(self) -> None:
        """Write what waits, for a short time, and end."""
        # Not only while something waits: the last of it may be on its way to the disk.
        self._idle.wait(timeout=_LAST_WRITE_S)
        self._greenlet.kill()


def own_path(path: Path) -> Path:
    """Return *path* with this process in its name: two workers must not rotate one file."""
    # Not SWARMSCOPE_HOST, which containers of one machine share, with their process ids.
    return path.with_name(f"{path.stem}-{socket.gethostname()}-{os.getpid()}{path.suffix}")


class PushOutlet:
    """Sends lines to the collector."""

    def __init__(self, settings: Settings) -> None:
        key = read_key(settings.log_sink_key) if settings.log_sink_key else None
        sender = f"{settings.host[:64]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._push = Push(settings.log_sink, sender, settings.tags, key)
        self._threads = ThreadPool(1)
        self._wake = Event()
        self._greenlet = gevent.spawn(self._run)

    def offer(self, lines: bytes, count: int) -> None:
        """Queue *count* lines."""
        self._push.offer(lines, count)
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            pause = _PAUSES_S[0]
            while not self._push.pump():
                gevent.sleep(pause)
                pause = min(pause * 2, _PAUSES_S[1])

    def close(self) -> None:
        """Send what waits, for a short time, and end."""
        self._greenlet.kill()
        deadline = monotonic() + _LAST_PUSH_S
        while not self._push.pump() and monotonic() < deadline:
            gevent.sleep(_PAUSES_S[0])
        # It waits for ZeroMQ's own thread: not in the event loop.
        self._threads.apply(self._push.close, (_LINGER_MS,))
