"""How the workers of a run that goes on are, from their reports: what there is to doubt of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from swarmscope import schema
from swarmscope.recording.reports import Health, Report
from swarmscope.runs.arrivals import Arrivals
from swarmscope.runs.generators import Generator, Generators

_MOST = 100_000
"""Late seconds of a worker that are remembered: a day's."""
_AROUND_S = 2
"""Seconds before and behind an order, in which Locust may stall a loop."""


@dataclass(frozen=True)
class Move:
    """At *time*, s since 1970, and for *lasts* seconds, users or workers came or went."""

    time: float
    lasts: float = 0


@dataclass
class _Member:
    seconds: int = 0
    cpu: float = 0
    lag: float = 0
    clock_error: float = 0
    late: list[tuple[int, bool]] = field(default_factory=list)
    """Seconds over a limit, and whether it was the CPU's."""

    def take(self, health: Health) -> None:
        second, cpu, lag, clock_error = health
        self.seconds += 1
        self.cpu, self.lag = max(self.cpu, cpu), max(self.lag, lag)
        self.clock_error = max(self.clock_error, clock_error)
        busy = cpu > schema.GENERATOR_CPU_LIMIT
        if (busy or lag > schema.GENERATOR_LAG_LIMIT_MS) and len(self.late) < _MOST:
            self.late.append((second, busy))


class Crew:
    """The workers of a run, as far as they told of themselves."""

    def __init__(self) -> None:
        self._members: dict[str, _Member] = {}
        self._arrivals = (0, 0, 0)
        self._timed = False

    def hear(self, worker: str, report: Report) -> None:
        """Take a *report* of *worker*, which didn't come before."""
        for health in report.health:
            self._members.setdefault(worker, _Member()).take(health)
        due, dropped, late = self._arrivals
        more_due, more_dropped, more_late = report.arrivals
        self._arrivals = due + more_due, dropped + more_dropped, late + more_late
        self._timed = self._timed or any(tally.timed for _, tally in report.windows)

    @property
    def arrivals(self) -> Arrivals:
        """What became of iterations that were due."""
        return Arrivals(*self._arrivals)

    @property
    def clock_error_ms(self) -> float:
        """How far the points of any worker stand from the master's clock at most."""
        return max((one.clock_error for one in self._members.values()), default=0)

    def generators(self, names: Mapping[str, str], moves: Sequence[Move]) -> Generators:
        """Judge the workers that have *names*; *moves* excuse what their loops alone were late.

        As the query `worker_strain` has it.
        """
        each = (
            Generator(
                names[worker],
                len(one.late),
                one.seconds,
                one.cpu,
                one.lag,
                sum(not busy and _excused(second, moves) for second, busy in one.late),
            )
            for worker, one in self._members.items()
            if worker in names
        )
        return Generators(tuple(each), timed=self._timed)


def _excused(second: int, moves: Iterable[Move]) -> bool:
    return any(
        move.time - _AROUND_S <= second < move.time + _AROUND_S + move.lasts for move in moves
    )
