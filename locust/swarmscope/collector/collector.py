"""The collector itself: from the network into the file and, as points, to the store."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from swarmscope import line_protocol, schema
from swarmscope.collector.intake import (
    Intake,
    descriptors_used,
    resident_bytes,
    want_descriptors,
)
from swarmscope.collector.message_reader import MessageReader
from swarmscope.collector.point_sender import PointSender
from swarmscope.logs.lines import record_line
from swarmscope.logs.rotating import RotatingFile
from swarmscope.seldom import Seldom
from swarmscope.settings import Settings
from swarmscope.signals import on_stop
from swarmscope.words import count_of, were

log = logging.getLogger(__name__)

_TURN_MS = 100
_LAST_S = 2.0
"""How long the end waits for what is on its way."""
_STORE_S = 5.0
_MEMORY = 192 * 2**20
"""Bytes beyond those at the start at which connections are dropped: somebody floods us."""
_MOST_DESCRIPTORS = 0.75
"""The share of this process's that connections may take, with the few of its own."""


@dataclass(frozen=True)
class Options:
    """What to collect, and where to."""

    address: str
    file: Path
    secret_key: bytes | None = None
    to_store: bool = True


class Allowance:
    """How much memory the collector may have before it drops all connections."""

    def __init__(self, at_start: int) -> None:
        self.bytes = at_start + _MEMORY
        self._most = self.bytes + _MEMORY

    def keep(self, left: int) -> None:
        """Allow what is *left* after that, and room beside it, up to a point.

        The allocator doesn't give all back and uses it again: it is no growth.
        """
        self.bytes = max(self.bytes, min(left + _MEMORY // 4, self._most))


class Collector:
    """Takes messages until it is told to stop."""

    def __init__(self, options: Options, settings: Settings) -> None:
        want_descriptors()
        self._intake = Intake(options.address, options.secret_key)
        self._settings = settings
        self._reader = MessageReader()
        self._sender = PointSender(settings) if options.to_store else None
        self._file = RotatingFile(
            options.file,
            max_bytes=settings.log_max_bytes,
            every=settings.log_rotate,
            keep=settings.log_keep,
        )
        self._unwritten = 0
        self._floods = 0
        self._allowance = Allowance(resident_bytes())
        self._said: tuple[int, ...] = self._troubles()
        self._report = Seldom()
        self._stopping = False
        self.address = self._intake.address

    def stop(self) -> None:
        """End soon."""
        self._stopping = True

    def run(self) -> None:
        """Collect until `stop`, and flush."""
        while not self._stopping:
            self._turn(_TURN_MS)
        self._finish()

    def _turn(self, timeout_ms: int) -> int:
        lines: list[bytes] = []
        missing = 0
        for frames in self._intake.receive(timeout_ms):
            found = self._reader.read(frames)
            lines += found.lines
            missing += found.missing
            if self._sender and found.points:
                self._sender.add(found.points)
        self._write(lines)
        if missing:
            self._tell(
                f"{count_of(missing, 'line')} {were(missing)} lost on the way to the collector."
            )
        self._guard()
        self._say()
        return len(lines)

    def _write(self, lines: list[bytes]) -> None:
        if not lines:
            return
        try:
            self._file.write(b"\n".join(lines) + b"\n")
        except OSError as error:
            if not self._unwritten:
                log.warning(
                    "%s can't be written (%s): lines are lost until it can. Free disk space, or "
                    "name another file in ZMQ_SINK_LOG_FILE.",
                    self._file.path,
                    error.strerror,
                )
            self._unwritten += len(lines)
            self._file.close()

    def _tell(self, message: str) -> None:
        """Say *message* here, in the file and to the store."""
        log.warning("%s", message)
        now = time.time_ns()
        line = record_line(
            now, "warning", __name__, message, host=self._settings.host, run="", worker=""
        )
        self._write([line.encode()])
        if self._sender:
            tags = {"level": "warning", "source": __name__}
            series = line_protocol.series(schema.LOCUST_LOG.name, tags)
            self._sender.add([line_protocol.line(series, {"message": message}, now)])

    def _guard(self) -> None:
        """Drop all connections when memory runs away: one can send a message that never ends.

        Or when they leave no room for others, and for the file: anybody can connect and be silent.
        """
        if resident_bytes() > self._allowance.bytes:
            self._drop_all("what waited of them took too much memory")
            self._allowance.keep(resident_bytes())
        elif descriptors_used() > _MOST_DESCRIPTORS:
            self._drop_all("there were too many for one process")

    def _drop_all(self, why: str) -> None:
        self._floods += 1
        self._intake.reopen()
        self._tell(f"All connections were dropped: {why}. Workers connect again by themselves.")

    def _troubles(self) -> tuple[int, ...]:
        dropped = (self._sender.dropped, self._sender.rejected) if self._sender else (0, 0)
        counts = self._reader.counts
        return (counts.malformed, self._intake.refused, self._unwritten, *dropped)

    def _say(self) -> None:
        troubles = self._troubles()
        if troubles != self._said and self._report.due():
            self._said = troubles
            self._tell(f"So far: {self.summary()}.")

    def summary(self) -> str:
        """Return what was collected, and what was wrong."""
        counts = self._reader.counts
        malformed, refused, unwritten, dropped, rejected = self._troubles()
        parts = [count_of(counts.records, "log record"), count_of(counts.requests, "request")]
        parts += [
            f"{count_of(number, noun)} {what}"
            for number, noun, what in (
                (counts.missing, "line", "lost on the way"),
                (malformed, "malformed piece", "dropped"),
                (refused, "connection", "refused"),
                (unwritten, "line", "not written to the file"),
                (dropped, "record", "not sent to the store"),
                (rejected, "record", "refused by the store"),
                (self._floods, "time", "all connections dropped"),
            )
            if number
        ]
        return ", ".join(parts)

    def _finish(self) -> None:
        deadline = time.monotonic() + _LAST_S
        while self._turn(_TURN_MS) and time.monotonic() < deadline:
            pass
        self._intake.close()
        left = self._sender.close(_STORE_S) if self._sender else 0
        self._file.close()
        log.info("Collected %s.", self.summary())
        if left:
            log.warning("%s log records didn't reach the store; the file has them.", f"{left:,}")


def collect(options: Options, settings: Settings, tell: Callable[[str], None]) -> None:
    """Collect until SIGTERM or SIGINT; *tell* gets the address.

    Raises:
        ConfigurationError: the address can't be used.

    """
    collector = Collector(options, settings)
    on_stop(collector.stop)
    tell(collector.address)
    collector.run()
