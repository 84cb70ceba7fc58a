"""One line of JSON for each log record and each request, and what a message between us holds.

A message to the collector is one frame: a line that says who sends it and how many lines it sent
before, and then the lines themselves.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from swarmscope import schema
from swarmscope.line_protocol import MAX_STRING, shorten
from swarmscope.recording.failures import text_of
from swarmscope.terminal import visible

VERSION = 1
NANOSECONDS = 1_000_000_000
MAX_MESSAGE = 256 * 2**10
"""Bytes of one message; the collector drops larger ones."""
BATCH = 64 * 2**10
"""Bytes of lines after which a message is full."""
_MAX_SENDER = 128
_DELETE = "\x7f"
"""The one control sign that JSON leaves as it is."""


def dumps(value: object) -> str:
    """Return *value* as compact JSON; what JSON has no form for comes as its text."""
    text = json.dumps(value, separators=(",", ":"), default=text_of, skipkeys=True)
    return visible(text) if _DELETE in text else text


def shown(line: bytes) -> bytes:
    r"""Return *line*, which `read_line` has read, so that a terminal obeys nothing in it.

    Somebody else may have written it. Between the parts of a JSON object a carriage return is a
    blank; what else a terminal obeys can only stand in its texts, where ``\u009b`` means the same.
    """
    if line.isascii() and b"\r" not in line and _DELETE.encode() not in line:
        return line
    return visible(line.decode().replace("\r", " ")).encode()


def stamp_of(second: int) -> str:
    """Return *second* since the epoch as ISO 8601 up to the point before its fractions."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.")


def iso(time_ns: int) -> str:
    """Return *time_ns* since the epoch as ISO 8601 in UTC, to the nanosecond."""
    return f"{stamp_of(time_ns // NANOSECONDS)}{time_ns % NANOSECONDS:09d}Z"


def parse_iso(text: str) -> int:
    """Return ns since the epoch for what `iso` made.

    Raises:
        ValueError: it made something else.

    """
    seconds, _, fraction = text.partition(".")
    if len(fraction) != 10 or not fraction.endswith("Z") or not fraction[:9].isascii():
        raise ValueError(f"{text!r} isn't a time to the nanosecond in UTC")
    whole = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return int(whole.timestamp()) * NANOSECONDS + int(fraction[:9])


def record_line(
    time_ns: int, level: str, logger: str, message: str, *, host: str, run: str, worker: str
) -> str:
    """Return a log record as a line."""
    return dumps(
        {
            "time": iso(time_ns),
            "level": level,
            "host": host,
            "run": run,
            "worker": worker,
            "logger": logger,
            "message": shorten(message, MAX_STRING),
        }
    )


@dataclass(frozen=True)
class Message:
    """Some lines of one sender."""

    sender: str
    """One process, told apart from all others."""
    first: int
    """How many lines this sender sent before: a gap shows that some were lost on the way."""
    tags: Mapping[str, str]
    """The user's own tags, for points."""
    lines: list[bytes]

    def encode(self) -> bytes:
        """Return this as one frame."""
        head = {"v": VERSION, "sender": self.sender, "first": self.first, "tags": self.tags}
        return b"\n".join((dumps(head).encode(), *self.lines))

    @classmethod
    def decode(cls, frame: bytes) -> "Message":
        """Read what `encode` made.

        Raises:
            ValueError: it made something else.

        """
        if len(frame) > MAX_MESSAGE:
            raise ValueError("it is larger than any that we send")
        first_line, _, rest = frame.partition(b"\n")
        head = _object(first_line)
        sender, first, tags = head.get("sender"), head.get("first"), head.get("tags")
        if head.get("v") != VERSION or not isinstance(sender, str) or len(sender) > _MAX_SENDER:
            raise ValueError("it isn't a message of this version")
        if isinstance(first, bool) or not isinstance(first, int) or not 0 <= first < 2**63:
            raise ValueError("it doesn't say how many lines came before")
        if not isinstance(tags, dict) or len(tags) > schema.MAX_TAGS:
            raise ValueError("its tags can't be read")
        if not all(isinstance(value, str) for value in tags.values()):
            raise ValueError("its tags can't be read")
        if any(len(text) > schema.MAX_TAG_LENGTH for text in (*tags, *tags.values())):
            raise ValueError("its tags are longer than any that we send")
        return cls(sender, first, tags, rest.split(b"\n") if rest else [])


def read_line(line: bytes) -> dict[str, Any]:
    """Return the record or request in *line*.

    Raises:
        ValueError: it is neither.

    """
    found = _object(line)
    if not isinstance(found.get("time"), str) or not isinstance(found.get("level"), str):
        raise ValueError("it has no time or level")  # noqa: TRY004 - as above
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} isn't JSON")


def _object(line: bytes) -> dict[str, Any]:
    try:
        # Decoded here: json would take UTF-16 as well, and the file is UTF-8.
        found = json.loads(line.decode(), parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("it isn't a JSON object")  # noqa: TRY004 - the line's fault, not a type's
    return found
