"""The worst stretches of a run that goes on: each second of it is looked at while it is new."""

from collections.abc import Collection, Iterator
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
        threshold, calm = self._threshold, running.start + running.warm_up
        if not (running.ended or self._worst) and self._is_early(running, until):
            yield unknown(threshold, f"{threshold.time.seconds} s aren't over yet")
            return
        # What is concluded may be so anew when more was told: nothing of that is remembered.
        worst = dict(self._worst) if running.ended else self._worst
        asked, of_now = self._asked(running, until), set()
        for course in self._unseen(running, until, worst):
            for result in evaluated(threshold, course, max(0, calm - course.start)):
                key = result.endpoint
                worst[key] = worse(worst.get(key, result), result)
                if _is_told(worst[key], asked):
                    of_now.add(key)
                    yield worst[key]
        if not running.ended:
            self._looked = max(self._looked, until)
        # What wasn't requested lately was requested before.
        rest = [one for key, one in worst.items() if key not in of_now and _is_told(one, asked)]
        if not (rest or of_now):
            rest = list(worst.values()) or evaluate(threshold, running.course(until, apart=True))
        yield from rest

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

    def _unseen(
        self, running: Running, until: float, worst: dict[Endpoint | None, Result]
    ) -> Iterator[Course]:
        """Yield what is new; of endpoints that are, all of the run: they had no request before."""
        threshold = self._threshold
        if until <= self._looked and not running.ended:
            return  # somebody joined, and hasn't told of anything yet
        # Twice as long as one: with what its first window cuts of it, too.
        since = self._looked - 2 * max(threshold.time.seconds, SHORTEST_S)
        recent = running.course(until, since, apart=self._apart)
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
