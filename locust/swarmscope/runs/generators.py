"""Whether the load generators kept up: the one judge of saturation.

A generator above its limits measures itself: its response times contain its own waiting. The
limits of a second are `schema`'s and are applied by the query `worker_strain`; from which share of
a run's seconds on that spoils all of it is decided here, for whoever shows it. Whether it was the
worker that was full or its machine, and by whom, `host_strain` tells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from swarmscope import schema
from swarmscope.runs.accounts import is_master
from swarmscope.words import SHOWN, begin_of, count_of, percent, some_of

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
    """A worker that was over a limit in *over* of its *seconds*; *cpu* and *lag* are its peaks.

    In *spawning* of these its loop alone was late, while users were started or stopped.
    """

    worker: str
    over: int
    seconds: int
    cpu: float | None = None
    lag: float | None = None
    spawning: int = 0
    host: str = ""

    @property
    def strain(self) -> Strain:
        """What that means for its response times."""
        if is_saturated(self.over, self.spawning, self.seconds):
            return Strain.SATURATED
        return Strain.STALLED if self.over > self.spawning else Strain.KEPT_UP

    def line(self, *, timed: bool = True) -> str:
        """Say so in one line; *timed* is whether it measured any response time."""
        what = {
            Strain.SATURATED: "was saturated",
            Strain.STALLED: "stalled for moments",
        }.get(self.strain, "was late" if self.over else "kept up")
        name = begin_of(self.worker, SHOWN)
        text = f"{name} {what} ({self._when()}{self._peaks()})"
        if self.strain is Strain.KEPT_UP or not timed:
            return text
        when = "" if self.strain is Strain.SATURATED else " then"
        return f"{text}: response times{when} are partly its own"

    def _when(self) -> str:
        text = f"{self.over:,} of {self.seconds:,} seconds"
        if not self.spawning:
            return text
        some = "" if self.spawning == self.over else f"{self.spawning:,} "
        return f"{text}, {some}while users were started or stopped"

    def _peaks(self) -> str:
        peaks = []
        if self.busy:
            peaks.append(f"CPU up to {percent(self.cpu or 0)} of a core")
        if (self.lag or 0) > schema.GENERATOR_LAG_LIMIT_MS:
            peaks.append(f"loop lag up to {self.lag:,.0f} ms")
        return f"; {', '.join(peaks)}" if peaks else ""

    @property
    def busy(self) -> bool:
        """Whether its own CPU was over the limit at all."""
        return (self.cpu or 0) > schema.GENERATOR_CPU_LIMIT


def is_saturated(over: int, spawning: int, seconds: int) -> bool:
    """Whether so many *seconds* above a limit, some of them for *spawning*, spoil a whole run."""
    lasting = over >= schema.GENERATOR_LASTING_SHARE * seconds
    counted = over if lasting else over - spawning
    enough = counted >= schema.GENERATOR_SATURATED_SHARE * seconds
    return counted >= schema.GENERATOR_SATURATED_WINDOWS and enough


@dataclass(frozen=True)
class Machine:
    """A host of workers whose loops were *late* in so many of their seconds.

    In *measured* of these it is known how full it was: *used* is the percent of all its processors,
    and *workers* what its workers took, percent of one core, both on average. It was *full* in
    some.
    """

    host: str
    late: int
    measured: int
    full: int
    used: float
    workers: float
    processors: float

    def line(self) -> str:
        """Say whose fault it was, as far as that is known."""
        name = begin_of(self.host, SHOWN)
        if not self.measured:
            return f"how full {name} was isn't known: nobody writes its host metrics"
        if 2 * self.full < self.measured:
            return (
                f"{name} was not full then (CPU {percent(self.used)}): something blocks the loop, "
                "in the locustfile or below it"
            )
        return f"{name} was full then (CPU {percent(self.used)}), {self._by_whom()}"

    def _by_whom(self) -> str:
        if not self.processors:
            return f"its workers took {percent(self.workers)} of one core"
        own = self.workers / self.processors
        if 2 * own >= self.used:
            return f"by its workers ({percent(own)}): it has too many, or too few processors"
        return f"by something else: its workers took {percent(own)} of it"


@dataclass(frozen=True)
class Generators:
    """All generators of a run."""

    each: tuple[Generator, ...] = ()
    machines: tuple[Machine, ...] = ()
    """Those whose workers were late."""
    timed: bool = True
    """Whether they measured any response time: of a run without a request none is doubtful."""

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
            text = f"{self.strain}: {count_of(len(self.each), 'generator')}"
            most = max(self.each, key=lambda one: one.over)
            return f"{text}; {most.line(timed=self.timed)}" if most.over else text
        worst, *others = sorted(self.strained, key=_severity, reverse=True)
        more = (f"and {len(others):,} more",) if others else ()
        why = (machine.line() for machine in self.machines if machine.host == worst.host)
        return f"{self.strain}: {'; '.join((worst.line(timed=self.timed), *more, *why))}"

    def to_json(self) -> dict[str, Any]:
        """Return what a page shows of them."""
        return {
            "verdict": self.strain,
            "line": self.line(),
            "timed": self.timed,
            # The page says once above them what that means for response times.
            "strained": self.warnings(timed=False),
        }

    def warnings(self, *, timed: bool = True) -> tuple[str, ...]:
        """Say of each generator that was over a limit that it was, and of each machine why.

        With *timed* also what that means for response times, where there is any.
        """
        lines = [one.line(timed=timed and self.timed) for one in self.strained]
        lines += [machine.line() for machine in self.machines]
        return some_of(lines, _MOST_LISTED)


def generators_of(
    rows: Iterable[Mapping[str, Any]],
    hosts: Iterable[Mapping[str, Any]] = (),
    *,
    timed: bool = True,
) -> Generators:
    """Judge the rows of the query `worker_strain`, and tell what *hosts*, of `host_strain`, say.

    *timed* is whether there was any request.

    Of a machine is told where workers on it were late that had CPU left themselves.
    """
    workers = [row for row in rows if not is_master(row["worker"])]
    each = {row["worker"]: _generator(row) for row in workers}
    puzzling = {
        row["host"]
        for row in workers
        if (one := each[row["worker"]]).strain is not Strain.KEPT_UP and not one.busy
    }
    machines = (
        Machine(
            row["host"],
            row["late"],
            row["measured"],
            row["full"],
            row["cpu_percent"],
            row["workers_percent"],
            row["processors"],
        )
        for row in hosts
    )
    found = tuple(machine for machine in machines if machine.host in puzzling)
    return Generators(tuple(each.values()), found, timed)


def _generator(row: Mapping[str, Any]) -> Generator:
    return Generator(
        row["worker"],
        row["over"],
        row["seconds"],
        row["cpu_percent"],
        row["loop_lag_ms"],
        row["spawning"],
        row["host"] or "",
    )


def _severity(one: Generator) -> tuple[int, float]:
    return list(Strain).index(one.strain), one.over / max(1, one.seconds)
