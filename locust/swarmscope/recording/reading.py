"""Reports of workers, read: whoever reaches the port of Locust's master can send anything."""

import re
from itertools import chain
from typing import Any

from swarmscope import line_protocol, schema
from swarmscope.recording import histogram
from swarmscope.recording.reports import MOST, Report
from swarmscope.recording.tally import Key, Tally

_ESCAPED = re.compile(r"(?:[^\\,= \n\r\t\0]|\\[,= ]|\\(?!\\?[,= ]))*")
"""A tag's value as line protocol has it; the expression never goes back."""
_LONGEST_KEY = 2 * line_protocol.MAX_TAG
_LATEST = 2**40
_MOST_REQUESTS = 2**53
_MOST_MS = 2.0**53 * 2.0**40
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
    )


def _window(one: object) -> tuple[int, Tally]:
    start, packed = _list(one, 2, exactly=True)
    return _whole(start, _LATEST), _tally(_list(packed, 9, exactly=True))


def _endpoint(one: object) -> tuple[Key, Tally]:
    name, method, *packed = _list(one, 11, exactly=True)
    key = _text(name, _LONGEST_KEY), _text(method, _LONGEST_KEY)
    return key, _tally(packed)


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


def _tally(packed: list[Any]) -> Tally:
    tally = Tally()
    count, failures, timed, total, shortest, longest, length, buckets, counts = packed
    tally.count = _whole(count, _MOST_REQUESTS)
    tally.failures, tally.timed = _whole(failures, tally.count), _whole(timed, tally.count)
    tally.length = _whole(length, line_protocol.MAX_INTEGER, least=-line_protocol.MAX_INTEGER)
    _into(tally, _list(buckets, _BUCKETS), _list(counts, _BUCKETS))
    if tally.timed:
        tally.total, tally.max = _ms(total), _ms(longest)
        tally.min = _ms(shortest)
        if tally.min > tally.max:
            raise OddReportError("its shortest time is longer than its longest")
    return tally


def _into(tally: Tally, buckets: list[Any], counts: list[Any]) -> None:
    # Whole lists at once: a report of many endpoints has a hundred thousand of these numbers.
    if len(buckets) != len(counts) or not {int}.issuperset(map(type, chain(buckets, counts))):
        raise OddReportError("its histogram is none")
    tally.histogram.update(dict(zip(buckets, counts, strict=True)))
    told = tally.histogram
    if len(told) != len(buckets) or sum(counts) != tally.timed:
        raise OddReportError("its histogram doesn't add up")
    if buckets and not (
        min(buckets) >= histogram.FIRST and max(buckets) <= histogram.LAST and min(counts) > 0
    ):
        raise OddReportError("its histogram has impossible buckets")


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
