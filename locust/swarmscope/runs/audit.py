"""The audit: whether every request that a worker saw is in the store.

Four numbers are reconciled for each worker: what its seconds add up to in the store (*stored*),
what its own totals say, how many requests the listener was told of (*seen*), and how many Locust's
own statistics in that process counted (*locust*). The first three come from one handler of ours;
the last shares no code with it. What is stored is the truth: counters in a worker's last message
may be older than what a replay delivered. The statistics on Locust's master stand beside them for
information: it misses its workers' last reports.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from swarmscope import schema
from swarmscope.errors import ExitCode, NoDataError
from swarmscope.runs.accounts import Account, accounts_of, in_words
from swarmscope.runs.judge import Finding, Judge
from swarmscope.store.question import Question, Reader

_POLL_S = 1.0


class Verdict(StrEnum):
    """What an audit ends with."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    PENDING = "pending"

    @property
    def exit_code(self) -> ExitCode:
        """What a command ends with."""
        return ExitCode.FINE if self is Verdict.COMPLETE else ExitCode.INCONCLUSIVE


@dataclass(frozen=True)
class Audit:
    """Whether the data of a run is complete, and why not."""

    run: str
    running: bool
    interrupted: bool
    """Whether it began, never stopped, and nobody is heard of any more."""
    locust_requests: int | None
    """What Locust's own statistics on the master said at the end, for information."""
    accounts: tuple[Account, ...]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """Incomplete as soon as anything is wrong that waiting won't heal."""
        if not self.findings:
            return Verdict.COMPLETE
        healing = all(finding.waiting for finding in self.findings)
        return Verdict.PENDING if healing else Verdict.INCOMPLETE

    @property
    def stored(self) -> int:
        """Requests of this run in the store."""
        return sum(account.stored for account in self.accounts)

    @property
    def seen(self) -> int:
        """Requests of this run that its workers are known to have had."""
        return sum(account.expected for account in self.accounts)

    @property
    def missing(self) -> int:
        """Requests that are known to be missing in the store."""
        return sum(account.missing for account in self.accounts)

    def account(self) -> str:
        """Return what became of the requests that were seen, over all workers."""
        parts = (
            f"{sum(getattr(account, name) for account in self.accounts):,} {name}"
            for name in ("delivered", "rejected", "lost", "pending")
        )
        return f"{sum(a.seen for a in self.accounts):,} seen = {' + '.join(parts)}"

    def notes(self) -> tuple[str, ...]:
        """Return what is good to know beside the verdict."""
        notes = []
        if self.interrupted:
            notes.append(
                "The run was interrupted: it began, but its master never said that it stopped."
            )
        notes += [
            f"Of the points of {account.worker}, {account.points_rejected:,} were rejected and "
            f"{account.points_lost:,} lost, with those that tell of no request."
            for account in self.accounts
            if account.points_rejected or account.points_lost
        ]
        notes += [
            f"Locust's own statistics in {account.worker} say {in_words(account.locust or 0)}, "
            f"fewer than the {account.recorded:,} that were recorded: they don't count what came "
            "before the runner was there, or an event without all of Locust's arguments."
            for account in self.accounts
            if account.final and account.locust is not None and account.locust < account.recorded
        ]
        if self.locust_requests is not None:
            notes.append(
                f"Locust's own statistics say {in_words(self.locust_requests)}: for comparison "
                "only, because its master stops listening before its workers' last reports."
            )
        return tuple(notes)

    def line(self) -> str:
        """Return the verdict in one line."""
        return f"{self._verdict()}{' (interrupted)' if self.interrupted else ''}"

    def _verdict(self) -> str:
        if self.verdict is Verdict.COMPLETE:
            return f"complete: {in_words(self.stored)} of {self._crew()}, each one stored"
        reasons = "; ".join(finding.message for finding in self.findings)
        by = f" by {self.missing:,} of {self.seen:,} requests" if self.missing else ""
        return f"{self.verdict}{by}, because {reasons}"

    def _crew(self) -> str:
        workers = sum(account.worker != schema.MASTER for account in self.accounts)
        crew = f"{workers} worker{'s' if workers != 1 else ''}"
        return crew if workers == len(self.accounts) else f"{crew} and the master"

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        return {
            "run": self.run,
            "verdict": self.verdict,
            "running": self.running,
            "interrupted": self.interrupted,
            "account": self.account(),
            "locust_requests": self.locust_requests,
            "notes": self.notes(),
            "stored": self.stored,
            "seen": self.seen,
            "missing": self.missing,
            "findings": [vars(finding) for finding in self.findings],
            "workers": [{**vars(account), "missing": account.missing} for account in self.accounts],
        }


def audit(reader: Reader, run: str, *, now_ms: int | None = None) -> Audit:
    """Reconcile what the store knows of *run*.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    events = reader.ask(Question("run_events", run)).records()
    kinds = [e["event"] for e in events]
    # Two runs of one name have two masters: the run is over when both have said so.
    over = kinds.count("stop") >= kinds.count("start") > 0 or "start" not in kinds
    stop = max((e["time"] for e in events if e["event"] == "stop" and over), default=None)
    counted = [e["requests"] for e in events if e["requests"] is not None]
    accounts = accounts_of(reader.ask(Question("delivery", run)).records(), events)
    judge = Judge(now_ms or time.time_ns() // 1_000_000, stop)
    findings = [finding for account in accounts for finding in judge.findings(account)]
    if not accounts:
        findings.append(judge.nobody())
    # A run whose master died without a word has no end either, but nobody is expected any more.
    alive = judge.hears(accounts, events) or any(finding.waiting for finding in findings)
    return Audit(
        run,
        running=stop is None and alive,
        interrupted="start" in kinds and stop is None and not alive,
        locust_requests=sum(counted) if counted else None,
        accounts=accounts,
        findings=tuple(findings),
    )


def audit_when_settled(
    reader: Reader,
    run: str,
    wait_s: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Audit:
    """Audit *run* again and again while data is on its way, for *wait_s* seconds at most."""
    deadline = clock() + wait_s
    while True:
        found = audit(reader, run)
        left = deadline - clock()
        if found.verdict is not Verdict.PENDING or left <= 0:
            return found
        sleep(min(_POLL_S, left))


def newest_run(reader: Reader) -> str:
    """Return the id of the run that started last.

    Raises:
        NoDataError: the store holds none.

    """
    runs = reader.ask(Question("runs")).records()
    if not runs:
        raise NoDataError(
            "The store holds no run.",
            remedy="Is it the right one (INFLUXDB_V2_URL, --url, --data)? "
            "`swarmscope demo` records one.",
        )
    return str(max(runs, key=lambda row: row["start"] or 0)["run"])
