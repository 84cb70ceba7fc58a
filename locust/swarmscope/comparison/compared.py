"""What came of a comparison: of each endpoint and metric, and of all of it in one sentence."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from swarmscope.comparison.missed import Missed
from swarmscope.comparison.slower import Slower
from swarmscope.errors import ExitCode
from swarmscope.gate.metrics import Unit
from swarmscope.gate.verdict import endpoint_in_words, endpoint_or_all, shown
from swarmscope.inference.comparison import Answer, Difference
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key
from swarmscope.words import change, count_of, percent


class Overall(StrEnum):
    """What all rows come to."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "the same"
    NO_DIFFERENCE = "no different, as far as it can be seen"
    """Nothing is worse, and what was looked for would have been seen."""
    UNKNOWN = "can't tell"

    @property
    def exit_code(self) -> ExitCode:
        """What a command ends with."""
        codes = {Overall.WORSE: ExitCode.LIMIT_BROKEN, Overall.UNKNOWN: ExitCode.INCONCLUSIVE}
        return codes.get(self, ExitCode.FINE)


@dataclass(frozen=True)
class Row:
    """One *metric* of one *endpoint*: what it was, what it is, and what that difference means."""

    endpoint: Key
    metric: str
    unit: Unit
    base: float | None
    new: float | None
    difference: Difference
    decides: bool = False
    """Whether all of a comparison hangs on it, if nothing is worse."""

    @property
    def of_all(self) -> bool:
        """Whether it is about all endpoints together."""
        return self.endpoint == AGGREGATED

    def where(self) -> str:
        """Return the endpoint, as people name it."""
        return endpoint_or_all(self.endpoint)

    def change(self) -> str:
        """Return how much it changed, with its interval where that is known: +3 % (-1 to +7 %)."""
        return change(self.difference.ratio, self.difference.low, self.difference.high)

    def line(self) -> str:
        """Return it in one line."""
        was, now = (shown(value, self.unit) for value in (self.base, self.new))
        change = f", {self.change()}" if self.change() else ""
        return f"{self.metric} of {self.where()} {was} → {now}{change}"


@dataclass(frozen=True)
class Comparison:
    """*new* runs held against *base* runs."""

    base: tuple[str, ...]
    new: tuple[str, ...]
    rows: tuple[Row, ...]
    must_see: float
    """A change of this share would have to be seen, or nobody can tell: 0.2 is 20 %."""
    appeared: tuple[Key, ...] = ()
    vanished: tuple[Key, ...] = ()
    doubts: tuple[str, ...] = ()
    """Why the runs may differ by something else than the service."""
    left_out: tuple[str, ...] = ()
    """Runs of a baseline that aren't compared, and why."""
    missed: tuple[Missed, ...] = ()
    """Those that are gone, or nearly so: whether they died nobody knows."""
    slower: tuple[Slower, ...] = ()
    """Those that are slower, though too few requests came to tell by how much."""

    def of(self, answer: Answer) -> list[Row]:
        """Return the rows with this answer."""
        return [row for row in self.rows if row.difference.answer is answer]

    @property
    def overall(self) -> Overall:
        """What all rows come to.

        Where one is worse, all of it is; else some of all endpoints together decide, since a rare
        endpoint never has enough requests.
        """
        if self.of(Answer.WORSE):
            return Overall.WORSE
        deciding = self._deciding()
        doubtful = self.doubts or self.unseen or not deciding
        if doubtful or any(self._hides(row) for row in deciding):
            return Overall.UNKNOWN
        if any(row.difference.answer is Answer.BETTER for row in deciding):
            return Overall.BETTER
        if all(row.difference.answer is Answer.SAME for row in deciding):
            return Overall.SAME
        return Overall.NO_DIFFERENCE

    @property
    def unseen(self) -> tuple[Missed | Slower, ...]:
        """Endpoints that may be worse, of which no row tells it."""
        return (*self.missed, *self.slower)

    def _deciding(self) -> list[Row]:
        return [row for row in self.rows if row.decides]

    def _hides(self, row: Row) -> bool:
        """Whether a change that must be seen may be there all the same."""
        told = row.difference
        if told.answer is not Answer.UNKNOWN:
            return False
        if row.unit is Unit.SHARE:
            # Of few failures no interval is as narrow as that: what was met is what counts.
            return told.rose and (told.ratio is None or told.ratio > 1 + self.must_see)
        if told.low is None or told.high is None:
            return True
        # Of all that decides a rate alone is worse where it is less.
        return not told.shows(self.must_see, more_is_worse=row.unit is not Unit.RATE)

    def sentence(self) -> str:
        """Return the answer in one sentence, with its first reason."""
        sides = f"{_side(self.new)} against {_side(self.base)}"
        overall = self.overall
        if overall is Overall.WORSE:
            first, *others = self.of(Answer.WORSE)
            rest = f" (and {count_of(len(others), 'further one')})" if others else ""
            return f"{sides}: worse: {first.line()}{rest}."
        if overall is Overall.UNKNOWN:
            return f"{sides}: can't tell: {self._why()}."
        deciding = self._deciding()
        better = [row for row in deciding if row.difference.answer is Answer.BETTER]
        shown_first = better or deciding
        return f"{sides}: {overall}: {shown_first[0].line()}."

    def _why(self) -> str:
        if self.doubts:
            return self.doubts[0]
        hidden = [row for row in self._deciding() if self._hides(row)]
        if self.unseen and not hidden:
            return f"{self.unseen[0]}: nobody knows whether it is worse"
        if not hidden:
            return "the runs have no request in common"
        first, told = hidden[0], hidden[0].difference
        if first.unit is Unit.SHARE:
            bursts = "which may be a burst, as runs have that are not worse"
            return f"{first.line()}, {bursts} ({told.why})"
        if told.high is None:
            return told.why
        wide = f"{first.line()}: a change of {percent(100 * self.must_see)} could hide in that"
        return f"{wide} ({told.why})" if told.why else wide

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it; values in the units of their metrics."""
        return {
            "base": list(self.base),
            "new": list(self.new),
            "answer": self.overall,
            "exit_code": self.overall.exit_code,
            "sentence": self.sentence(),
            "doubts": list(self.doubts),
            "left_out": list(self.left_out),
            "missed": [str(one) for one in self.missed],
            "slower": [str(one) for one in self.slower],
            "appeared": [endpoint_in_words(key) for key in self.appeared],
            "vanished": [endpoint_in_words(key) for key in self.vanished],
            "rows": [_json(row) for row in self.rows],
        }


def _side(runs: tuple[str, ...]) -> str:
    return f"Run {runs[0]}" if len(runs) == 1 else count_of(len(runs), "run")


def _json(row: Row) -> dict[str, Any]:
    told = row.difference
    return {
        "endpoint": None if row.of_all else endpoint_in_words(row.endpoint),
        "metric": row.metric,
        "unit": row.unit,
        "base": row.base,
        "new": row.new,
        "answer": told.answer,
        "ratio": told.ratio,
        "low": told.low,
        "high": told.high,
        "p": told.p,
        "method": told.method,
        "why": told.why,
    }
