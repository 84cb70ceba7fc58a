"""A part of a run: what is left of it without its ramp-up, or between two moments.

A run is recorded in whole windows. A part holds those that lie in it from end to end: of a second
that it cuts nobody knows which requests belong to it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.settings.values import duration
from swarmscope.store.backend import usable_resolution

_FORMS = (
    "Give it as a time after the run's start, like 30s, 2m or 1.5h, or as a moment, like "
    "2026-05-28T20:27:03Z or seconds since 1970."
)
_LENGTHS = "Give it as a length, like 30s, 2m or 1.5h."
_HINTS = (
    (r"-.*", "Times count from the run's start, not back from its end."),
    (r"\d{1,2}:\d{2}(:\d{2})?", "A time of day needs its date."),
    (r"\d{13,}", "That looks like milliseconds: seconds since 1970 are meant."),
    (r"(\d+(\.\d+)?\s*[a-z]+\s*){2,}", "One number and one unit are meant: 90s, not 1m30s."),
    (r"\d+(\.\d+)?\s*[a-z]+", "Units are ms, s, m and h, right behind the number."),
    (r"\d{4}-.*|\d{9,12}", "That is a moment, which --from takes."),
)
"""What people write, and what they should know of it; the first that fits."""
_EPOCH_DIGITS = 9
"""From so many digits on, a number is seconds since 1970: thirty years into a run nobody looks."""
_LONGEST_S = 10**9
_LAST_MS = 10**14


@dataclass(frozen=True)
class Part:
    """From *start* until *stop* of a run that began at *began* and *ended*; ms since 1970."""

    start: int
    stop: int
    began: int
    ended: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return max(0, self.stop - self.start) / 1_000

    def line(self) -> str:
        """Say in one line which part it is."""
        first, last = (datetime.fromtimestamp(ms / 1_000) for ms in (self.start, self.stop))
        return (
            f"{_offset(self.start - self.began)} to {_offset(self.stop - self.began)} after the "
            f"start ({first:%H:%M:%S} to {last:%H:%M:%S}); the rest of "
            f"{_offset(self.ended - self.began)} is left out"
        )

    def overlaps(self, time: int, window: int) -> bool:
        """Whether the window of *window* s that begins at *time* lies in it, at least partly."""
        return time < self.stop and time + window * 1_000 > self.start

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it: ms since 1970."""
        return {"from": self.start, "to": self.stop, "seconds": self.seconds, "line": self.line()}


@dataclass(frozen=True)
class _Moment:
    option: str
    said: str
    ms: int
    after_start: bool

    def of(self, began: int) -> int:
        return began + self.ms if self.after_start else self.ms

    def line(self) -> str:
        """Say what it is taken as."""
        if self.after_start:
            return f"{self.option} {self.said} after its start"
        at = datetime.fromtimestamp(self.ms / 1_000).astimezone()
        return f"{self.option} {at:%Y-%m-%d %H:%M:%S %Z}".rstrip()


@dataclass(frozen=True)
class Wanted:
    """Which part of each run is wanted."""

    since: _Moment | None = None
    until: _Moment | None = None

    @classmethod
    def of(cls, since: str = "", until: str = "", warm_up: str = "") -> "Wanted":
        """Read the options ``--from``, ``--to`` and ``--warm-up``, each of which may be empty.

        Raises:
            ConfigurationError: one can't be used, or they contradict each other.

        """
        if since and warm_up:
            raise ConfigurationError(
                "--from and --warm-up both say where to begin.",
                remedy="Give one: --warm-up 30s is the same as --from 30s.",
            )
        begin = _moment("--warm-up", warm_up, offset_only=True) or _moment("--from", since)
        end = _moment("--to", until)
        if begin and end and begin.after_start == end.after_start and begin.ms >= end.ms:
            raise ConfigurationError(
                f"{begin.option} {begin.said} does not lie before --to {end.said}.",
                remedy="Let the part begin before it ends.",
            )
        return cls(begin, end)

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def line(self) -> str:
        """Say in one line what of each run is wanted."""
        said = (one.line() for one in (self.since, self.until) if one)
        return f"Only a part of each run: {' '.join(said)}"

    def part_of(self, row: Mapping[str, Any], ended: int) -> Part:
        """Return that part of the run with this *row* of the query `runs`, and its end *ended*."""
        began, step = row["start"] or 0, usable_resolution(row["resolution"]) * 1_000
        start = self.since.of(began) if self.since else began // step * step
        stop = self.until.of(began) if self.until else ended
        return Part(
            max(-(-start // step) * step, began // step * step),
            min(stop // step * step if self.until else stop, ended),
            began,
            ended,
        )


def empty(run: str, part: Part) -> NoDataError:
    """Return the error that says that *part* of *run* has nothing in it, and why."""
    first = datetime.fromtimestamp(part.began / 1_000).astimezone()
    return NoDataError(
        f"{_why_empty(run, part)}.",
        data="The run itself is in the store.",
        remedy=f"Lengths count from the run's start: --from 30s leaves out its first half minute, "
        f"and so does --from {first + timedelta(seconds=30):%Y-%m-%dT%H:%M:%S%z}. Without --from, "
        "--to and --warm-up you get all of it.",
    )


def _why_empty(run: str, part: Part) -> str:
    lasted = _offset(part.ended - part.began)
    if part.start >= part.ended:
        return (
            f"The run {run} lasted {lasted}, and the part that was asked for begins "
            f"{_clock(part.start, part)}"
        )
    if part.stop <= part.began:
        return (
            f"Nothing of the run {run} lies in the part that was asked for, which ends "
            f"{_clock(part.stop, part)}"
        )
    if part.start >= part.stop:
        return (
            f"No whole window of the run {run} lies in the part that was asked for, which begins "
            f"{_clock(part.start, part)} and ends {_clock(part.stop, part)}"
        )
    return f"No request of the run {run} lies in the part that was asked for: {part.line()}"


def _clock(ms: int, part: Part) -> str:
    """Return the moment *ms* by the run's own time and by this machine's."""
    at = datetime.fromtimestamp(ms / 1_000).astimezone()
    side = "before" if ms < part.began else "after"
    return f"{_offset(abs(ms - part.began))} {side} its start ({at:%Y-%m-%d %H:%M:%S})"


def users_in(events: Iterable[Mapping[str, Any]], part: Part) -> int:
    """Return the most users that were wanted in *part*, by the run's *events*."""
    wanted = [(e["time"], e["user_count"]) for e in events if e["user_count"] is not None]
    before = [users for time, users in wanted if time <= part.start]
    within = [users for time, users in wanted if part.start < time < part.stop]
    return max((*before[-1:], *within), default=0)


def _moment(option: str, text: str, *, offset_only: bool = False) -> _Moment | None:
    text = text.strip()
    if not text:
        return None
    offset = _seconds(text)
    if offset is not None:
        return _Moment(option, text, round(offset * 1_000), after_start=True)
    since_1970 = None if offset_only else _since_1970(text)
    if since_1970 is None:
        raise ConfigurationError(
            f"{option} is {text!r}, which can't be used.",
            data="Nothing was read.",
            remedy=_hint(text) + (_LENGTHS if offset_only else _FORMS),
        )
    return _Moment(option, text, since_1970, after_start=False)


def _hint(text: str) -> str:
    fits = (hint for pattern, hint in _HINTS if re.fullmatch(pattern, text, re.IGNORECASE))
    return next((f"{hint} " for hint in fits), "")


def _seconds(text: str) -> float | None:
    """Return the seconds of an offset, or None where *text* is none."""
    if text.isdecimal() and len(text) >= _EPOCH_DIGITS:
        return None
    try:
        seconds = duration(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= _LONGEST_S else None


def _since_1970(text: str) -> int | None:
    try:
        if text.isdecimal():
            ms = int(text) * 1_000
        else:
            ms = int(datetime.fromisoformat(text).astimezone().timestamp() * 1_000)
    except (ValueError, OverflowError, OSError):
        return None
    return ms if ms <= _LAST_MS else None


def _offset(ms: int) -> str:
    sign = "-" if ms < 0 else ""
    return sign + str(timedelta(seconds=round(abs(ms) / 1_000)))
