"""The audit: whether every request that a worker saw is in the store.

Three independent numbers are reconciled for each worker: what its seconds add up to in the store
(*stored*), what its own totals say, and how many requests Locust reported to it (*seen*). What is
stored is the truth: counters in a worker's last message may be older than what a replay delivered.
Locust's own statistics stand beside them for information: its master misses the last reports.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from swarmscope import schema
from swarmscope.errors import ExitCode, NoDataError
from swarmscope.store.asking import Question
from swarmscope.store.reader import Reader

PATIENCE_MS = 60_000
"""How long after its end, or its last sign of life, a worker's data is still expected."""
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
class Account:
    """What is known of one worker's requests; times are ms since 1970."""

    worker: str
    host: str
    seen: int
    delivered: int
    rejected: int
    lost: int
    pending: int
    points_rejected: int
    points_lost: int
    stored: int
    totals: int
    final: bool
    """Whether the marker that ends its run arrived."""
    last: int | None
    """When it was heard of last; None: never."""
    left: int | None
    """When the master missed it."""

    @property
    def expected(self) -> int:
        """How many requests it is known to have had: at least, while its marker is missing."""
        return max(self.seen, self.totals)

    @property
    def missing(self) -> int:
        """How many of these the store doesn't have."""
        return max(0, self.expected - self.stored)

    def caught_up(self) -> "Account":
        """Return the account as it stands now: what is stored was delivered, whoever sent it."""
        delivered = max(self.delivered, min(self.stored, self.seen))
        settled = delivered + self.rejected + self.lost
        return replace(self, delivered=delivered, pending=max(0, self.seen - settled))


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a run from being complete."""

    worker: str
    message: str
    waiting: bool
    """Whether time may heal it."""


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
        if self.locust_requests is not None:
            notes.append(
                f"Locust's own statistics say {_requests(self.locust_requests)}: for comparison "
                "only, because its master stops listening before its workers' last reports."
            )
        return tuple(notes)

    def line(self) -> str:
        """Return the verdict in one line."""
        return f"{self._verdict()}{' (interrupted)' if self.interrupted else ''}"

    def _verdict(self) -> str:
        if self.verdict is Verdict.COMPLETE:
            count = f"{len(self.accounts)} worker{'s' if len(self.accounts) != 1 else ''}"
            return f"complete: {_requests(self.stored)} of {count}, each one stored"
        reasons = "; ".join(finding.message for finding in self.findings)
        by = f" by {self.missing:,} of {self.seen:,} requests" if self.missing else ""
        return f"{self.verdict}{by}, because {reasons}"

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
    events = _run_events(reader, run)
    kinds = [e["event"] for e in events]
    # Two runs of one name have two masters: the run is over when both have said so.
    over = kinds.count("stop") >= kinds.count("start") > 0 or "start" not in kinds
    stop = max((e["time"] for e in events if e["event"] == "stop" and over), default=None)
    counted = [e["requests"] for e in events if e["requests"] is not None]
    accounts = _accounts(reader.ask(Question("delivery", run)).records(), events)
    judge = _Judge(now_ms or time.time_ns() // 1_000_000, stop)
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


def _run_events(reader: Reader, run: str) -> list[dict[str, Any]]:
    return reader.ask(Question("run_events", run)).records()


def _accounts(
    rows: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]
) -> tuple[Account, ...]:
    """Return an account for everyone who joined or was heard of."""
    left: dict[str, int | None] = {}
    for event in events:
        if event["event"] == "worker_join" and event["subject"]:
            left[event["subject"]] = None
        elif event["event"] == "worker_leave" and event["subject"]:
            left[event["subject"]] = event["time"]
    told = {row["worker"]: row for row in rows if row["worker"] != schema.MASTER}
    names = sorted(left.keys() | told.keys())
    return tuple(_account(name, told.get(name, {}), left.get(name)) for name in names)


def _account(worker: str, row: Mapping[str, Any], left: int | None) -> Account:
    counters = (
        *("seen", "delivered", "rejected", "lost", "pending", "stored", "totals"),
        *("points_rejected", "points_lost"),
    )
    return Account(
        worker=worker,
        host=row.get("host") or "",
        **{counter: row.get(counter) or 0 for counter in counters},
        final=bool(row.get("final")),
        last=row.get("last"),
        left=left,
    ).caught_up()


class _Judge:
    """Tells what is wrong with an account, at *now*, in a run that stopped at *stop*."""

    def __init__(self, now: int, stop: int | None) -> None:
        self._now = now
        self._stop = stop

    def nobody(self) -> Finding:
        waiting = self._stop is None or self._recent(self._stop)
        return Finding("", "no worker is known to have taken part", waiting)

    def findings(self, account: Account) -> Iterator[Finding]:
        if not account.final:
            yield self._unfinished(account)
        elif account.stored > account.expected:
            yield _finding(
                account,
                f"stored {_requests(account.stored)} but saw {account.expected:,}: "
                "did two processes share its name?",
            )
        elif not account.seen - account.lost <= account.totals <= account.seen:
            # What was dropped before it became points is in no total.
            yield _finding(
                account,
                f"saw {_requests(account.seen)}, but its totals say {account.totals:,}",
                waiting=self._alive(account),
            )
        if account.missing:
            yield from self._missing(account)

    def _unfinished(self, account: Account) -> Finding:
        waiting = self._alive(account)
        if account.last is None and not account.stored:
            message = "joined, but nothing of it has arrived"
        elif self._stop is None and account.left is None and waiting:
            message = "is still running"
        else:
            went = "left and " if account.left is not None else ""
            message = f"{went}has no final marker, so that an unknown rest may be missing"
        return _finding(account, message, waiting=waiting)

    def _missing(self, account: Account) -> Iterator[Finding]:
        if account.rejected:
            yield _finding(account, f"had {_requests(account.rejected)} rejected by the store")
        if account.lost:
            yield _finding(account, f"lost {_requests(account.lost)}")
        rest = max(0, account.missing - account.rejected - account.lost)
        pending = min(rest, account.pending)
        if pending:
            message = f"has {_requests(pending)} on the way or in its spool"
            yield _finding(account, message, waiting=True)
        if rest > pending:
            message = f"is short of {_requests(rest - pending)} that it takes for delivered"
            # Its message may have overtaken the requests; its last one doesn't.
            waiting = not account.final and self._alive(account)
            yield _finding(account, message, waiting=waiting)

    def hears(self, accounts: Iterable[Account], events: Iterable[Mapping[str, Any]]) -> bool:
        """Whether anybody was heard of just now."""
        lasts = (account.last for account in accounts if account.last is not None)
        return any(self._recent(t) for t in (*lasts, *(event["time"] for event in events)))

    def _alive(self, account: Account) -> bool:
        """Whether more of it may come: it was heard of, or the run ended, just now."""
        signs = (account.last, account.left, self._stop)
        known = [sign for sign in signs if sign is not None]
        return not known or self._recent(max(known))

    def _recent(self, moment: int) -> bool:
        return self._now - moment < PATIENCE_MS


def _requests(count: int) -> str:
    return f"{count:,} request{'' if count == 1 else 's'}"


def _finding(account: Account, message: str, *, waiting: bool = False) -> Finding:
    return Finding(account.worker, f"{account.worker} {message}", waiting)
