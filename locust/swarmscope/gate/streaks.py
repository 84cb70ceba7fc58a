"""How long a run that goes on breaks a threshold without a break, however seldom it is asked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from swarmscope.gate.course import Course, Endpoint, Window, merged
from swarmscope.gate.evaluation import (
    Outcome,
    Result,
    cell_by_cell,
    lacking,
    of_requests,
    unknown,
    worst_of,
)
from swarmscope.gate.rolling import Rolling
from swarmscope.gate.threshold import Threshold


@dataclass
class Streak:
    """The windows of one endpoint: the longest stretch that breaks it, and the one at its end."""

    worst: Result | None = None
    longest: Result | None = None
    longest_s: float = 0
    newest: Result | None = None
    newest_s: float = 0
    asked: bool = False

    def add(self, measured: Iterable[Result]) -> None:
        """Add what further windows come to."""
        for one in measured:
            self.worst = worst_of([self.worst or one, one])
            if one.outcome is not Outcome.BROKEN:
                self.newest, self.newest_s = None, 0
                continue
            begun = self.newest or one
            self.newest = replace(worst_of([begun, one]), start=begun.start, stop=one.stop)
            self.newest_s += (one.stop or 0) - (one.start or 0)
            if self.newest_s > self.longest_s:
                self.longest, self.longest_s = self.newest, self.newest_s

    def result(self, threshold: Threshold) -> Result:
        """Return what all of them come to, as `longest_streak` has it."""
        found = self.worst or unknown(threshold, lacking(threshold))
        if self.longest:
            broken = self.longest_s >= threshold.time.seconds
            found = replace(self.longest, outcome=Outcome.BROKEN if broken else Outcome.KEPT)
        return of_requests(found, self.asked)


class Streaks(Rolling):
    """What a threshold of all windows in a row comes to in a run that goes on.

    Those without a request are skipped, so that a stretch may reach back to the run's begin: each
    window is looked at once.
    """

    def __init__(self, threshold: Threshold, *, apart: bool) -> None:
        super().__init__(threshold, apart=apart)
        self._streaks: dict[Endpoint | None, Streak] = {}

    def _since(self) -> float:
        return self._looked

    def _found(self, course: Course, warm_up: float) -> Iterator[Result]:
        for key, windows in self._series(course):
            streak = self._streaks.setdefault(key, Streak())
            measured, asked = cell_by_cell(self._threshold, course, windows, warm_up)
            streak.asked = streak.asked or asked
            streak.add(measured)
            yield replace(streak.result(self._threshold), endpoint=key)

    def _series(self, course: Course) -> Iterator[tuple[Endpoint | None, Sequence[Window]]]:
        scope = self._threshold.scope
        if scope.each:
            yield from ((key, course.endpoints[key]) for key in course.named(scope))
        elif self._apart:
            yield None, merged(course.endpoints[key] for key in course.named(scope))
        else:
            yield None, course.together
