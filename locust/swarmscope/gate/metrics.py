"""What a threshold can be about: names of metrics, and the unit that each is measured in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from swarmscope import schema

_OWN = {one.name for one in schema.OWN}
Tags = tuple[tuple[str, str], ...]


class Unit(StrEnum):
    """What a value counts; numbers are kept in the unit that is named first."""

    TIME = "ms"
    SHARE = "1"
    """Of all: 0.01 is one percent."""
    COUNT = "requests"
    RATE = "requests/s"
    INDEX = "index"
    """From 0 to 1."""
    STORED = "as stored"
    """A field's own, which nobody knows here."""


ENDS: Mapping[Unit, tuple[float, float | None]] = {
    **dict.fromkeys((Unit.TIME, Unit.COUNT, Unit.RATE), (0, None)),
    **dict.fromkeys((Unit.SHARE, Unit.INDEX), (0, 1)),
}
"""The least and the most that each can be; of what is stored nobody knows."""


@dataclass(frozen=True)
class Percentile:
    """The response time that *percent* of all requests with one don't exceed, in ms."""

    percent: float
    unit: Unit = Unit.TIME

    def __str__(self) -> str:
        """Return p95, p99.9."""
        return f"p{self.percent:g}"


@dataclass(frozen=True)
class Counted:
    """One of `COUNTED`, which need no argument."""

    name: str
    unit: Unit

    def __str__(self) -> str:
        """Return its name."""
        return self.name


@dataclass(frozen=True)
class Apdex:
    """Satisfied + half of the tolerating, over all; a failed request is frustrated.

    Apdex Technical Specification 1.1 (2007): satisfied is what takes *target_ms* at most,
    tolerating what takes four times as long at most.
    """

    target_ms: float
    unit: Unit = Unit.INDEX

    def __str__(self) -> str:
        """Return apdex(500ms)."""
        return f"apdex({self.target_ms:.15g}ms)"


@dataclass(frozen=True)
class Share:
    """The share of all requests that succeed within *limit_ms*: a service-level objective."""

    limit_ms: float
    unit: Unit = Unit.SHARE

    def __str__(self) -> str:
        """Return what stands behind the share itself."""
        return f"under {self.limit_ms:.15g}ms"


@dataclass(frozen=True)
class Field:
    """What *aggregate* makes of a field's values, of the points that have these *tags*.

    One of `AGGREGATES`, or a percentile, p95.
    """

    aggregate: str
    measurement: str
    field: str
    tags: Tags = ()
    or_zero: bool = False
    """Whether nothing written means 0: many counters aren't there before they count."""
    unit: Unit = Unit.STORED

    @property
    def is_own(self) -> bool:
        """Whether swarmscope itself writes it."""
        return self.measurement in _OWN

    def __str__(self) -> str:
        """Return max(cpu.usage_active{host="shop"}), or sum(orders.lost or 0)."""
        path = f"{self.measurement}.{self.field}"
        instead = " or 0" if self.or_zero else ""
        return f"{self.aggregate}({_word(path)}{written_tags(self.tags)}{instead})"


Metric = Percentile | Counted | Apdex | Share | Field
"""A number of a run, of a part of it, or of one of its windows; printed, it begins a sentence."""


def ends_of(metric: Metric) -> tuple[float | None, float | None]:
    """Return the least and the most that *metric* can be; None: nobody knows."""
    if isinstance(metric, Field) and metric.aggregate == "increase":
        return 0, None
    return ENDS.get(metric.unit, (None, None))


COUNTED: Mapping[str, Unit] = {
    "avg": Unit.TIME,
    "max": Unit.TIME,
    "min": Unit.TIME,
    "requests": Unit.COUNT,
    "failures": Unit.COUNT,
    "failure_rate": Unit.SHARE,
    "requests_per_second": Unit.RATE,
    "dropped_arrivals": Unit.COUNT,
}
FAILURES = ("failures", "failure_rate")
AGGREGATES = ("avg", "max", "min", "sum", "last", "increase")
ADDED = ("sum", "increase")
"""Those of which each part of a time has a part: of no value at all they are 0."""
_NAMES = (*COUNTED, "p50", "p90", "p95", "p99", "p99.9", "apdex")
_OTHERS_NAMES = {
    "med": "p50",
    "median": "p50",
    "mean": "avg",
    "average": "avg",
    "avg-rt": "avg",
    "rps": "requests_per_second",
    "throughput": "requests_per_second",
    "hits": "requests",
    "count": "requests",
    "fail": "failures",
    "fail_ratio": "failure_rate",
    "error_rate": "failure_rate",
    "errors": "failures",
    "http_req_failed": "failure_rate",
}
"""How k6, Taurus and Locust call them."""
_PERCENTILE = re.compile(r"p(\d+(?:\.\d+)?)")
_PLAIN = re.compile(r"[A-Za-z_][\w.-]*")


def named(name: str) -> Metric:
    """Return the metric called *name*, which takes no argument.

    Raises:
        ValueError: there is none; the message names the nearest.

    """
    if name in COUNTED:
        return Counted(name, COUNTED[name])
    if found := _PERCENTILE.fullmatch(name):
        percent = float(found[1])
        if not 0 < percent < 100:
            instead = "max" if percent >= 100 else "min"
            raise ValueError(f"{name} is no percentile: one lies between 0 and 100 ({instead}?)")
        return Percentile(percent)
    nearest = _OTHERS_NAMES.get(name.lower()) or next(
        iter(get_close_matches(name.lower(), _NAMES, 1)), None
    )
    perhaps = f": did you mean {nearest}?" if nearest else f". There are {', '.join(_NAMES)}."
    raise ValueError(f"there is no metric {name}{perhaps}")


def written_tags(tags: Iterable[tuple[str, str]]) -> str:
    """Return *tags* as a sentence has them, or nothing where there are none."""
    each = ", ".join(f"{_word(name)}={quoted(value)}" for name, value in tags)
    return f"{{{each}}}" if each else ""


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """Return *text* as a string of a sentence."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
