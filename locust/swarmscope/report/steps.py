"""What each load step came to, as lines for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from swarmscope import schema
from swarmscope.line_protocol import shorten
from swarmscope.words import lasted, share

_SHOWN = 12
"""Of more steps, those in between are left out: where a test broke is at its end, if anywhere."""
_FIRST = 3
_LONGEST_STAGE = 32
"""Signs: whoever is asked for more of a stage's name has the report."""
_TITLES = (
    *("stage", "users", "for", "requests/s", "p50", "p95", "p99", "failed", "generators"),
    "highest CPU",
)


@dataclass(frozen=True)
class Step:
    """A load step, or a piece of a ramp; times in ms, from 1970 and of responses."""

    start: int
    seconds: float
    kind: str
    """`step` or `ramp`."""
    stage: str
    """Of the load shape, as that calls it; most have none."""
    wanted: float | None
    """Users that were to run; of a ramp, and where nobody said, there is no such number."""
    running: float | None
    """Users that ran, on average."""
    requests: int
    requests_per_second: float
    failures: int
    p50: float | None
    p95: float | None
    p99: float | None
    cpu: float | None
    """The highest CPU of any host, percent."""
    hosts: str
    """The busiest hosts with the highest CPU of each."""
    generators: str
    """How the worst of them got through it."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return a row of the query `load_steps` as a step."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})

    def users(self) -> str:
        """Say how many users it had."""
        if self.wanted is None:
            about = "?" if self.running is None else f"{self.running:,.0f}"
            return f"ramp, ~{about}" if self.kind == "ramp" else f"~{about}"
        text = f"{self.wanted:,.0f}"
        short = self.running is not None and self.running < schema.ALL_RUNNING * self.wanted
        return f"{text} ({self.running:,.0f} ran)" if short else text

    def cells(self) -> tuple[str, ...]:
        """Return what a table says of it, under `_TITLES`."""
        part = f" ({share(self.failures, self.requests)})" if self.failures else ""
        return (
            shorten(self.stage, _LONGEST_STAGE),
            self.users(),
            lasted(self.seconds),
            f"{self.requests_per_second:,.1f}",
            *(_ms(value) for value in (self.p50, self.p95, self.p99)),
            f"{self.failures:,}{part}",
            self.generators,
            self.hosts or "unknown",
        )


def table(steps: Sequence[Step]) -> list[str]:
    """Return *steps* as lines of one width, with a line of titles; none for a single step.

    A run whose load shape names no stage has no column for them.
    """
    if len(steps) < 2:
        return []
    some = _some(steps)
    shown = slice(0 if any(step.stage for step in some) else 1, None)
    rows = [row[shown] for row in (_TITLES, *(step.cells() for step in some))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines = [_line(row, widths) for row in rows]
    left_out = len(steps) - len(some)
    if left_out:
        lines.insert(1 + _FIRST, f"… {left_out:,} more …")
    return lines


def _some(steps: Sequence[Step]) -> Sequence[Step]:
    return steps if len(steps) <= _SHOWN else (*steps[:_FIRST], *steps[_FIRST - _SHOWN :])


def _line(row: Iterable[str], widths: Sequence[int]) -> str:
    *numbers, hosts = row
    return "  ".join([*(f"{text:>{w}}" for text, w in zip(numbers, widths, strict=True)), hosts])


def _ms(value: float | None) -> str:
    if value is None:
        return "-"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} ms"
