"""Whether the load generators kept up: the one judge of saturation.

A generator above its limits measures itself: its response times contain its own waiting. The
limits of a second are `schema`'s and are applied by the query `worker_strain`; from which share of
a run's seconds on that spoils all of it is decided here, for whoever shows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from swarmscope import schema
from swarmscope.runs.accounts import is_master
from swarmscope.words import MOST_NAMED, SHOWN, begin_of, some_of

_MOST_LISTED = 1_000
"""Each on a line of its own."""


class Strain(StrEnum):
    """How a generator, or the worst of several, got through a run."""

    UNKNOWN = "unknown"
    KEPT_UP = "kept up"
    STALLED = "stalled"
    """In some moments its response times are its own."""
    SATURATED = "saturated"
    """All of the run is doubtful."""


@dataclass(frozen=True)
class Generator:
    """A worker that was over a limit in *over* of its *seconds*; *cpu* and *lag* are its peaks."""

    worker: str
    over: int
    seconds: int
    cpu: float | None = None
    lag: float | None = None

    @property
    def strain(self) -> Strain:
        """What that means for its response times."""
        if not self.over:
            return Strain.KEPT_UP
        saturated = self.over >= schema.GENERATOR_SATURATED_SHARE * self.seconds
        return Strain.SATURATED if saturated else Strain.STALLED

    def line(self) -> str:
        """Say so in one line."""
        what = {
            Strain.SATURATED: "was saturated",
            Strain.STALLED: "stalled for moments",
        }.get(self.strain, "kept up")
        name = begin_of(self.worker, SHOWN)
        text = f"{name} {what} ({self.over:,} of {self.seconds:,} seconds{self._peaks()})"
        if self.strain is Strain.KEPT_UP:
            return text
        when = "" if self.strain is Strain.SATURATED else " then"
        return f"{text}: response times{when} are partly its own"

    def _peaks(self) -> str:
        peaks = []
        if (self.cpu or 0) > schema.GENERATOR_CPU_LIMIT:
            peaks.append(f"CPU up to {self.cpu:,.1f} % of a core")
        if (self.lag or 0) > schema.GENERATOR_LAG_LIMIT_MS:
            peaks.append(f"loop lag up to {self.lag:,.0f} ms")
        return f"; {', '.join(peaks)}" if peaks else ""


@dataclass(frozen=True)
class Generators:
    """All generators of a run."""

    each: tuple[Generator, ...] = ()

    @property
    def strain(self) -> Strain:
        """The worst of them decides: its requests are in every sum."""
        order = list(Strain)
        return max((one.strain for one in self.each), key=order.index, default=Strain.UNKNOWN)

    @property
    def strained(self) -> tuple[Generator, ...]:
        """Those that were over a limit at all."""
        return tuple(one for one in self.each if one.strain is not Strain.KEPT_UP)

    def line(self) -> str:
        """Say all of it in one line, which begins with the verdict."""
        if not self.each:
            return f"{self.strain}: no generator told how it was"
        if not self.strained:
            count = len(self.each)
            return f"{self.strain}: {count:,} generator{'s' if count != 1 else ''}"
        return f"{self.strain}: {'; '.join(self._lines(MOST_NAMED))}"

    def to_json(self) -> dict[str, Any]:
        """Return what a page shows of them."""
        return {
            "verdict": self.strain,
            "line": self.line(),
            "strained": self._lines(_MOST_LISTED),
        }

    def _lines(self, most: int) -> tuple[str, ...]:
        return some_of([one.line() for one in self.strained], most)


def generators_of(rows: Iterable[Mapping[str, Any]]) -> Generators:
    """Judge the rows of the query `worker_strain`."""
    return Generators(
        tuple(
            Generator(
                row["worker"], row["over"], row["seconds"], row["cpu_percent"], row["loop_lag_ms"]
            )
            for row in rows
            if not is_master(row["worker"])
        )
    )
