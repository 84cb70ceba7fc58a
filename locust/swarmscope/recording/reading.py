"""Reports of workers, read: whoever reaches the port of Locust's master can send anything."""

import re
from collections import Counter
from itertools import chain
from typing import Any

from swarmscope import line_protocol, schema
from swarmscope.recording import histogram
from swarmscope.recording.reports import MOST, Dues, Health, Report
from swarmscope.recording.tally import Key, Tally

_ESCAPED = re.compile(r"(?:[^\\,= \n\r\t\0]|\\[,= ]|\\(?!\\?[,= ]))*")
"""A tag's value as line protocol has it; the expression never goes back."""
_LONGEST_KEY = 2 * line_protocol.MAX_TAG
_LATEST = 2**40
_MOST_REQUESTS = 2**53
_MOST_MS = 2.0**53 * 2.0**40
_LONGEST = 13
"""Of the lists that a report consists of."""
_BUCKETS = histogram.LAST - histogram.FIRST + 1


class OddReportError(Exception):
    """A message that no worker of this version sends."""


def read(data: object) -> Report:
    """Return the report that *data* is.

    Raises:
        OddReportError: No worker of this version sends such a one.

    """
    if type(data) is not dict:
        raise OddReportError("it is no report")
    windows, endpoints = (_list(data.get(key), MOST) for key in ("windows", "endpoints"))
    final = data.get("final", False)
    if type(final) is not bool:
        raise OddReportError("its end is no truth value")
    return Report(
        run=_text(data.get("run"), line_protocol.MAX_TAG),
        number=_whole(data.get("number"), _MOST_REQUESTS),
        windows=[_window(one) for one in windows],
        start=_whole(data.get("start"), _LATEST),
        span=_whole(data.get("span", 0), _LATEST),
        endpoints=[_endpoint(one) for one in endpoints],
        until=_whole(data.get("until", 0), _LATEST),
        spans_until=_whole(data.get("spans_until", 0), _LATEST),
        final=final,
        health=[_health(one) for one in _list(data.get("health", []), MOST)],
        arrivals=_arrivals(data.get("arrivals", [0, 0, 0])),
    )


def _health(one: object) -> Health:
    second, *told = _list(one, 4, exactly=True)
    cpu, lag, clock = map(_ms, told)
    return _whole(second, _LATEST), cpu, lag, clock


def _arrivals(told: object) -> Dues:
    due, dropped, late = (_whole(n, _MOST_REQUESTS) for n in _list(told, 3, exactly=True))
    return due, dropped, late


def _window(one: object) -> tuple[int, Tally]:
    start, packed = _list(one, 2, exactly=True)
    return _whole(start, _LATEST), _tally(packed)


def _endpoint(one: object) -> tuple[Key, Tally]:
    names, packed = _cut(one, 2)
    name, method = (_text(text, _LONGEST_KEY) for text in names)
    return (name, method), _tally(packed)


def is_key(key: Key) -> bool:
    """Whether *key* can stand in a line as an endpoint's tags: escaped, and nobody's sum."""
    name, method = key
    return (
        bool(name)
        and name != schema.AGGREGATED
        and not name.endswith("\\")
        and not method.endswith("\\")
        and _ESCAPED.fullmatch(name) is not None
        and _ESCAPED.fullmatch(method) is not None
    )


def _tally(packed: object) -> Tally:
    tally = Tally()
    told, failed = _cut(packed, 9)
    count, failures, timed, total, shortest, longest, length, buckets, counts = told
    tally.count = _whole(count, _MOST_REQUESTS)
    tally.failures, tally.timed = _whole(failures, tally.count), _whole(timed, tally.count)
    tally.length = _whole(length, line_protocol.MAX_INTEGER, least=-line_protocol.MAX_INTEGER)
    tally.histogram.update(_histogram(buckets, counts))
    if tally.histogram.total() != tally.timed:
        raise OddReportError("its histogram doesn't add up")
    # Where nothing failed, and by a worker of an earlier version, nothing is said of failed ones.
    if failed:
        buckets, counts = _list(failed, 2, exactly=True)
        tally.failed = Counter(_histogram(buckets, counts))
        if not tally.failed <= tally.histogram or tally.failed.total() > tally.failures:
            raise OddReportError("more failed than there were")
    if tally.timed:
        tally.total, tally.max = _ms(total), _ms(longest)
        tally.min = _ms(shortest)
        if tally.min > tally.max:
            raise OddReportError("its shortest time is longer than its longest")
    return tally


def _histogram(buckets: object, counts: object) -> dict[int, int]:
    buckets, counts = _list(buckets, _BUCKETS), _list(counts, _BUCKETS)
    # Whole lists at once: a report of many endpoints has a hundred thousand of these numbers.
    if len(buckets) != len(counts) or not {int}.issuperset(map(type, chain(buckets, counts))):
        raise OddReportError("its histogram is none")
    told = dict(zip(buckets, counts, strict=True))
    if len(told) != len(buckets):
        raise OddReportError("its histogram doesn't add up")
    if buckets and not (
        min(buckets) >= histogram.FIRST and max(buckets) <= histogram.LAST and min(counts) > 0
    ):
        raise OddReportError("its histogram has impossible buckets")
    return told


def _cut(value: object, first: int) -> tuple[list[Any], list[Any]]:
    """Return the *first* ones of a list, which must be there, and those behind them."""
    told = _list(value, _LONGEST)
    if len(told) < first:
        raise OddReportError("a list is missing, or of another length")
    return told[:first], told[first:]


def _list(value: object, most: int, *, exactly: bool = False) -> list[Any]:
    if type(value) is not list or len(value) > most or (exactly and len(value) != most):
        raise OddReportError("a list is missing, or of another length")
    return value


def _text(value: object, most: int) -> str:
    if type(value) is not str or len(value) > most:
        raise OddReportError("a text is missing, or too long")
    return value


def _whole(value: object, most: int, *, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= most:
        raise OddReportError("a number is missing, or impossible")
    return value


def _ms(value: object) -> float:
    # NaN is neither.
    if (type(value) is float or type(value) is int) and 0 <= value <= _MOST_MS:
        return float(value)
    raise OddReportError("a time is missing, or impossible")
