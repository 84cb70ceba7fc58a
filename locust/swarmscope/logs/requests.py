"""Every request by itself: what the request event leaves, and what is made of it a second later.

The event handler only appends to one flat list. Points and JSON lines are put together afterwards,
from parts that are remembered for each kind of request: a few hundred nanoseconds each.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from operator import lt
from random import random
from typing import Any

from swarmscope import schema
from swarmscope.line_protocol import MAX_TAG, escape_tag, field_value, shorten
from swarmscope.logs.lines import NANOSECONDS, dumps, stamp_of
from swarmscope.redaction import redact
from swarmscope.window import Key, endpoint_key

MAX_WAITING = 200_000
"""Requests that may wait to be encoded, for the time that the run has no name yet."""
_COLUMNS = 9
_SLICE = 256
"""Requests that are encoded between two looks at the clock."""
_KINDS = 5_000
"""Kinds of requests whose parts are remembered."""
MAX_TEXT = 500
_LONGEST_MS = 1e12
_TIME = "response_time="

What = tuple[object, object, str | None, object, type | None]
"""What tells kinds of requests apart: method, name, what failed, status, class of the user."""
Kind = tuple[str, str, str, str]
"""What all requests of a kind share: the parts of the point and of the line around the numbers."""


@dataclass(frozen=True)
class Encoded:
    """Some requests, in the order of their times."""

    points: list[str]
    lines: list[str]


class RawRequests:
    """The requests of one run on one worker, each by itself.

    *count* is the recorder's handler of the request event, which is called from here: an event
    with two handlers costs half as much again. It returns when the request came, s by its clock.
    *greenlet* returns the one in which the event is fired: Locust keeps the user as the first of
    its arguments (its `User.start` says so). *sample* is the share of the requests that is taken.
    """

    def __init__(
        self,
        count: Callable[..., float],
        *,
        sample: float,
        max_names: int,
        template_names: bool = False,
        greenlet: Callable[[], Any],
    ) -> None:
        self._sample = sample
        self._max_names = max_names
        self._template_names = template_names
        self._waiting: list[Any] = []
        self._slices: deque[list[Any]] = deque()
        self._last = 0
        self.dropped = 0
        """Requests that came when too many waited, since the last `take_dropped`."""
        self._endpoints: set[Key] = set()
        self._kinds: dict[Any, Kind] = {}
        self._tags: Mapping[str, str] = {}
        self._host = ""
        self.record = self._make_record(count, greenlet)

    def identify(self, tags: Mapping[str, str], host: str) -> None:
        """Take the tags of the run's points, and this machine's name."""
        self._tags = tags
        self._host = host
        self._kinds.clear()

    def _make_record(
        self, count: Callable[..., float], greenlet: Callable[[], Any]
    ) -> Callable[..., None]:
        """Return the handler of the request event: a closure, because attribute look-ups cost."""
        sample, limit = self._sample, MAX_WAITING * _COLUMNS
        waiting = self._waiting
        add = waiting.extend

        def record(  # noqa: PLR0917 - Locust passes them by name
            request_type: object = None,
            name: object = None,
            response_time: Any = None,
            response_length: Any = 0,
            exception: object = None,
            response: object = None,
            context: object = None,
            start_time: object = None,  # noqa: ARG001 - named, not gathered in a dict each time
            url: object = None,  # noqa: ARG001
            **_: object,
        ) -> None:
            """Count and remember one request. Never raises."""
            at = count(request_type, name, response_time, response_length, exception, response)
            if sample < 1 and random() >= sample:  # noqa: S311
                return
            if len(waiting) >= limit:
                self.dropped += 1
                return
            try:
                user = type(greenlet().args[0])
            except (AttributeError, IndexError):  # one of a user's own making
                user = None
            # In one flat list: of what is nested, Python's garbage collector would look at each.
            add(
                (
                    at,
                    request_type,
                    name,
                    # An exception holds on to its frames, and an answer to its body.
                    _told(exception) if exception else None,
                    getattr(response, "status_code", None),
                    user,
                    response_time,
                    response_length,
                    context or None,
                )
            )

        return record

    def take_dropped(self) -> int:
        """Return how many requests came when too many waited, and forget them."""
        dropped, self.dropped = self.dropped, 0
        return dropped

    def encode(self, offset: float) -> Iterator[Encoded]:
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
            yield self._encode(self._slices.popleft(), anchor)

    def _encode(self, flat: list[Any], anchor: int) -> Encoded:
        at, *what, ms, lengths, contexts = (flat[i::_COLUMNS] for i in range(_COLUMNS))
        times = self._times(at, anchor)
        kinds = self._kinds_of(zip(*what, strict=True))
        encoded = Encoded([], [])
        plain = _plain(ms, lengths, contexts)
        if plain:
            rows = zip(kinds, *plain, map(str, times), strict=True)
        else:
            odd = zip(kinds, ms, lengths, contexts, map(str, times), strict=True)
        for stamp, number in _seconds(times):
            head = f'{{"time":"{stamp}'
            if plain:
                _add_plain(encoded, head, islice(rows, number))
            else:
                _add_odd(encoded, head, islice(odd, number))
        return encoded

    def _times(self, at: list[float], anchor: int) -> list[int]:
        """Return the times in ns since the epoch, each later than the one before.

        Two points of one series with one time would be one point.
        """
        times = [round(s * NANOSECONDS) + anchor for s in at]
        if times[0] <= self._last or not all(map(lt, times, times[1:])):
            last = self._last
            times = [last := max(time, last + 1) for time in times]
        self._last = times[-1]
        return times

    def _kinds_of(self, what: Iterable[What]) -> list[Kind]:
        whats = list(what)
        try:
            return list(map(self._kinds.__getitem__, whats))
        except (KeyError, TypeError):
            return [self._kind(*each) for each in whats]

    def _kind(
        self, method: object, name: object, error: str | None, status: object, user: type | None
    ) -> Kind:
        with suppress(KeyError, TypeError):
            return self._kinds[method, name, error, status, user]
        if len(self._kinds) >= _KINDS:
            self._kinds.clear()
        result = schema.FAILURE if error else schema.SUCCESS
        tag_name, tag_method = self._endpoint(name, method)
        tags = {k: escape_tag(v) for k, v in self._tags.items()}
        tags |= {"name": tag_name, "method": tag_method, "result": result}
        joined = "".join(f",{k}={v}" for k, v in sorted(tags.items()) if v)
        rest = f",exception={field_value(error)}" if error else ""
        rate = {"sample_rate": self._sample} if self._sample < 1 else {}
        if rate:
            rest += f",sample_rate={self._sample!r}"
        head = {
            "level": "error" if error else "info",
            "host": self._host,
            "run": self._tags.get("run", ""),
            "worker": self._tags.get("worker", ""),
            "class": user.__name__ if user else "",
            "request_type": "" if method is None else shorten(str(method), MAX_TEXT),
            "name": "" if name is None else redact(shorten(str(name), MAX_TAG)),
            "result": result,
        }
        other = {"status": status} if isinstance(status, int) else {}
        end = dumps({"exception": error, **rate, "other": other})
        kind = (
            f"{schema.LOCUST_REQUEST.name}{joined} {_TIME}",
            f'Z",{dumps(head)[1:-1]},"response_time":',
            rest,
            f",{end[1:]}",
        )
        with suppress(TypeError):  # a name that can't be a key is put together each time
            self._kinds[method, name, error, status, user] = kind
        return kind

    def _endpoint(self, name: object, method: object) -> tuple[str, str]:
        key = endpoint_key(name, method, template=self._template_names)
        if key not in self._endpoints:
            if len(self._endpoints) >= self._max_names:
                # As in the windows: unbounded names must not become unbounded series.
                return escape_tag(schema.FOLDED), ""
            self._endpoints.add(key)
        return key


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
        return (("%.3f " * len(ms) % tuple(ms)).split(), list(map(str, lengths))) if usual else None
    except (TypeError, ValueError):
        return None


def _seconds(times: list[int]) -> Iterator[tuple[str, int]]:
    """Yield each second that *times*, ns, are in, as text, and how many of them are in it."""
    begin = 0
    while begin < len(times):
        second = times[begin] // NANOSECONDS
        end = bisect_left(times, (second + 1) * NANOSECONDS, begin)
        yield stamp_of(second), end - begin
        begin = end


def _add_plain(encoded: Encoded, stamp: str, rows: Iterable[tuple[Kind, str, str, str]]) -> None:
    add_point, add_line = encoded.points.append, encoded.lines.append
    for (series, head, rest, end), took, size, time in rows:
        add_point(f"{series}{took},response_length={size}i{rest} {time}")
        add_line(f'{stamp}{time[-9:]}{head}{took},"response_length":{size}{end}')


def _add_odd(
    encoded: Encoded, stamp: str, rows: Iterable[tuple[Kind, Any, Any, object, str]]
) -> None:
    for kind, ms, length, context, time in rows:
        point, line = _odd(kind, ms, length, context)
        encoded.points.append(f"{point} {time}")
        encoded.lines.append(f"{stamp}{time[-9:]}{line}")


def _told(exception: object) -> str:
    kind = exception if isinstance(exception, type) else type(exception)
    try:
        text = exception if isinstance(exception, str) else f"{kind.__name__}: {exception}"
    except Exception as error:  # noqa: BLE001 - a user's __str__ may do anything
        text = f"{kind.__name__} (its text can't be had: {type(error).__name__})"
    return redact(shorten(text, MAX_TEXT))


def _number(value: Any) -> str:
    """Return a response time that isn't a plain one; empty where there is none."""
    try:
        ms = float(value)
    except (TypeError, ValueError, OverflowError):
        return ""
    # A clock that ran backwards counts as 0 ms, as in the windows.
    return f"{max(0.0, ms):.3f}" if isfinite(ms) else ""


def _whole(value: Any) -> str:
    if isinstance(value, (int, float)) and isfinite(value):
        return str(int(value))
    return "0"


def _odd(kind: Kind, ms: Any, length: Any, context: object) -> tuple[str, str]:
    """Return point and line of a request of *kind* that isn't a plain one, both without a time."""
    series, head, rest, end = kind
    took, size = _number(ms), _whole(length)
    if not took:
        series = series.removesuffix(_TIME)
    if context:
        told = dumps({"context": redact(shorten(dumps(context), MAX_TEXT))})[1:-1]
        inner = end[:-2]  # before the ends of "other" and of the line
        end = f"{inner}{'' if inner.endswith('{') else ','}{told}}}}}"
    joint = "," if took else ""
    return (
        f"{series}{took}{joint}response_length={size}i{rest}",
        f'{head}{took or "null"},"response_length":{size}{end}',
    )
