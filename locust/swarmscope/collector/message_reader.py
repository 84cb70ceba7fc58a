"""Messages apart into lines and points, and what was wrong with them, counted."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from swarmscope import schema
from swarmscope.line_protocol import MAX_STRING, line, series
from swarmscope.logs.lines import Message, parse_iso, read_line, shown
from swarmscope.recording.cardinality import Budget, Limit
from swarmscope.settings.values import RESERVED_TAGS

_SENDERS = 10_000
"""Senders whose numbers are remembered; there are as many as processes."""
_LEVEL = re.compile(r"[a-z0-9_. -]{1,20}")
_LONGEST = schema.MAX_TAG_LENGTH
_TIMES = range(1, 2**63)
SOURCES = Limit(
    schema.MAX_SOURCES, "loggers", "Name loggers after modules; what differs belongs into messages."
)
SERIES = Limit(
    20_000,
    "series of log records",
    "See who sends to the collector, delete old runs, and start it anew; its file has each record.",
)
"""Of one collector: all that tells points apart, together. A tenth of what an embedded store takes,
which takes no new run when it is full."""
LEVELS = Limit(20, "levels of log records", "Use the levels of Python's logging.")


@dataclass
class Counts:
    """What came in."""

    records: int = 0
    requests: int = 0
    malformed: int = 0
    """Messages, or lines of one, that nobody here can read: they are dropped."""
    missing: int = 0
    """Lines that their sender sent, and that never came."""


@dataclass
class Contents:
    """What one message held."""

    lines: list[bytes] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    missing: int = 0
    """Lines of the same sender that should have come before."""


class MessageReader:
    """Reads messages; everything in them may be wrong, or meant ill."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._next: OrderedDict[str, int] = OrderedDict()
        self._sources, self._levels, self._series = (
            Budget(SOURCES),
            Budget(LEVELS),
            Budget(SERIES),
        )

    def read(self, frames: list[bytes]) -> Contents:
        """Return what the message of *frames* held. Never raises."""
        found = Contents()
        try:
            (frame,) = frames
            message = Message.decode(frame)
        except ValueError:
            self.counts.malformed += 1
            return found
        found.missing = self._missed(message)
        self.counts.missing += found.missing
        tags = {k: v for k, v in message.tags.items() if k not in RESERVED_TAGS}
        for raw in message.lines:
            try:
                record = read_line(raw)
                point = None if "request_type" in record else self._point(record, tags)
            except (ValueError, OverflowError):
                self.counts.malformed += 1
                continue
            found.lines.append(shown(raw))
            if point:
                self.counts.records += 1
                found.points.append(point)
            else:
                self.counts.requests += 1
        return found

    def _missed(self, message: Message) -> int:
        # One that sent before this collector started is met in the middle: nothing is known of it.
        expected = self._next.pop(message.sender, message.first)
        self._next[message.sender] = message.first + len(message.lines)
        if len(self._next) > _SENDERS:
            self._next.popitem(last=False)
        return max(0, message.first - expected)

    def _point(self, record: Mapping[str, Any], tags: Mapping[str, str]) -> str:
        """Return a log record as a point.

        Raises:
            ValueError: it has no time, or no message.

        """
        time_ns = parse_iso(record["time"])
        message = record.get("message")
        run, worker, source = (record.get(key, "") for key in ("run", "worker", "logger"))
        if time_ns not in _TIMES or not isinstance(message, str):
            raise ValueError("it has no usable time or message")
        if not all(isinstance(text, str) for text in (run, worker, source)):
            raise ValueError("it doesn't say who wrote it")
        level = record["level"]
        if not _LEVEL.fullmatch(level):
            raise ValueError("it has no usable level")
        point_tags = self._told_apart(run, worker, level, source, tags)
        # A field can't be empty of everything: a record without a text still happened.
        text = message[:MAX_STRING]
        return line(series(schema.LOCUST_LOG.name, point_tags), {"message": text}, time_ns)

    def _told_apart(
        self, run: str, worker: str, level: str, source: str, tags: Mapping[str, str]
    ) -> dict[str, str]:
        """Return the tags of a point: one of so many series, or of a few where all others are."""
        level = self._levels.fold(level)
        # Longer ones aren't remembered: nobody's are.
        source = self._sources.fold(source) if len(source) <= _LONGEST else schema.FOLDED
        known = len(run) <= _LONGEST and len(worker) <= _LONGEST
        key = (run, worker, level, source, *sorted(tags.items()))
        if not known or not self._series.admits(key, known_as=_digest(key)):
            run = worker = source = schema.FOLDED
            tags = {}
        return {**tags, "run": run, "worker": worker, "level": level, "source": source}


def _digest(key: tuple[object, ...]) -> bytes:
    """Return what *key* is known as: thousands of them, with all of their texts, fill a memory."""
    return blake2b(repr(key).encode(), digest_size=16).digest()
