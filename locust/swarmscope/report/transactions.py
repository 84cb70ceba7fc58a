"""What transactions came to: journeys of several requests, which users time as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from swarmscope.words import percentiles, share


@dataclass(frozen=True)
class Transaction:
    """Those of one name; times in ms, without the pauses in them."""

    name: str
    transactions: int
    """How many came to their end."""
    failures: int
    """Of these."""
    abandoned: int
    """Left before their end: these have no time."""
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None
    pause: float | None
    """The mean of the pauses in one."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return a row of the query `transactions`."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})

    def line(self) -> str:
        """Say so in one line."""
        parts = [f"{self.name}: {self.transactions:,} ended"]
        if self.failures:
            parts.append(f"{self.failures:,} failed ({share(self.failures, self.transactions)})")
        if self.abandoned:
            parts.append(f"{self.abandoned:,} abandoned")
        if self.transactions:
            parts.append(percentiles(self.p50, self.p95, self.p99))
        return ", ".join(parts)
