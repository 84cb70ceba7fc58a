"""The runs that a store holds, each with its most telling numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.runs.arrivals import Arrivals
from swarmscope.runs.audit import FATES, INTERRUPTED, Audit, account_of, audit
from swarmscope.runs.duration import seconds_of
from swarmscope.runs.generators import Generators
from swarmscope.runs.judge import Discrepancy
from swarmscope.runs.part import Part, Wanted, users_in
from swarmscope.runs.picked import Picked
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question, Reader

NOT_JUDGED = "not judged"
"""Of a run that nobody held against thresholds; boards say the same."""


@dataclass(frozen=True)
class Judged:
    """What an audit found, as far as a list tells: the one that was kept, or one made just now."""

    verdict: str
    said: str
    line: str
    account: str
    running: bool
    interrupted: bool

    @classmethod
    def of(cls, found: Audit) -> "Judged":
        """Return what was *found* just now."""
        return cls(
            verdict=found.verdict,
            said=found.said,
            line=found.line(),
            account=found.account(),
            running=found.running,
            interrupted=found.interrupted,
        )

    @classmethod
    def kept(cls, row: Mapping[str, Any]) -> "Judged":
        """Return what a *row* of `kept_audits` says of a run that is over."""
        said = row["said"] or ""
        return cls(
            verdict=row["verdict"],
            said=said,
            line=row["line"] or "",
            account=account_of(row["seen"] or 0, {name: row[name] or 0 for name in FATES}),
            running=False,
            interrupted=said.endswith(INTERRUPTED),
        )


@dataclass(frozen=True)
class Listed:
    """One run; times are ms since 1970, *p95* is in ms."""

    run: str
    test: str
    start: int
    stop: int | None
    seconds: float
    """How long it lasted; of one without an end, until its last sign of life."""
    target: str
    users: int
    requests: int
    failures: int
    user_errors: int
    """Exceptions of users' own code."""
    workers: int
    p95: float | None
    label: str
    description: str
    audit: Judged
    verdict: str = NOT_JUDGED
    """What it came to by its thresholds: `passed`, `warning`, `failed`, `inconclusive`."""
    part: Part | None = None
    """What *seconds*, *users*, *requests*, *failures* and *p95* are about, where not the whole run;
    the audit always is about all of it."""

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it; of the audit the verdict and its line."""
        return {
            **vars(self),
            "part": self.part and self.part.to_json(),
            "audit": self.audit.verdict,
            "audit_line": self.audit.line,
            "account": self.audit.account,
            "running": self.audit.running,
            "interrupted": self.audit.interrupted,
        }


_EVERYTHING = Wanted()
_ALL = Picked()


def list_runs(
    reader: Reader, limit: int, wanted: Wanted = _EVERYTHING, picked: Picked = _ALL
) -> list[Listed]:
    """Return the *limit* newest runs of those *picked*, the newest first.

    With the numbers of the part *wanted* of each.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    # A run of which nothing but an exception is known is none that began.
    every = reader.ask(Question("runs", newest=None if picked else limit)).records()
    rows = [row for row in every if row["start"] is not None and picked.has(row)]
    rows.sort(key=lambda row: int(row["start"]), reverse=True)
    # How many must be judged until enough of them have such a verdict shows then.
    newest = rows if picked.verdicts else rows[:limit]
    audits = _kept_audits(reader, newest)
    verdicts = {row["run"]: row["verdict"] for row in _kept(reader, "kept_verdicts", newest)}
    listed = (
        (_listed(reader, row, audits.get(row["run"]), verdicts.get(row["run"], NOT_JUDGED)), row)
        for row in newest
    )
    found = (
        (run, row)
        for run, row in listed
        if picked.judged(run.audit.said, running=run.audit.running)
    )
    return [_only(reader, run, row, wanted) if wanted else run for run, row in islice(found, limit)]


def _kept_audits(
    reader: Reader, newest: Sequence[Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Return what is kept of each of these runs that is over, if all of it was known then."""
    kept = {row["run"]: row for row in _kept(reader, "kept_audits", newest)}
    return {
        row["run"]: found
        for row in newest
        if (found := kept.get(row["run"]))
        and found["final"]
        and found["requests"] == row["requests"]
        and (row["last"] is None or (found["until"] is not None and row["last"] <= found["until"]))
    }


def _kept(reader: Reader, name: str, newest: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what is kept, by the question *name*, since the oldest of these runs began."""
    if not newest:
        return []
    begin = min(int(row["start"]) for row in newest)
    try:
        return reader.ask(Question(name, start=max(begin, EVER[0]), stop=EVER[1])).records()
    except ConfigurationError:
        return []  # more than an answer holds: each is judged now


def _only(reader: Reader, run: Listed, row: Mapping[str, Any], wanted: Wanted) -> Listed:
    events = reader.ask(Question("run_events", run.run))
    part = wanted.part_of(row, events.stop)
    counts: list[dict[str, Any]] = []
    p95 = None
    if part.seconds:
        asked = Question("endpoint_counts", run.run, part.start, part.stop)
        every = reader.ask(asked).records()
        counts = [row for row in every if row["name"] == schema.AGGREGATED]
        p95 = _p95(reader, run.run, part)
    return replace(
        run,
        seconds=part.seconds,
        users=users_in(events.records(), part),
        requests=sum(row["requests"] for row in counts),
        failures=sum(row["failures"] or 0 for row in counts),
        p95=p95,
        part=part,
    )


def _listed(
    reader: Reader, row: Mapping[str, Any], audited: Mapping[str, Any] | None, verdict: str
) -> Listed:
    if audited:
        found, p95 = Judged.kept(audited), audited["p95"]
    else:
        found, p95 = Judged.of(_judged(reader, row)), _p95(reader, row["run"])
    return Listed(
        run=row["run"],
        test=row["test"] or "",
        start=row["start"],
        stop=row["stop"],
        seconds=seconds_of(row),
        target=row["target"] or "",
        users=row["users"] or 0,
        requests=row["requests"],
        failures=row["failures"],
        user_errors=row["user_errors"],
        workers=row["workers"],
        p95=p95,
        label=row["label"] or "",
        description=row["description"] or "",
        audit=found,
        verdict=verdict,
    )


def _judged(reader: Reader, row: Mapping[str, Any]) -> Audit:
    try:
        return audit(reader, row["run"])
    except ConfigurationError as error:
        # Whoever may write can make more of one run than an answer holds: others are listed.
        discrepancy = Discrepancy("", f"it can't be judged: {error.happened}", waiting=False)
        return Audit(
            row["run"],
            began=row["start"],
            starts=(),
            running=False,
            interrupted=False,
            locust_requests=None,
            accounts=(),
            findings=(discrepancy,),
            generators=Generators(),
            user_errors=row["user_errors"],
            arrivals=Arrivals(),
        )


def _p95(reader: Reader, run: str, part: Part | None = None) -> float | None:
    start, stop = (part.start, part.stop) if part else (None, None)
    percentiles = reader.ask(Question("endpoint_percentiles", run, start, stop)).records()
    together = [row["p95"] for row in percentiles if row["name"] == schema.AGGREGATED]
    return together[0] if together else None
