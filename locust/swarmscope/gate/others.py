"""The runs of a baseline, asked by a threshold that is relative to it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from swarmscope.gate.beside import Beside, runs_beside
from swarmscope.gate.evaluation import Outcome, Result, unknown
from swarmscope.gate.judgement import Results
from swarmscope.gate.relative import Ask, Compared, held_against
from swarmscope.gate.thresholds_file import Rule, Severity, Thresholds
from swarmscope.gate.verdict import Judged
from swarmscope.inference.missing import MANY
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

    def notes(self, judged: Iterable[Judged]) -> Iterator[str]:
        """Yield which runs of the baseline are left out, and what to do while it has too few."""
        yield from some_of([f"left out: {text}" for text in self._beside.left_out], _MOST_NAMED)
        if len(self._beside.base) < MANY and any(_lets_none_pass(one) for one in judged):
            yield (
                f"with fewer than {MANY} runs that were made alike what is relative to a baseline "
                "can seldom be told: until there are so many it belongs below warn:, since no run "
                "passes that could be kept for others"
            )

    @cached_property
    def _beside(self) -> Beside:
        return runs_beside(self._reader, self._run, self._thresholds.baseline)

    @cached_property
    def _base(self) -> list[Results]:
        return [self._results_of(one.run, one.start) for one in self._beside.base]

    @cached_property
    def _earlier(self) -> list[Results]:
        return [self._results_of(one.run, one.start) for one in self._beside.earlier]


def _lets_none_pass(one: Judged) -> bool:
    relative = one.rule.threshold.limit.relative and one.rule.severity is Severity.FAIL
    return relative and one.result.outcome is Outcome.UNKNOWN


def _asking(results: Results, rule: Rule) -> Ask:
    return lambda threshold: results(replace(rule, threshold=threshold))
