"""Why nobody can tell how a run went, whatever its numbers say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from swarmscope import schema
from swarmscope.gate.thresholds_file import Thresholds
from swarmscope.runs.arrivals import NONE_DUE, Arrivals
from swarmscope.runs.audit import Audit, Verdict, audit
from swarmscope.runs.generators import Generators, Strain
from swarmscope.store.question import Question, Reader
from swarmscope.words import count_of, milliseconds, share

_LATE = 0.05
"""Of all iterations, as of a generator's seconds: so many make all of a run doubtful."""


@dataclass(frozen=True)
class Circumstances:
    """How a run was measured: what there is to doubt beside its data."""

    generators: Generators = field(default_factory=Generators)
    clock_error_ms: float = 0
    """Of the worker whose clock was furthest off."""
    arrivals: Arrivals = NONE_DUE
    steps: Sequence[Mapping[str, Any]] = ()
    """Rows of `load_steps`: users that were wanted, and that ran."""


def doubts_of(reader: Reader, found: Audit, thresholds: Thresholds) -> Iterator[str]:
    """Yield each reason why the run that was audited is no sample of what it was to measure.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    if found.running:
        yield "it still goes on, or its last words haven't come: judge it when it is over"
    elif found.verdict is not Verdict.COMPLETE:
        yield f"its data is {found.line()}"
    elif found.interrupted:
        yield "it was interrupted: nobody stopped it, and it may have been meant to last longer"
    error = clock_error_ms(reader, found.run)
    steps = reader.ask(Question("load_steps", found.run)).records()
    yield from doubts_about(
        Circumstances(found.generators, error, found.arrivals, steps), thresholds
    )


def clock_error_ms(reader: Reader, run: str) -> float:
    """Return how far the clock of a worker of *run* was off at most.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    told = reader.ask(Question("clock_error", run)).records()
    return max((row["clock_error_ms"] or 0 for row in told), default=0)


def doubts_of_run(reader: Reader, run: str) -> Iterator[str]:
    """Yield why others shouldn't be held against *run*, whatever its thresholds were.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    yield from doubts_of(reader, audit(reader, run), Thresholds(()))


def doubts_about(told: Circumstances, thresholds: Thresholds) -> Iterator[str]:
    """Yield what is doubtful of a run whose data is complete."""
    if thresholds.generators and told.generators.strain is Strain.SATURATED:
        yield f"a load generator was {told.generators.line()}"
    if told.clock_error_ms > schema.CLOCK_LIMIT_MS:
        yield (
            f"a worker's clock was up to {milliseconds(told.clock_error_ms)} off, so that nobody "
            "knows which second its requests belong to"
        )
    yield from _undelivered(told.arrivals, told.steps, thresholds)


def _undelivered(
    arrivals: Arrivals, steps: Sequence[Mapping[str, Any]], thresholds: Thresholds
) -> Iterator[str]:
    judged = {str(rule.threshold.metric) for rule in thresholds.rules}
    if arrivals.dropped and "dropped_arrivals" not in judged:
        yield (
            f"{arrivals.dropped:,} of {count_of(arrivals.due, 'iteration')} "
            f"({share(arrivals.dropped, arrivals.due)}) were never begun, because all users were "
            "at work (a threshold of dropped_arrivals says how many may be)"
        )
    if thresholds.generators and arrivals.late > _LATE * arrivals.due:
        yield (
            f"{arrivals.late:,} of {count_of(arrivals.due, 'iteration')} "
            f"({share(arrivals.late, arrivals.due)}) began more than 100 ms after they were due, "
            "because the load generator was busy"
        )
    for step in steps:
        wanted, running = step["wanted"], step["running"]
        if wanted and running is not None and running < schema.ALL_RUNNING * wanted:
            yield f"of {wanted:,.0f} users {running:,.0f} ran"
            return
