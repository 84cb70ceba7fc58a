"""How fast memory grows: what is judged, and against what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LIMIT_MB_AN_HOUR = 10.0
"""What a process may grow by, beyond what Locust itself gathers in it."""
MB = 2**20
_HOUR = 3_600
_WARM_UP = 1 / 3
"""Of the time: names are new, buffers fill, and what is kept for a minute isn't full yet."""

Series = Sequence[tuple[float, float]]
"""Times in s, and a value at each."""


@dataclass(frozen=True)
class Growth:
    """How one process's memory went, in MB, after the first third."""

    process: str
    first: float
    last: float
    an_hour: float
    """The slope of the line that fits best."""
    of_locust: float
    """How much of it are Locust's own statistics."""

    @property
    def others(self) -> float:
        """What is left of it for whoever else is in the process."""
        return self.an_hour - self.of_locust

    @property
    def flat(self) -> bool:
        """Whether that is within the limit."""
        return self.others <= LIMIT_MB_AN_HOUR


def after_warm_up(series: Series, seconds: float) -> Series:
    """Return what of *series* comes after the first third of so many *seconds*."""
    return [(at, value) for at, value in series if at >= _WARM_UP * seconds]


def an_hour(series: Series) -> float:
    """Return by how much *series* grows in an hour: least squares; 0 where nobody can tell."""
    if len(series) < 2:
        return 0.0
    middle = sum(at for at, _ in series) / len(series)
    mean = sum(value for _, value in series) / len(series)
    spread = sum((at - middle) ** 2 for at, _ in series)
    if not spread:
        return 0.0
    return _HOUR * sum((at - middle) * (value - mean) for at, value in series) / spread


def memory_of(sample: Mapping[str, Any]) -> Mapping[str, int]:
    """Return what each process has in memory that is its own, in bytes.

    What is resident of programs' files the system takes away and gives back as others need room: a
    machine that ran short of it made growth look flat. Older results have no more than the whole.
    """
    found: Mapping[str, int] = sample["own"] if "own" in sample else sample["rss"]
    return found


def growth(process: str, found: Mapping[str, Any], seconds: float) -> Growth:
    """Return how the memory of *process* went, of what a soak *found* in so many *seconds*."""
    noted = found["locust"].get(process, [])
    own = [(note["at"], note["locust_bytes"] / MB) for note in noted]
    samples = [
        (sample["at"], memory_of(sample)[process] / MB)
        for sample in found["samples"]
        if process in memory_of(sample)
    ]
    late = after_warm_up(samples, seconds) or samples
    return Growth(
        process,
        late[0][1],
        late[-1][1],
        an_hour(late),
        an_hour(after_warm_up(own, seconds)),
    )
