"""What came of a test's history: the levels of each metric, and all of it in one sentence."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from swarmscope.errors import ExitCode
from swarmscope.gate.metrics import Unit, named
from swarmscope.gate.values import needed
from swarmscope.gate.verdict import endpoint_in_words, endpoint_or_all, shown
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key
from swarmscope.trend.history import Past
from swarmscope.trend.levels import FEWEST, LASTING, Change, Levels
from swarmscope.words import count_of, percent, some_of

_HASH = re.compile(r"[0-9a-f]{30,}")
_SHORT = 10
_MOST_NAMED = 3
_MOST_LISTED = 20


@dataclass(frozen=True)
class Row:
    """One *metric* of one *endpoint*, in each of *runs* that has it, in the order of time."""

    endpoint: Key
    metric: str
    unit: Unit
    more_is_worse: bool
    runs: Sequence[Past]
    levels: Levels | None
    """None where there were too few runs."""
    without: Sequence[Past] = ()
    """The newest runs of the history, as far back as none has a value of it."""
    asked: bool = True
    """Whether there is no answer without it: of an endpoint that is seldom there is."""

    def where(self) -> str:
        """Return the endpoint, as people name it."""
        return endpoint_or_all(self.endpoint)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Where its level changed, the oldest first."""
        return self.levels.changes if self.levels else ()

    def is_worse(self, change: Change) -> bool:
        """Whether the level after *change* is worse than the one before."""
        return (change.after > change.before) is self.more_is_worse

    @property
    def told_now(self) -> bool:
        """Whether anything is known of how it is in the newest run."""
        return self.levels is not None and not self.without

    @property
    def worsening(self) -> Change | None:
        """The newest change for the worse that stands: since then the level wasn't back."""
        stand = (change for change in self.changes[::-1] if change.stands and self.is_worse(change))
        return next(stand, None)

    @property
    def worse_now(self) -> bool:
        """Whether the newest level is worse than the one before a change, and never was back."""
        return self.worsening is not None

    def first(self, change: Change) -> Past:
        """Return the first run on the level after *change*: with the first bad commit, or good."""
        return self.runs[change.index]

    def last_before(self, change: Change) -> Past:
        """Return the last run on the level before *change*."""
        return self.runs[change.index - 1]

    def size(self, change: Change) -> str:
        """Return how large *change* is: +10 %, or of failure rates +1.2 points."""
        if self.unit is Unit.SHARE:
            points = 100 * (change.after - change.before)
            return f"{points:+.2g} points"
        if not change.before:
            return "from 0"  # which no share of it leads away from
        sign = "+" if change.after >= change.before else "-"
        return f"{sign}{percent(abs(100 * (change.after / change.before - 1)))}"

    def told(self, change: Change) -> str:
        """Return *change* in one line."""
        first, last = self.first(change), self.last_before(change)
        commits = ""
        if first.commit:
            after = f", after {short(last.commit)}" if last.commit not in ("", first.commit) else ""
            commits = f" (commit {short(first.commit)}{after})"
        was, then = (shown(value, self.unit) for value in (change.before, change.after))
        now = ""
        if self.levels and self.told_now and change != self.changes[-1]:
            now = f", now {shown(self.levels.now, self.unit)}"
        return (
            f"{self.metric} of {self.where()} {was} → {then}, {self.size(change)}, since run "
            f"{first.run}{commits}, {moment(first.start)}{now}"
        )

    def untold(self) -> str:
        """Return in one line why nobody can tell how it is now."""
        takes = needed(named(self.metric))
        longer = f": let runs last longer, it takes {count_of(takes, 'request')} of each"
        more = longer if takes > 1 else ""
        what = f"{self.metric} of {self.where()}"
        newest, since = _newest(self.without), ""
        if self.without:
            since = f", since run {self.without[0].run}, {moment(self.without[0].start)}"
            came = self.without[-1].came.get(self.endpoint)
            if came is None or not came.requests:
                return f"{self.where()} has no request in {newest}{since}"
        if self.levels is None:
            return f"{what} is known of {len(self.runs)}, and takes {FEWEST}{more}"
        return f"{what} isn't known of {newest}{since}{more}"

    def smallest(self) -> str:
        """Return how small a change would have been seen; nothing, where none would."""
        if self.levels is None:
            return ""
        seen = self.levels.seen
        return f"{100 * seen:.2g} points" if self.unit is Unit.SHARE else percent(100 * seen)


@dataclass(frozen=True)
class Trend:
    """What the *runs* of a *test* came to, which were made alike; the oldest first."""

    test: str
    runs: tuple[Past, ...]
    rows: tuple[Row, ...]
    missing: int
    """How many more runs it takes until anything can be told."""
    left_out: tuple[str, ...] = ()
    """Runs that are no samples, and why."""
    others: tuple[str, ...] = ()
    """Runs that were made otherwise: they are other histories."""
    unjudged: tuple[Past, ...] = ()
    """Of those left out the ones that are newer than all *runs*: how it is now they would tell."""

    @property
    def worse(self) -> list[tuple[Row, Change]]:
        """The rows that are worse now, each with the change since which it is; newest first."""
        found = [(row, change) for row in self.rows if (change := row.worsening)]
        return sorted(found, key=lambda one: -one[1].index)

    @property
    def untold(self) -> list[Row]:
        """What nobody can tell of how it is now, though it was asked for."""
        return [row for row in self.rows if row.asked and not row.told_now]

    def why_untold(self) -> list[str]:
        """Return why, in a line for each: what takes fewest requests says most."""
        rows = sorted(self.untold, key=lambda row: needed(named(row.metric)))
        return list(dict.fromkeys(row.untold() for row in rows))

    @property
    def exit_code(self) -> ExitCode:
        """What a command ends with."""
        if self.worse:
            return ExitCode.LIMIT_BROKEN
        told = not (self.missing or self.unjudged or self.untold)
        return ExitCode.FINE if told else ExitCode.INCONCLUSIVE

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        what = f"{self.test or 'the test without a name'}, {count_of(len(self.runs), 'run')}"
        if self.missing:
            return f"{what}: can't tell: {count_of(self.missing, 'more run')} needed."
        if self.worse:
            (first, change), *others = self.worse
            rest = f" (and {count_of(len(others), 'further one')})" if others else ""
            return f"{what}: worse: {first.told(change)}{rest}."
        if self.unjudged:
            why = "; ".join(some_of(left_out(self.unjudged), _MOST_NAMED))
            return f"{what}: can't tell: {_newest(self.unjudged)} of it can't be judged: {why}."
        if self.untold:
            why, *more = self.why_untold()
            rest = f" (and {count_of(len(more), 'further one')})" if more else ""
            return f"{what}: can't tell: {why}{rest}."
        better = [row for row in self.rows if row.changes]
        if better:
            newest = max(better, key=lambda row: row.changes[-1].index)
            return f"{what}: better: {newest.told(newest.changes[-1])}."
        seen = ", ".join(f"{row.smallest()} of {row.metric}" for row in self.rows[:2])
        return f"{what}: no change; one that lasts {LASTING} runs would be seen from {seen} on."

    def alone(self) -> list[str]:
        """Return what the newest run alone has: one run is no level, and may be chance."""
        return [
            f"{row.metric} of {row.where()}: the newest run alone lies outside of those before: "
            "run it again to know"
            for row in self.rows
            if row.levels and row.levels.alone and not row.without
        ]

    def notes(self) -> list[str]:
        """Return in lines what else there is to know: of what was left out the newest."""
        left = some_of(self.left_out[::-1], _MOST_LISTED)
        return [
            *self.alone(),
            *(f"left out: {text}" for text in left),
            *(f"another history: {text}" for text in self.others),
        ]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it; values in the units of their metrics."""
        return {
            "test": self.test,
            "runs": len(self.runs),
            "exit_code": self.exit_code,
            "sentence": self.sentence(),
            "missing_runs": self.missing,
            "left_out": list(self.left_out),
            "newest_left_out": [past.run for past in self.unjudged],
            "made_otherwise": list(self.others),
            "rows": [_json(row) for row in self.rows],
        }


def left_out(runs: Iterable[Past]) -> list[str]:
    """Return which of *runs* are no samples, and why: a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for past in runs:
        if past.doubt:
            reasons.setdefault(past.doubt, []).append(past.run)
    return [
        f"{count_of(len(some), 'run')}: {why} ({', '.join(some_of(some, _MOST_NAMED))})"
        for why, some in reasons.items()
    ]


def _newest(runs: Sequence[Past]) -> str:
    return "the newest run" if len(runs) == 1 else f"the newest {len(runs):,} runs"


def moment(ms: int) -> str:
    """Return a time as people write it, in UTC: as commits have it anywhere."""
    return f"{datetime.fromtimestamp(ms / 1_000, UTC):%Y-%m-%d %H:%M} UTC"


def short(commit: str) -> str:
    """Return *commit* as people name it: of a hash its begin."""
    return commit[:_SHORT] if _HASH.fullmatch(commit) else commit


def _json(row: Row) -> dict[str, Any]:
    levels = row.levels
    return {
        "endpoint": None if row.endpoint == AGGREGATED else endpoint_in_words(row.endpoint),
        "metric": row.metric,
        "unit": row.unit,
        "runs": len(row.runs),
        "now": levels and levels.now,
        "smallest_seen": levels and levels.seen,
        "newest_alone": bool(levels and levels.alone),
        "told_now": row.told_now,
        "worse_now": row.worse_now,
        "changes": [_change(row, change) for change in row.changes],
    }


def _change(row: Row, change: Change) -> dict[str, Any]:
    first, last = row.first(change), row.last_before(change)
    return {
        "before": change.before,
        "after": change.after,
        "worse": row.is_worse(change),
        "stands": change.stands,
        "p": change.p,
        "run": first.run,
        "commit": first.commit,
        "start": first.start,
        "run_before": last.run,
        "commit_before": last.commit,
        "lasted_runs": change.until - change.index,
        "fast": change.fast,
    }
