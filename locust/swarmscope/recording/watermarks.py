"""How far each of a run's workers has told its master what it counted, and what never came."""

from collections.abc import Iterable
from math import inf

from swarmscope.recording.reading import OddReportError
from swarmscope.recording.reports import Report

NOTHING = (-inf, -inf)


class Watermarks:
    """What is known of the workers of one run: of those that take part, and of who ever reported.

    A watermark, as stream processing has it, is up to when of a source nothing more will come.

    A worker that is gone is waited for as well, unless it said that it was all: what it had last
    may be in the store, and was never told.
    """

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, float]] = {}
        """Of each worker the seconds up to which it told of all windows and spans."""
        self._numbers: dict[str, int] = {}
        self._looks = 0
        self._heard: dict[str, int] = {}
        """At which look something came of each, or it began to take part."""

    def expect(self, workers: Iterable[str]) -> None:
        """Wait for *workers* from now on: they take part."""
        for worker in workers:
            self._until.setdefault(worker, NOTHING)
            self._heard.setdefault(worker, self._looks)

    def expects(self, worker: str) -> bool:
        """Whether *worker* takes part, or ever did."""
        return worker in self._until

    def take_number(self, worker: str, number: int) -> tuple[int, int]:
        """Take a report's *number*; return how many before it came, and how many never did.

        Raises:
            OddReportError: It came before.

        """
        before = self._numbers.get(worker, 0)
        if number <= before:
            raise OddReportError("it came before")
        self.expect([worker])
        self._numbers[worker] = number
        self._heard[worker] = self._looks
        return before, number - before - 1

    def reach(self, worker: str, report: Report) -> None:
        """Take how far a *report*, before which none is missing, says that *worker* has told."""
        windows, spans = self._until[worker]
        told = (inf, inf) if report.final else (report.until, report.spans_until)
        self._until[worker] = max(windows, told[0]), max(spans, told[1])

    @property
    def until(self) -> tuple[float, float]:
        """Up to when all told of their windows, and of their spans."""
        windows, spans = zip(*self._until.values(), strict=True) if self._until else ([], [])
        return min(windows, default=-inf), min(spans, default=-inf)

    @property
    def over(self) -> bool:
        """Whether all have said that nothing more will come."""
        return self.until == (inf, inf)

    @property
    def unfinished(self) -> list[str]:
        """Who hasn't said that it was all."""
        return [worker for worker, told in self._until.items() if told != (inf, inf)]

    def look(self, looks: int) -> list[str]:
        """Look once more; return who hasn't told anything for so many *looks*.

        Not for so many seconds: this process itself may have stood still.
        """
        self._looks += 1
        return [w for w in self.unfinished if self._looks - self._heard[w] > looks]
