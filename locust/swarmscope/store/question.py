"""What can be asked of a store, what it answers, and who answers: needs no store's own library."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from swarmscope import schema


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
    believed: bool = True
    """Whether lists of runs take from their summaries what those tell, or count all points anew."""
    newest: int | None = None
    """Of a list of runs so many are wanted, those that began last: a store may leave others out."""
    apdex_t: int = schema.APDEX_T_MS
    """The response time that satisfies, ms."""
    measurement: str = ""
    field: str = ""
    """Which numbers are meant, where a query can be about any."""
    tags: tuple[tuple[str, str], ...] = ()
    """Tags that the points have, where a query can be about some of them: name and value."""


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

    where: str = "the store"
    """What store it is, for people who have several."""

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

    def __exit__(self, *_: object) -> None:
        self.close()
