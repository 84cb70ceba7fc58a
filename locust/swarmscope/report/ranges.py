"""How a run's requests fared against a response time that satisfies, in one line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from swarmscope import schema
from swarmscope.words import count_of, share


@dataclass(frozen=True)
class Ranges:
    """How many requests were within *t* ms, up to four times as much, slower, or failed."""

    t: int
    satisfied: int
    tolerating: int
    slow: int
    failed: int
    apdex: float

    @classmethod
    def of(cls, row: Mapping[str, Any], t: int) -> Self:
        """Return a row of the query `response_ranges`."""
        return cls(t, **{name: row[name] for name in cls.__dataclass_fields__ if name != "t"})

    def line(self, requests: int) -> str:
        """Say so, of a run with so many *requests*."""
        numbers = (self.satisfied, self.tolerating, self.slow, self.failed)
        few = sum(numbers) < schema.APDEX_SMALL
        said = (f"within {self.t:,} ms", f"up to {4 * self.t:,} ms", "slower", "failed")
        parts = (f"{share(n, sum(numbers))} {text}" for n, text in zip(numbers, said, strict=True))
        # Half of a hundredth goes up, as on boards and on the page.
        score = int(self.apdex * 100 + 0.5) / 100
        line = f"{score:.2f}{'*' if few else ''}: {' · '.join(parts)}"
        # Another share of failures than that of all requests would be a riddle.
        untimed = requests - sum(numbers)
        notes = [f"{count_of(untimed, 'request')} untimed"] if untimed > 0 else []
        notes += [f"* of fewer than {schema.APDEX_SMALL} requests"] if few else []
        return f"{line} ({'; '.join(notes)})" if notes else line
