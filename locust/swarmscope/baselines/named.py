"""Which runs somebody means: by their ids, or by the name of a baseline."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from swarmscope.baselines.comparable import Made, made, unlike
from swarmscope.baselines.conditions import Conditions, all_conditions, known
from swarmscope.baselines.kept import MOST_RUNS, kept_runs, runs_of
from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.runs.audit import Verdict, starts_of
from swarmscope.runs.audit_notes import several_runs
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question, Reader

Doubts = Callable[[Reader, str], Iterable[str]]
"""Tells what is doubtful of a run: whoever judges runs does."""
_LOOKED_AT = 20
"""Earlier runs: so many are asked for their load until enough are like the one that is compared."""


class Named:
    """What a store knows of runs and baselines, read once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.conditions = all_conditions(reader)
        self.kept = kept_runs(reader)
        self._made: dict[str, Made] = {}

    def runs(self, text: str) -> tuple[str, ...]:
        """Return the runs that *text* names: ids, or names of baselines, with commas between them.

        Raises:
            ConfigurationError: a name is a run's and a baseline's.
            NoDataError: there is no such run or baseline, or its data is gone.

        """
        found = [run for word in _words(text) for run in self._of(word)]
        if not found:
            raise ConfigurationError(
                f"{text!r} names no run.",
                data="Nothing was compared.",
                remedy="Name a run, several with commas between them, or a baseline.",
            )
        return tuple(dict.fromkeys(found))

    def members(self, text: str) -> frozenset[str]:
        """Return the runs that the baselines among the names in *text* have."""
        return frozenset(one.run for one in self.kept if one.baseline in _words(text))

    def made(self, run: str) -> Made:
        """Return how *run* was made.

        Raises:
            NoDataError: there is no such run.

        """
        if run not in self._made:
            self._made[run] = made(self.reader, known(self.conditions, run))
        return self._made[run]

    def alike(
        self, text: str, runs: Sequence[str], new: str, doubts: Doubts
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the first `MOST_RUNS` of *runs* made as *new* was, and why the others aren't.

        They are those that *text* names; who is named by its id comes first. One that is kept isn't
        taken either where something is known against it that wasn't when it was kept; one that is
        named by its id, where it failed or there are *doubts* of it.

        Raises:
            NoDataError: the points of one are gone.

        """
        alike: list[str] = []
        others: list[str] = []
        members = self.members(text)
        for run in sorted(runs, key=members.__contains__):
            reasons = chain(
                unlike(self.made(run), self.made(new)), self._against(text, run, doubts)
            )
            reason = next(reasons, "")
            if reason:
                others.append(f"{run}: {reason}")
            else:
                alike.append(run)
            if len(alike) == MOST_RUNS:
                break
        return tuple(alike), tuple(others)

    def earlier(self, like: Made, without: Sequence[str], doubts: Doubts) -> tuple[str, ...]:
        """Return at most `MOST_RUNS` earlier runs that were made alike.

        Not those that broke their thresholds, or of which there are *doubts*. They tell how far
        runs of one service lie apart.
        """
        told = self.reader.ask(Question("kept_audits", start=EVER[0], stop=EVER[1])).records()
        complete = {row["run"] for row in told if row["verdict"] == Verdict.COMPLETE}
        # Of the others nobody need ask any more.
        candidates = (one for one in self._before(like.conditions, without) if one.run in complete)
        alike = (
            one.run
            for one in islice(candidates, _LOOKED_AT)
            if not any(unlike(self.made(one.run), like)) and not any(doubts(self.reader, one.run))
        )
        return tuple(islice(alike, MOST_RUNS))

    def _before(self, like: Conditions, without: Sequence[str]) -> Iterator[Conditions]:
        for one in sorted(self.conditions.values(), key=lambda one: -one.start):
            if one.test == like.test and not one.spoiled and one.run not in without:
                yield one

    def _against(self, text: str, run: str, doubts: Doubts) -> Iterator[str]:
        names = _words(text)
        kept = [one for one in self.kept if one.run == run and one.baseline in names]
        spoiled = self.conditions[run].spoiled
        if spoiled and not any(spoiled in one.anyway for one in kept):
            yield spoiled
        if not kept:
            yield from doubts(self.reader, run)
            return
        starts = starts_of(self.reader.ask(Question("run_events", run)).records())
        if len(starts) > 1 and starts[-1] > max(one.time for one in kept):
            yield several_runs(starts)

    def _of(self, word: str) -> tuple[str, ...]:
        members = runs_of(self.kept, word)
        if not members:
            return (known(self.conditions, word).run,) if word in self.conditions else _nobody(word)
        if word in self.conditions:
            raise ConfigurationError(
                f"{word} is the id of a run, and the name of a baseline.",
                data="Nothing was compared.",
                remedy="`swarmscope baseline remove` takes the name back; then keep the runs "
                "under another.",
            )
        there = tuple(run for run in members if run in self.conditions)
        if not there:
            raise NoDataError(
                f"The store no longer has any run of the baseline {word}: its retention, or "
                "`swarmscope delete`, took them.",
                data="Nothing was compared.",
                remedy=f"Keep newer ones: `swarmscope baseline add RUN --name {word}`.",
            )
        return there


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _nobody(word: str) -> tuple[str, ...]:
    raise NoDataError(
        f"The store has no run {word}, and no baseline of that name.",
        data="Nothing was compared.",
        remedy="`swarmscope runs` lists the runs, `swarmscope baseline list` the baselines.",
    )
