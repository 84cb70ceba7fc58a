"""What became of iterations that were due, where users say when they should begin."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from swarmscope.words import count_of, share, were


@dataclass(frozen=True)
class Arrivals:
    """Over a whole run and all its workers: a load that was asked for, and what of it was made."""

    due: int = 0
    dropped: int = 0
    """Never begun: all users were at work."""
    late: int = 0
    """Begun more than 100 ms after they were due: the load generator was busy."""

    def line(self) -> str:
        """Say all of it in one line."""
        parts = [f"{self.due:,} due", f"{self.due - self.dropped:,} begun"]
        if self.dropped:
            parts.append(f"{self.dropped:,} dropped ({share(self.dropped, self.due)})")
        if self.late:
            parts.append(f"{self.late:,} late")
        return " · ".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Return what a page shows of them."""
        return {**asdict(self), "line": self.line(), "said": list(self.sentences())}

    def sentences(self) -> Iterator[str]:
        """Yield a sentence for each thing that made another load of what was asked for."""
        of = f"Of {count_of(self.due, 'iteration')} that {were(self.due)} due"
        if self.dropped:
            yield (
                f"{of}, {self.dropped:,} ({share(self.dropped, self.due)}) {were(self.dropped)} "
                "dropped, because all users were at work: the load was that much less than what "
                "was asked for."
            )
        if self.late:
            yield (
                f"{of}, {self.late:,} ({share(self.late, self.due)}) began more than 100 ms late, "
                "because this load generator was busy."
            )


NONE_DUE = Arrivals()
"""Of a run whose users don't say when they should begin."""


def arrivals_of(rows: Iterable[Mapping[str, Any]]) -> Arrivals:
    """Return what became of a run's iterations, by the rows of `arrivals`."""
    counts = Counter[str]()
    for row in rows:
        counts[row["outcome"]] += row["iterations"]
    return Arrivals(counts["due"], counts["dropped"], counts["late"])
