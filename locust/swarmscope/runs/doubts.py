"""Why nobody can tell how a run went, whatever its numbers say."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from swarmscope import schema
from swarmscope.runs.arrivals import NONE_DUE, Arrivals
from swarmscope.runs.audit import Audit, Verdict, audit
from swarmscope.runs.generators import Generators, Strain
from swarmscope.store.question import Question, Reader
from swarmscope.words import count_of, milliseconds, share

_LATE = 0.05
"""Of all iterations, as of a generator's seconds: so many make all of a run doubtful."""
_TIMES_MS = range(4_000_000_000_000)
"""As in the query `load_steps`: what stands at the ends of all times is no order to a run."""


@dataclass(frozen=True)
class Minded:
    """What is a doubt for whoever asks: all of it, where nobody says otherwise."""

    generators: bool = True
    """That load generators were busy."""
    dropped: bool = True
    """That iterations were never begun: no threshold says how many may be."""


ALL = Minded()


class Shortfall(str):
    """A doubt because of less load than was asked for: nothing passes, what is broken stays so."""

    __slots__ = ()


@dataclass(frozen=True)
class Peak:
    """The most users that were *wanted*, and the most that *ran* since: of a ramp to its end."""

    wanted: int
    ran: float


@dataclass(frozen=True)
class CutShort:
    """What ended a run early, in a sentence, and whether its load is *undelivered* therefore."""

    message: str
    undelivered: bool

    def doubts(self) -> Iterator[str]:
        """Yield why nobody can tell what the run would have come to, if nobody meant its end."""
        if self.undelivered:
            yield Shortfall(f"{self.message}: the load that was asked for wasn't delivered")

    def notes(self) -> Iterator[str]:
        """Yield what is good to know of a run that somebody ended by hand, or that was long."""
        if not self.undelivered:
            yield self.message


def cut_short_of(told: Mapping[str, Any]) -> CutShort | None:
    """Return what the fields of a `cut_short` say; None: there are none."""
    if not told:
        return None
    return CutShort(str(told.get("message")), told.get("subject") == schema.UNDELIVERED)


@dataclass(frozen=True)
class Circumstances:
    """How a run was measured: what there is to doubt beside its data."""

    generators: Generators = field(default_factory=Generators)
    clock_error_ms: float = 0
    """Of the worker whose clock was furthest off."""
    arrivals: Arrivals = NONE_DUE
    steps: Sequence[Mapping[str, Any]] = ()
    """Rows of `load_steps`: users that were wanted, and that ran."""
    peak: Peak | None = None
    """None, where it isn't known, or a threshold ended the run before."""
    cut_short: CutShort | None = None


def doubts_of(reader: Reader, found: Audit, minded: Minded = ALL) -> Iterator[str]:
    """Yield each reason why the run that was audited is no sample of what it was to measure.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    yield from doubts_given(found, circumstances_of(reader, found), minded)


def doubts_given(found: Audit, told: Circumstances, minded: Minded) -> Iterator[str]:
    """Yield what `doubts_of` does, of a run of which is *told* already how it was measured."""
    if found.running:
        yield "it still goes on, or its last words haven't come: judge it when it is over"
    elif found.verdict is not Verdict.COMPLETE:
        yield f"its data is {found.line()}"
    elif found.interrupted:
        yield "it was interrupted: nobody stopped it, and it may have been meant to last longer"
    yield from doubts_about(told, minded)


def circumstances_of(reader: Reader, found: Audit) -> Circumstances:
    """Return how the run that was audited was measured.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    error = _clock_error_ms(reader, found.run)
    steps = reader.ask(Question("load_steps", found.run)).records()
    events = reader.ask(Question("run_events", found.run)).records()
    peak = _peak(reader, found.run, steps, events)
    told = [row for row in events if row["event"] == "cut_short"]
    cut = cut_short_of(told[-1]) if told else None
    return Circumstances(found.generators, error, found.arrivals, steps, peak, cut)


def peak_of(
    orders: Sequence[tuple[int, int]],
    stop: int,
    steps: Sequence[Mapping[str, Any]],
    ran_since: Callable[[int], float | None],
) -> Peak | None:
    """Return the most users that were wanted, where none of *steps* says how many of them ran.

    Each of *orders* has a time, ms since 1970, and users. What a load shape asked for just before
    its run's *stop* was no longer to be reached.
    """
    began = min((at for at, _ in orders), default=stop)
    late = stop - min(schema.STEP_S * 1_000, (stop - began) // 3)
    told = [one for one in orders if one[0] <= late]
    since, wanted = max(told, key=lambda one: one[1], default=(stop, 0))
    if not wanted or any(step["wanted"] == wanted for step in steps):
        return None
    ran = ran_since(since)
    # Somebody made the run's requests: none is known to have run where it took but a moment.
    return Peak(wanted, ran) if ran else None


def _peak(
    reader: Reader,
    run: str,
    steps: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
) -> Peak | None:
    stops = [row["time"] for row in events if row["event"] == "stop"]
    if not stops or any(row["event"] == "abort" for row in events):
        return None
    told = (row for row in events if row["event"] in ("start", "step") and row["time"] in _TIMES_MS)
    orders = [(row["time"], row["user_count"] or 0) for row in told]
    return peak_of(orders, max(stops), steps, partial(_most_users, reader, run))


def _most_users(reader: Reader, run: str, since: int) -> float | None:
    ran: Counter[int] = Counter()
    for row in reader.ask(Question("users", run, start=since, window=1)).records():
        ran[row["time"]] += row["value"]
    return max(ran.values(), default=None)


def _clock_error_ms(reader: Reader, run: str) -> float:
    """Return how far the clock of a worker of *run* was off at most."""
    told = reader.ask(Question("clock_error", run)).records()
    return max((row["clock_error_ms"] or 0 for row in told), default=0)


def doubts_of_run(reader: Reader, run: str) -> Iterator[str]:
    """Yield why others shouldn't be held against *run*, whatever its thresholds were.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    yield from doubts_of(reader, audit(reader, run))


def doubts_about(told: Circumstances, minded: Minded) -> Iterator[str]:
    """Yield what is doubtful of a run whose data is complete."""
    if minded.generators and told.generators.strain is Strain.SATURATED:
        yield f"a load generator was {told.generators.line()}"
    if told.clock_error_ms > schema.CLOCK_LIMIT_MS:
        yield (
            f"a worker's clock was up to {milliseconds(told.clock_error_ms)} off, so that nobody "
            "knows which second its requests belong to"
        )
    yield from _undelivered(told, minded)


def _undelivered(told: Circumstances, minded: Minded) -> Iterator[str]:
    if told.cut_short:
        yield from told.cut_short.doubts()
    arrivals = told.arrivals
    if arrivals.dropped and minded.dropped:
        yield (
            f"{arrivals.dropped:,} of {count_of(arrivals.due, 'iteration')} "
            f"({share(arrivals.dropped, arrivals.due)}) were never begun, because all users were "
            "at work (a threshold of dropped_arrivals says how many may be)"
        )
    if minded.generators and arrivals.late > _LATE * arrivals.due:
        yield (
            f"{arrivals.late:,} of {count_of(arrivals.due, 'iteration')} "
            f"({share(arrivals.late, arrivals.due)}) began more than 100 ms after they were due, "
            "because the load generator was busy"
        )
    for step in told.steps:
        wanted, running = step["wanted"], step["running"]
        if wanted and running is not None and running < schema.ALL_RUNNING * wanted:
            yield f"of {wanted:,.0f} users {running:,.0f} ran"
            return
    peak = told.peak
    if peak and peak.ran < schema.ALL_RUNNING * peak.wanted:
        yield f"of {count_of(peak.wanted, 'user')} no more than {peak.ran:,.0f} ever ran"
