"""Every request by itself: what the request event leaves, and what is made of it a second later.

The event handler only appends to one flat list. Points and JSON lines are put together afterwards,
from parts that are remembered for each kind of request: a few hundred nanoseconds each.
"""

import logging
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from operator import lt
from random import random
from typing import Any

from swarmscope.line_protocol import kept
from swarmscope.logs.kinds import MAX_TEXT, TIME_FIELD, Kind, Kinds, exception_text
from swarmscope.logs.lines import NANOSECONDS, dumps, stamp_of
from swarmscope.recording.failures import text_of
from swarmscope.recording.tally import Key, milliseconds, size
from swarmscope.recording.window import OnRequest

log = logging.getLogger(__name__)

MAX_WAITING = 200_000
"""Requests that may wait to be encoded, for the time that the run has no name yet."""
_COLUMNS = 10
_SLICE = 256
"""Requests that are encoded between two looks at the clock."""
_LONGEST_MS = 1e12


@dataclass(frozen=True)
class Encoded:
    """Some requests, in the order of their times."""

    times: list[int]
    """ns since the epoch."""
    points: list[str]
    lines: list[str]
    """Empty where nobody wants them."""


class RawRequests:
    """The requests of one run on one worker, each by itself.

    A recorder tells `add` of each (`Recorder.handler`), and under what it counted it: both must
    fold the same endpoints, and a sample hears of few.
    *greenlet* returns the one in which the event is fired: Locust keeps the user as the first of
    its arguments (its `User.start` says so). *sample* is the share of the requests that is taken.
    """

    def __init__(self, *, sample: float, greenlet: Callable[[], Any]) -> None:
        self._sample = sample
        self._kinds = Kinds(sample=sample)
        self._waiting: list[Any] = []
        self._slices: deque[list[Any]] = deque()
        self._last = 0
        self.dropped = 0
        """Requests that came when too many waited, since the last `take_dropped`."""
        self.unwritten = 0
        """Requests that could not be written, since the last `take_unwritten`."""
        self.add = self._make_add(greenlet)

    def identify(self, tags: Mapping[str, str], host: str) -> None:
        """Take the tags of the run's points, and this machine's name."""
        self._kinds.identify(tags, host)

    def _make_add(self, greenlet: Callable[[], Any]) -> OnRequest:
        """Return what remembers a request: a closure, because attribute look-ups cost."""
        sample, limit = self._sample, MAX_WAITING * _COLUMNS
        waiting = self._waiting
        extend = waiting.extend

        def add(  # noqa: PLR0917 - names would cost
            at: float,
            key: Key,
            method: object,
            name: object,
            ms: Any,
            length: Any,
            exception: object,
            response: object,
            context: object,
            _start_time: object,
        ) -> None:
            """Remember one request."""
            if sample < 1 and random() >= sample:  # noqa: S311
                return
            if len(waiting) >= limit:
                self.dropped += 1
                return
            try:
                user = type(greenlet().args[0])
            except (AttributeError, IndexError, TypeError):  # one of a user's own making
                user = None
            # An exception holds on to its frames, and an answer to its body.
            try:
                error = exception_text(exception) if exception else None
                status = getattr(response, "status_code", None)
                more = context or None
            except Exception:  # noqa: BLE001 - a user's property may do anything
                error, more = _as_known(exception, context)
                status = None
            # In one flat list: of what is nested, Python's garbage collector would look at each.
            extend((at, key, method, name, ms, length, error, status, user, more))

        return add

    def take_dropped(self) -> int:
        """Return how many requests came when too many waited, and forget them."""
        dropped, self.dropped = self.dropped, 0
        return dropped

    def take_unwritten(self) -> int:
        """Return how many requests could not be written, and forget them."""
        unwritten, self.unwritten = self.unwritten, 0
        return unwritten

    def encode(self, offset: float, *, with_lines: bool = True) -> Iterator[Encoded]:
        """Yield what came so far, in slices, and forget it; `identify` comes before.

        *offset* makes wall time of the recorder's clock, s.
        """
        taken = self._waiting.copy()
        self._waiting.clear()
        step = _SLICE * _COLUMNS
        self._slices.extend(taken[i : i + step] for i in range(0, len(taken), step))
        anchor = round(offset * NANOSECONDS)
        # Whoever comes here meanwhile goes on with the same queue: the order stays.
        while self._slices:
            flat = self._slices.popleft()
            try:
                yield self._encode(flat, anchor, with_lines=with_lines)
            except Exception:
                # Those before and behind it are none the worse for it.
                log.exception("Some requests can't be written by themselves.")
                self.unwritten += len(flat) // _COLUMNS

    def _encode(self, flat: list[Any], anchor: int, *, with_lines: bool) -> Encoded:
        at, key, method, name, ms, lengths, *more, contexts = (
            flat[i::_COLUMNS] for i in range(_COLUMNS)
        )
        times = self._times(at, anchor)
        kinds = self._kinds.of(zip(key, method, name, *more, strict=True))
        numbers = _plain(ms, lengths, contexts)
        if numbers:
            return _plain_ones(times, kinds, *numbers, with_lines=with_lines)
        odd = zip(kinds, ms, lengths, contexts, strict=True)
        return _odd_ones(times, odd, with_lines=with_lines)

    def _times(self, at: list[float], anchor: int) -> list[int]:
        """Return the times in ns since the epoch, each later than the one before.

        Two points of one series with one time would be one point.
        """
        times = [int(s * 1e9) + anchor for s in at]
        if times[0] <= self._last or not all(map(lt, times, times[1:])):
            last = self._last
            times = [last := max(time, last + 1) for time in times]
        self._last = times[-1]
        return times


def _plain(
    ms: list[Any], lengths: list[Any], contexts: list[Any]
) -> tuple[list[str], list[str]] | None:
    """Return response times and lengths as they are written, if all are what they should be."""
    try:
        usual = (
            not any(contexts)
            and set(map(type, lengths)) == {int}
            and min(ms) >= 0
            and max(ms) < _LONGEST_MS
            and isfinite(sum(ms))
        )
        # Whole microseconds: fine enough, and fewer digits are fewer bytes.
        return (["%.3f" % s for s in ms], list(map(str, lengths))) if usual else None  # noqa: UP031 - a third faster
    except Exception:  # noqa: BLE001 - what isn't a plain number may do anything
        return None


def _plain_ones(
    times: list[int],
    kinds: Sequence[Kind],
    took: Sequence[str],
    sizes: Sequence[str],
    *,
    with_lines: bool,
) -> Encoded:
    """Return requests as points and lines: by columns, which is the fastest that was found."""
    at = list(map(str, times))
    series, rests, heads, ends = zip(*kinds, strict=True)
    points = [
        f"{series}{ms},response_length={size}i{rest} {time}"
        for series, ms, size, rest, time in zip(series, took, sizes, rests, at, strict=True)
    ]
    if not with_lines:
        return Encoded(times, points, [])
    lines = [
        f'{stamp}{time[-9:]}{head}{ms},"response_length":{size}{end}'
        for stamp, time, head, ms, size, end in zip(
            _stamps(times), at, heads, took, sizes, ends, strict=True
        )
    ]
    return Encoded(times, points, lines)


def _odd_ones(
    times: list[int], requests: Iterable[tuple[Kind, Any, Any, object]], *, with_lines: bool
) -> Encoded:
    encoded = Encoded(times, [], [])
    for request, time, stamp in zip(requests, times, _stamps(times), strict=True):
        point, line = _odd(*request)
        encoded.points.append(f"{point} {time}")
        if with_lines:
            encoded.lines.append(f"{stamp}{time % NANOSECONDS:09d}{line}")
    return encoded


def _stamps(times: list[int]) -> list[str]:
    """Return the beginning of each line, up to the point before the nanoseconds of its time."""
    stamps: list[str] = []
    while len(stamps) < len(times):
        begin = len(stamps)
        second = times[begin] // NANOSECONDS
        end = bisect_left(times, (second + 1) * NANOSECONDS, begin)
        stamps += [f'{{"time":"{stamp_of(second)}'] * (end - begin)
    return stamps


def _as_known(exception: object, context: object) -> tuple[str | None, object]:
    """Return what is kept of *exception* and *context* when one of a request's parts raises."""
    more = context if isinstance(context, Mapping) else text_of(context)
    return exception_text(exception) if _true(exception) else None, more if _true(context) else None


def _true(value: object) -> bool:
    try:
        return bool(value)
    except Exception:  # noqa: BLE001 - the truth of an array, for one
        return True


def _number(value: Any) -> str:
    """Return a response time that isn't a plain one; empty where there is none."""
    ms = milliseconds(value)
    return "" if ms is None else f"{ms:.3f}"


def _text(context: object) -> str:
    try:
        return dumps(context)
    except Exception:  # noqa: BLE001 - it may hold itself, or what a user made
        return text_of(context)


def _odd(kind: Kind, ms: Any, length: Any, context: object) -> tuple[str, str]:
    """Return point and line of a request of *kind* that isn't a plain one, both without a time."""
    series, rest, head, end = kind
    took, long = _number(ms), int(size(length))
    if not took:
        series = series.removesuffix(TIME_FIELD)
    if context:
        told = dumps({"context": kept(_text(context), MAX_TEXT)})[1:-1]
        inner = end[:-2]  # before the ends of "other" and of the line
        end = f"{inner}{'' if inner.endswith('{') else ','}{told}}}}}"
    joint = "," if took else ""
    return (
        f"{series}{took}{joint}response_length={long}i{rest}",
        f'{head}{took or "null"},"response_length":{long}{end}',
    )
