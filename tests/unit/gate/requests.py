"""Single requests, the course that is recorded of them, and what they come to: one by one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from swarmscope.gate.course import Course, Endpoint, Window
from swarmscope.recording import histogram
from swarmscope.recording.tally import Tally

BEGAN = 1_000
ENDPOINTS: tuple[Endpoint, ...] = (("/a", "GET"), ("/b", "POST"), ("/b/c", "GET"))


@dataclass(frozen=True)
class One:
    """A request that ended in *second* of the run, after *ms* if it has a time."""

    second: int
    endpoint: Endpoint
    ms: float | None
    failed: bool


def one_by_one(seconds: int = 40, most: int = 300) -> st.SearchStrategy[list[One]]:
    times = st.one_of(st.none(), st.floats(0.5, 5_000).map(lambda ms: round(ms, 2)))
    one = st.builds(
        One, st.integers(0, seconds - 1), st.sampled_from(ENDPOINTS), times, st.booleans()
    )
    return st.lists(one, max_size=most)


def course(
    requests: Iterable[One], *, start: float = BEGAN, stop: float = BEGAN + 40, span: int = 5
) -> Course:
    """Return what is recorded: of all together each second, of each endpoint each *span*."""
    together: dict[int, Tally] = defaultdict(Tally)
    apart: dict[Endpoint, dict[int, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for one in requests:
        second = BEGAN + one.second
        for tally in (together[second], apart[one.endpoint][second // span * span]):
            _count(tally, one)
    return Course(
        start, stop, _windows(together, 1), {k: _windows(v, span) for k, v in apart.items()}
    )


def _windows(tallies: dict[int, Tally], seconds: int) -> tuple[Window, ...]:
    return tuple(Window(start, seconds, tallies[start]) for start in sorted(tallies))


def _count(tally: Tally, one: One) -> None:
    tally.count += 1
    tally.failures += one.failed
    if one.ms is None:
        return
    tally.timed += 1
    tally.total += one.ms
    tally.min, tally.max = min(tally.min, one.ms), max(tally.max, one.ms)
    bucket = histogram.index(one.ms)
    tally.histogram[bucket] += 1
    if one.failed:
        tally.failed = (tally.failed or Counter()) + Counter([bucket])


def exact(requests: Sequence[One], share: float) -> tuple[float, float]:
    """Return the times between which the percentile lies, whichever of its definitions is meant."""
    times = sorted(one.ms for one in requests if one.ms is not None)
    rank = share * len(times)
    low = max(0, min(len(times) - 1, int(rank) - 1))
    return times[low], times[min(len(times) - 1, int(rank) + 1)]
