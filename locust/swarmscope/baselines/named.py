"""Which runs somebody means: by their ids, or by the name of a baseline."""

from collections.abc import Iterator, Sequence

from swarmscope.baselines.comparable import Made, made, unlike
from swarmscope.baselines.conditions import Conditions, all_conditions, known
from swarmscope.baselines.kept import MOST_RUNS, kept_runs, runs_of
from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.runs.audit import Verdict, starts_of
from swarmscope.runs.audit_notes import several_runs
from swarmscope.runs.generators import Strain
from swarmscope.runs.record import kept_of
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question, Reader

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
        self, text: str, runs: Sequence[str], new: str
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the first `MOST_RUNS` of *runs* made as *new* was, and why the others aren't.

        They are those that *text* names; who is named by its id comes first. One that is kept isn't
        taken either where something is known against it that wasn't when it was kept.

        Raises:
            NoDataError: the points of one are gone.

        """
        alike: list[str] = []
        others: list[str] = []
        members = self.members(text)
        for run in sorted(runs, key=members.__contains__):
            reasons = [*unlike(self.made(run), self.made(new)), *self._against(text, run)]
            if reasons:
                others.append(f"{run}: {reasons[0]}")
            else:
                alike.append(run)
            if len(alike) == MOST_RUNS:
                break
        return tuple(alike), tuple(others)

    def earlier(self, like: Made, without: Sequence[str], most: int) -> tuple[str, ...]:
        """Return at most *most* earlier runs that were made alike, whose data is complete.

        Not those that broke their thresholds, or whose generators were saturated. They tell how far
        runs of one service lie apart.
        """
        told = self.reader.ask(Question("kept_audits", start=EVER[0], stop=EVER[1])).records()
        complete = {row["run"] for row in told if row["verdict"] == Verdict.COMPLETE}
        candidates = (one for one in self._before(like.conditions, without) if one.run in complete)
        looked_at = [one for one, _ in zip(candidates, range(_LOOKED_AT), strict=False)]
        alike = (
            one.run
            for one in looked_at
            if not list(unlike(self.made(one.run), like)) and not self._saturated(one.run)
        )
        return tuple(run for run, _ in zip(alike, range(most), strict=False))

    def _before(self, like: Conditions, without: Sequence[str]) -> Iterator[Conditions]:
        for one in sorted(self.conditions.values(), key=lambda one: -one.start):
            if one.test == like.test and not one.spoiled and one.run not in without:
                yield one

    def _saturated(self, run: str) -> bool:
        kept = kept_of(self.reader, run)
        return kept is not None and kept.record.generators == Strain.SATURATED

    def _against(self, text: str, run: str) -> Iterator[str]:
        names = _words(text)
        kept = [one for one in self.kept if one.run == run and one.baseline in names]
        if not kept:
            return
        spoiled = self.conditions[run].spoiled
        if spoiled and not any(spoiled in one.anyway for one in kept):
            yield spoiled
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
