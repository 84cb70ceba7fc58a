"""Deals out rows to whoever asks, each of them once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from swarmscope.load.csv_rows import CsvRows, Row

AtEnd = Literal["stop", "again", "quit"]
"""What becomes of a user that asks when all rows are dealt: it stops; it is given the first row
again; the test ends."""
MOST = 1_000
"""Rows of one answer."""


@dataclass(frozen=True)
class Dealt:
    """The answer to one question: *rows*, and whether there are no more; *number* is its."""

    number: int
    rows: list[Row] = field(default_factory=list)
    over: bool = False


class Dealer:
    """Deals *rows* to askers, who number their questions: one that comes again is answered alike.

    So an answer that was lost on its way costs no row, and none is dealt twice.
    """

    def __init__(self, rows: CsvRows, at_end: AtEnd) -> None:
        self.rows = rows
        self.at_end = at_end
        self.restart()

    def restart(self) -> None:
        """Begin with the first row again, for another run."""
        self._left: Iterator[Row] = self.rows.each()
        self._answers: dict[str, Dealt] = {}
        self.dealt: Counter[str] = Counter()
        """Rows by asker."""
        self.over = False

    def deal(self, asker: str, number: int, count: int) -> Dealt:
        """Answer *asker*, who has *count* users that want a row."""
        before = self._answers.get(asker)
        if before is not None and before.number == number:
            return before
        rows = [row for _ in range(min(count, MOST)) if (row := self._next()) is not None]
        self.dealt[asker] += len(rows)
        answer = self._answers[asker] = Dealt(number, rows, self.over)
        return answer

    def _next(self) -> Row | None:
        row = next(self._left, None)
        if row is None and self.at_end == "again":
            self._left = self.rows.each()
            row = next(self._left)
        if row is None:
            self.over = True
        return row
