"""The runs of a test as their summaries tell of them, also when their seconds are gone."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from swarmscope.baselines.comparable import Made
from swarmscope.baselines.conditions import Conditions, all_conditions
from swarmscope.baselines.load import Load, Step
from swarmscope.errors import BucketMissingError
from swarmscope.gate.metrics import Percentile
from swarmscope.gate.values import needed
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key
from swarmscope.runs.audit import Verdict
from swarmscope.runs.generators import Strain
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question, Reader

_P50, _P95 = Percentile(50), Percentile(95)
_NOT_AUDITED = "not audited"
_TOLD = (
    *("test", "commit", "environment", "machine"),
    *("locustfile", "locustfile_hash", "target", "verdict"),
)


@dataclass(frozen=True)
class Came:
    """What an endpoint came to in one run, or all of them together."""

    requests: int
    failures: int
    requests_per_second: float | None
    p50: float | None
    p95: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Came":
        """Return what a *row* tells; a percentile of too few requests tells nothing."""
        requests = row["requests"] or 0
        return cls(
            requests,
            row["failures"] or 0,
            _rate(row),
            row["p50"] if requests >= needed(_P50) else None,
            row["p95"] if requests >= needed(_P95) else None,
        )


def _rate(row: Mapping[str, Any]) -> float | None:
    """Return the requests a second of a run by all of its length, where that is known.

    A summary's own ends with the last request: of a service that answers nothing any more it would
    be what it was until then.
    """
    rate: float | None = row["requests_per_second"]
    seconds = row.get("seconds")
    return min(rate, row["requests"] / seconds) if rate and seconds else rate


@dataclass(frozen=True)
class Past:
    """One run: how it was *made*, what it *came* to, and what keeps it from being a sample."""

    made: Made
    came: Mapping[Key, Came]
    doubt: str = ""

    @property
    def run(self) -> str:
        """Its id."""
        return self.made.run

    @property
    def start(self) -> int:
        """When it began, ms since 1970."""
        return self.made.conditions.start

    @property
    def commit(self) -> str:
        """The commit that it was about, or ""."""
        return self.made.conditions.commit


def all_past(reader: Reader, bucket_long: str) -> list[Past]:
    """Return every run that began, or of which a summary is kept in either bucket, oldest first.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    found: dict[str, Past] = {}
    # Of a run that both have, the seconds' tell: of the other it may be an older one.
    for row in (*_rows(reader, "run_history", bucket_long), *_rows(reader, "run_history")):
        found[row["run"]] = _past(row)
    for past in _without_summary(reader, found):
        found[past.run] = past
    return sorted(found.values(), key=lambda past: (past.start, past.run))


def _without_summary(reader: Reader, known: Container[str]) -> list[Past]:
    """Return the runs of which nobody summed up a request: none was made, or nobody audited it."""
    others = [one for one in all_conditions(reader).values() if one.run not in known]
    if not others:
        return []
    said = {row["run"]: row["said"] for row in _rows(reader, "kept_audits")}
    return [Past(Made(one, Load((), 0)), {}, _unsummed(said.get(one.run))) for one in others]


def _unsummed(said: str | None) -> str:
    if said and said.startswith(Verdict.COMPLETE):
        return "it has no summary (`swarmscope summarise` writes it)"
    return said or _NOT_AUDITED


def with_endpoints(reader: Reader, bucket_long: str, every: Iterable[Past]) -> list[Past]:
    """Return the runs with what each of their endpoints came to.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    came: dict[str, dict[Key, Came]] = {}
    for bucket in (bucket_long, ""):
        told: dict[str, dict[Key, Came]] = {}
        for row in _rows(reader, "endpoint_history", bucket):
            told.setdefault(row["run"], {})[row["name"], row["method"]] = Came.of(row)
        came |= told
    return [replace(past, came={**past.came, **came.get(past.run, {})}) for past in every]


def _rows(reader: Reader, name: str, bucket: str = "") -> list[dict[str, Any]]:
    start, stop = EVER
    try:
        return reader.ask(Question(name, start=start, stop=stop, bucket=bucket)).records()
    except BucketMissingError:
        if bucket:
            return []  # not everybody has the long one
        raise


def _past(row: Mapping[str, Any]) -> Past:
    told = {name: row[name] or "" for name in _TOLD}
    conditions = Conditions(row["run"], start=row["start"], **told)
    # The steps of its load are gone with the seconds: how many users there were at most stays.
    users = row["users"] or 0
    made = Made(conditions, Load((Step(users, row["seconds"]),), users))
    return Past(made, {AGGREGATED: Came.of(row)}, _doubt(row))


def _doubt(row: Mapping[str, Any]) -> str:
    said = row["audit"] or _NOT_AUDITED
    if not row["final"]:
        return said if "running" in said else "not audited to its end"
    if said != Verdict.COMPLETE:
        return said
    if doubts := row["doubts"]:
        return str(doubts)
    # Of a run that an older version audited that is all that is kept.
    return "its generators were saturated" if row["generators"] == Strain.SATURATED else ""
