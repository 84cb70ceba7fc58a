"""The worst stretches of a run that goes on: each second of it is looked at while it is new."""

from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import replace
from math import ceil, inf

from swarmscope.gate.course import Course, Endpoint
from swarmscope.gate.evaluation import (
    Outcome,
    Result,
    evaluate,
    evaluated,
    lacking,
    unknown,
    worse,
)
from swarmscope.gate.running import Running
from swarmscope.gate.threshold import Over, Threshold

SHORTEST_S = 10
"""What is looked at again is no shorter, s."""


class Rolling:
    """What a *threshold* of stretches comes to in a run that goes on: a broken one stays broken.

    *apart*: it is about single endpoints.
    """

    def __init__(self, threshold: Threshold, *, apart: bool) -> None:
        self._threshold = threshold
        self._apart = apart
        self._worst: dict[Endpoint | None, Result] = {}
        self._looked = -inf

    def results(self, running: Running, until: float) -> Iterator[Result]:
        """Yield the worst of all stretches of *running* that are over by then, or were before."""
        # What is concluded may be so anew when more was told: nothing of that is remembered.
        return (deepcopy(self) if running.ended else self)._results(running, until)

    def _results(self, running: Running, until: float) -> Iterator[Result]:
        threshold, calm, worst = self._threshold, running.start + running.warm_up, self._worst
        if not (running.ended or worst) and self._is_early(running, until):
            yield unknown(threshold, f"{threshold.time.seconds} s aren't over yet")
            return
        asked, of_now = self._asked(running, until), set()
        for course in self._unseen(running, until):
            for result in self._found(course, max(0, calm - course.start)):
                worst[result.endpoint] = result
                if _is_told(result, asked):
                    of_now.add(result.endpoint)
                    yield result
        self._looked = max(self._looked, until)
        # What wasn't requested lately was requested before.
        rest = [one for key, one in worst.items() if key not in of_now and _is_told(one, asked)]
        if not (rest or of_now):
            rest = [one for key, one in worst.items() if key] or list(worst.values())
            rest = rest or evaluate(threshold, running.course(until, apart=True))
        yield from rest

    def _found(self, course: Course, warm_up: float) -> Iterator[Result]:
        """Yield what is known with *course*, which is new."""
        for result in evaluated(self._threshold, course, warm_up):
            yield worse(self._worst.get(result.endpoint, result), result)

    def _since(self) -> float:
        """Return from when on windows are looked at: each stretch that ends with a new one is."""
        # Twice as long as one: with what its first window cuts of it, too.
        return self._looked - 2 * max(self._threshold.time.seconds, SHORTEST_S)

    def _is_early(self, running: Running, until: float) -> bool:
        """Whether not one stretch is over: what is there of it may be less than all of it."""
        step = running.step(apart=self._apart)
        first = running.start // step * step
        if running.warm_up:
            first = ceil((running.start + running.warm_up) / step) * step
        whole = ceil(self._threshold.time.seconds / step) * step
        return self._threshold.time.over is Over.WITHIN and until - first < whole

    def _asked(self, running: Running, until: float) -> Collection[Endpoint] | None:
        """Return of which endpoints something is told, where it is of each; None: of all."""
        return running.requested(until) if self._threshold.scope.each else None

    def _unseen(self, running: Running, until: float) -> Iterator[Course]:
        """Yield what is new; of endpoints that are, all of the run: they had no request before."""
        threshold, worst = self._threshold, self._worst
        if until <= self._looked and not running.ended:
            return  # somebody joined, and hasn't told of anything yet
        recent = running.course(until, self._since(), apart=self._apart)
        if not self._apart:
            yield recent
            return
        named, each = recent.named(threshold.scope), threshold.scope.each
        new = [key for key in named if (key if each else None) not in worst]
        if new:
            whole = running.course(until, apart=True)
            yield replace(whole, endpoints={key: whole.endpoints[key] for key in new})
        if len(new) < len(named):
            yield replace(
                recent, endpoints={key: recent.endpoints[key] for key in named if key not in new}
            )
        if each:
            nothing = unknown(threshold, lacking(threshold))
            for key in new:
                worst.setdefault(key, replace(nothing, endpoint=key))


def _is_told(result: Result, asked: Collection[Endpoint] | None) -> bool:
    """Whether it is told: of each that only was requested at another time nobody asked."""
    return asked is None or result.endpoint in asked or result.outcome is Outcome.BROKEN
