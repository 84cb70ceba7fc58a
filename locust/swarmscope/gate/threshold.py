"""A threshold: what must hold of a run, as one sentence says it."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from swarmscope.gate.metrics import Metric, Share, Unit, quoted, written_tags
from swarmscope.words import equal


class Which(StrEnum):
    """How a scope names its endpoints."""

    NAME = ""
    GLOB = "glob"
    """``*`` stands for any signs, ``?`` for one, ``[ab]`` for one of these."""
    EXPRESSION = "matching"
    """A regular expression that is found somewhere in the name."""


@dataclass(frozen=True)
class Scope:
    """Which endpoints a threshold is about: all of them, unless *text* names some.

    *each* of them must keep it, or all of them together; *method* is "" for any. Of all requests
    those count whose points have these *tags*.
    """

    text: str | None = None
    which: Which = Which.NAME
    method: str = ""
    each: bool = False
    tags: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return its endpoints with a blank before them; nothing for all of them together."""
        if self.text is None:
            return " of each endpoint" if self.each else ""
        words = ("each" if self.each else "", self.method, self.which, quoted(self.text))
        return f" of {' '.join(filter(None, words))}"

    def in_words(self) -> str:
        """Return whose requests are meant, as people name them."""
        if self.text is None:
            return "all endpoints"
        text = self.text if self.which is Which.NAME else quoted(self.text)
        return " ".join(filter(None, (self.method, self.which, text)))


class Over(StrEnum):
    """Which time a value is taken of."""

    RUN = ""
    FOR = "for"
    """Each second by itself: it is broken where all seconds of a stretch so long break it."""
    WITHIN = "within"
    """Each stretch so long, also one that the run's beginning or end cuts."""
    FULL = "over"
    """Each whole stretch so long."""
    LAST = "in the last"
    """The end of the run."""


SLIDING = (Over.FOR, Over.WITHIN, Over.FULL)
"""Those of stretches that lie anywhere in it."""


@dataclass(frozen=True)
class Time:
    """The *seconds* of a stretch, or the whole run."""

    over: Over = Over.RUN
    seconds: int = 0

    def __str__(self) -> str:
        """Return it with a blank before it; nothing for the whole run."""
        return f" {self.over} {duration(self.seconds)}" if self.over else ""


HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
"""Operators, and what they mean."""


@dataclass(frozen=True)
class Limit:
    """What a value is held against, in the metric's own unit; relative: to a baseline's value."""

    operator: str
    value: float
    relative: bool = False

    def holds(self, value: float) -> bool:
        """Whether *value* is on the right side of it, or on it where it may be."""
        return HOLDS[self.operator](self.value if equal(value, self.value) else value, self.value)


@dataclass(frozen=True)
class Threshold:
    """What must hold: the metric of a scope, over a time, in a stage of the load."""

    metric: Metric
    limit: Limit
    scope: Scope = Scope()
    time: Time = Time()
    stage: str | int | None = None
    """A stage of the load, by its name, or by its number, from 1."""

    def __str__(self) -> str:
        """Return the sentence, as whoever wrote it could have."""
        stage = quoted(self.stage) if isinstance(self.stage, str) else self.stage
        where = "" if stage is None else f" in stage {stage}"
        return f"{self._condition()}{where}{self.time}"

    def _condition(self) -> str:
        value, tags = shown(self.limit, self.metric.unit), written_tags(self.scope.tags)
        if isinstance(self.metric, Share):
            return f"{value} {self.metric}{tags}{self.scope}"
        return f"{self.metric}{tags}{self.scope} {self.limit.operator} {value}"


def shown(limit: Limit, unit: Unit) -> str:
    """Return the value of *limit* as a sentence has it."""
    if limit.relative:
        return f"{limit.value * 100:+.15g}% of baseline"
    return written(limit.value, unit)


def written(value: float, unit: Unit) -> str:
    """Return *value* in its unit, as a sentence takes it."""
    if unit is Unit.TIME:
        return f"{value:.15g}ms"
    if unit is Unit.SHARE:
        return f"{value * 100:.15g}%"
    return f"{value:.15g}{'/s' if unit is Unit.RATE else ''}"


def duration(seconds: int) -> str:
    """Return *seconds* as 90s, 5m, 1h."""
    for unit, length in (("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
