"""The runs of a baseline, asked by a threshold that is relative to it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

from swarmscope.gate.beside import Beside, runs_beside
from swarmscope.gate.evaluation import Result, unknown
from swarmscope.gate.judgement import Results
from swarmscope.gate.relative import Ask, Compared, held_against
from swarmscope.gate.thresholds_file import Rule, Thresholds
from swarmscope.store.question import Reader
from swarmscope.words import some_of

_RISK = 0.05
"""Of calling any relative threshold broken where nothing but chance differs."""
_MOST_NAMED = 3


class Others:
    """The runs of the baseline, read when the first threshold asks for them.

    *results_of* takes a run's id, and when it began, ms since 1970.
    """

    def __init__(
        self,
        reader: Reader,
        run: str,
        thresholds: Thresholds,
        results_of: Callable[[str, int], Results],
    ) -> None:
        self._reader, self._run, self._thresholds = reader, run, thresholds
        self._results_of = results_of
        relative = sum(rule.threshold.limit.relative for rule in thresholds.rules)
        self._confidence = 1 - _RISK / max(1, relative)

    def results(self, rule: Rule, own: Results) -> Iterator[Result]:
        """Yield what comes of *rule*, of a run that *own* tells of."""
        if not rule.threshold.limit.relative:
            yield from own(rule)
            return
        beside = self._beside
        if beside.why:
            yield unknown(rule.threshold, beside.why)
            return
        base, earlier = (
            [_asking(one, rule) for one in some] for some in (self._base, self._earlier)
        )
        others = Compared(beside.baseline, base, earlier)
        yield from held_against(rule.threshold, _asking(own, rule), others, self._confidence)

    @property
    def notes(self) -> tuple[str, ...]:
        """Which runs of the baseline are left out."""
        return some_of([f"left out: {text}" for text in self._beside.left_out], _MOST_NAMED)

    @cached_property
    def _beside(self) -> Beside:
        return runs_beside(self._reader, self._run, self._thresholds.baseline)

    @cached_property
    def _base(self) -> list[Results]:
        return [self._results_of(one.run, one.start) for one in self._beside.base]

    @cached_property
    def _earlier(self) -> list[Results]:
        return [self._results_of(one.run, one.start) for one in self._beside.earlier]


def _asking(results: Results, rule: Rule) -> Ask:
    return lambda threshold: results(replace(rule, threshold=threshold))
