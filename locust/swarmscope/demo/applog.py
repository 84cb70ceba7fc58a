"""The shop's log: one JSON object a line, as a log collector reads it (``app_log``)."""

import json
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from swarmscope.own_files import open_own

SERVICE = "shop"
SLOW_MS = 500.0
MAX_BYTES = 20 * 2**20

Write = Callable[[str, str, int, float], None]
WriteLine = Callable[[Mapping[str, object]], None]


class _OwnFile(RotatingFileHandler):
    """One that isn't written through links, nor into a file of somebody else's."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # The umask says who may read it: what ships logs is another user.
        file = open_own(self.baseFilename, flags, 0o666)
        return TextIOWrapper(os.fdopen(file, "ab"), encoding=self.encoding)


@contextmanager
def lines(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[WriteLine]:
    """Open *path* for appending, and give a function that writes one JSON object a line.

    At *max_bytes* it begins anew; one older file is kept as ``.1``, so that a shop that runs for
    weeks fills no disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"service": SERVICE, "host": socket.gethostname()}
    file = _OwnFile(path, maxBytes=max_bytes, backupCount=1, encoding="utf-8")

    def write(what: Mapping[str, object]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, **about, **what})
        file.emit(logging.makeLogRecord({"msg": line}))

    try:
        yield write
    finally:
        file.close()


@contextmanager
def writer(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[Write]:
    """Open the shop's log, and give a function that writes one line of it."""
    with lines(path, max_bytes) as write_line:

        def write(level: str, message: str, status: int, duration_ms: float) -> None:
            answered = {"status": status, "duration_ms": round(duration_ms, 1)}
            write_line({"level": level, "message": message, **answered})

        yield write


def level(status: int, duration_ms: float) -> str:
    """Return how loud an answer is logged: an operator looks at errors first."""
    if status >= 500:
        return "error"
    return "warning" if status >= 400 or duration_ms > SLOW_MS else "info"


class Logged:
    """Middleware: a line for each answer."""

    def __init__(self, app: ASGIApp, write: Callable[[], Write]) -> None:
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500  # what the server answers when the app raises before it has answered

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            duration_ms = (time.perf_counter() - started) * 1000
            text = f"{scope['method']} {scope['path']} {status}"
            self._write()(level(status, duration_ms), text, status, duration_ms)
