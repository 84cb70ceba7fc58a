"""What can be asked of a store, what it answers, and who answers: needs no store's own library."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import ceil
from typing import Any, Protocol

from swarmscope.errors import ConfigurationError
from swarmscope.transport.bounded import LONG_BYTES

MAX_WINDOWS = 240
"""More windows than pixels tell nothing, and cost time."""
_WINDOWS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)
_DAY = 86_400
NS_IN_MS = 1_000_000
MAX_ROWS = 1_000_000
"""Of one answer: who gathers everything that a store has for one question ends without memory."""
LAST_MS = (2**63 - 1) // NS_IN_MS
"""No store's times reach further."""


@dataclass(frozen=True)
class Question:
    """What is asked; times are ms since 1970, *start* is part of the range and *stop* isn't."""

    name: str
    run: str = ""
    start: int | None = None
    """By default the run's first point."""
    stop: int | None = None
    """By default just after the run's last point."""
    window: int | None = None
    """Seconds; by default at most `MAX_WINDOWS` of them fill the range."""
    bucket: str = ""


@dataclass(frozen=True)
class Table:
    """An answer."""

    query: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    window: int
    start: int
    stop: int

    def records(self) -> list[dict[str, Any]]:
        """Each row as a mapping of column to value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Reader(AbstractContextManager["Reader", None], Protocol):
    """Something that answers questions, and lets go of the store at the end of a `with`."""

    def ask(self, question: Question) -> Table:
        """Return the answer.

        Raises:
            ConfigurationError: it can't be asked like this.
            NoDataError: there is no such run.
            StoreUnreachableError: the store doesn't answer, or refuses us.

        """
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


def too_much(name: str) -> ConfigurationError:
    """Return the error of a question *name* whose answer would be too long."""
    return ConfigurationError(
        f"The answer to {name} has more than {MAX_ROWS:,} rows, or than {LONG_BYTES >> 20} MiB.",
        remedy="Ask for a shorter range, or for longer windows.",
    )


def choose_window(wanted: int | None, range_ms: int, resolution: int = 1) -> int:
    """Return a window in s: *wanted*, or one of which at most `MAX_WINDOWS` fill the range.

    It is never shorter than *resolution*, the length of the windows that were recorded: rates in
    shorter ones would be multiplied.

    Raises:
        ConfigurationError: *wanted* is below the resolution.

    """
    if wanted is not None:
        if wanted < resolution:
            raise ConfigurationError(
                f"A window of {wanted} s is shorter than the resolution.",
                remedy=f"This run was recorded in windows of {resolution} s: ask for no less.",
            )
        if wanted * 1_000 > LAST_MS:
            raise ConfigurationError(
                f"A window of {wanted} s reaches too far.", remedy="No store is that old."
            )
        return wanted
    enough = range_ms / 1_000 / MAX_WINDOWS
    days = ceil(enough / _DAY) * _DAY
    usual = (w for w in _WINDOWS if w >= enough and w % resolution == 0)
    return next(usual, ceil(days / resolution) * resolution)
