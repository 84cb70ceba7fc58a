"""The audit: whether every request that a worker saw is in the store.

Four numbers are reconciled for each worker: what its seconds add up to in the store (*stored*),
what its own totals say, how many requests the listener was told of (*seen*), and how many Locust's
own statistics in that process counted (*locust*). The first three come from one handler of ours;
the last shares no code with it. What is stored is the truth: counters in a worker's last message
may be older than what a replay delivered. The statistics on Locust's master stand beside them for
information: it misses its workers' last reports.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from swarmscope.errors import ExitCode, NoDataError
from swarmscope.runs.accounts import WorkerAccount, accounts_of, in_words, is_master
from swarmscope.runs.arrivals import Arrivals, arrivals_of
from swarmscope.runs.audit_notes import audit_notes, several_runs
from swarmscope.runs.generators import Generators, generators_of
from swarmscope.runs.judge import Discrepancy, Judge
from swarmscope.store.question import Question, Reader
from swarmscope.terminal import one_line
from swarmscope.words import MOST_NAMED, count_of, some_of

_POLL_S = 1.0
MOST_LISTED = 1_000
"""Of workers, findings or notes: nobody reads more, and whoever may write can make any number."""


FATES = ("delivered", "rejected", "lost", "pending")
"""What becomes of a request that was seen."""
INTERRUPTED = " (interrupted)"
RUNNING = "running"


class Verdict(StrEnum):
    """What an audit ends with."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    PENDING = "pending"
    NO_DATA = "no data to judge"
    """It is over, and its workers' last words know of no request: nothing was tested."""

    @property
    def exit_code(self) -> ExitCode:
        """What a command ends with."""
        codes = {Verdict.COMPLETE: ExitCode.FINE, Verdict.NO_DATA: ExitCode.NO_DATA}
        return codes.get(self, ExitCode.INCONCLUSIVE)


@dataclass(frozen=True)
class Audit:
    """Whether the data of a run is complete, and why not."""

    run: str
    began: int
    """When it began, ms since 1970."""
    starts: tuple[int, ...]
    """Each time that a master began it: two runs of one id are one to a store."""
    running: bool
    interrupted: bool
    """Whether it began, never stopped, and nobody is heard of any more."""
    locust_requests: int | None
    """What Locust's own statistics on the master said at the end, for information."""
    accounts: tuple[WorkerAccount, ...]
    findings: tuple[Discrepancy, ...]
    generators: Generators
    user_errors: int
    """Exceptions of users' own code."""
    arrivals: Arrivals
    """Of users that say when they should begin."""

    @property
    def verdict(self) -> Verdict:
        """Incomplete as soon as anything is wrong that waiting won't heal."""
        if self.findings and all(finding.waiting for finding in self.findings):
            return Verdict.PENDING
        # A worker without a last word may have had requests: nobody knows of any, or of none.
        if not self.stored and not self.seen and all(one.final for one in self.accounts):
            return Verdict.NO_DATA
        return Verdict.INCOMPLETE if self.findings else Verdict.COMPLETE

    @property
    def shared(self) -> bool:
        """Whether several runs had this id: whose requests are whose nobody knows."""
        return len(self.starts) > 1

    @property
    def in_order(self) -> bool:
        """Whether the run goes on, and nothing is amiss: some of it always is on its way."""
        if not self.running or not self.accounts or self.verdict is not Verdict.PENDING:
            return False
        gone = any(one.left is not None and not one.final for one in self.accounts)
        return not gone and not any(finding.news for finding in self.findings)

    @property
    def said(self) -> str:
        """The verdict in a few words, for a cell of a list."""
        if self.in_order:
            return RUNNING
        by = f" by {self.missing:,}" if self.missing else ""
        state = f" ({RUNNING})" if self.running else INTERRUPTED if self.interrupted else ""
        return f"{self.verdict}{by}{state}"

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

    def sum_of(self, counter: str) -> int:
        """Return *counter* over all workers."""
        return sum(getattr(account, counter) for account in self.accounts)

    def account(self) -> str:
        """Return what became of the requests that were seen, over all workers."""
        return account_of(self.sum_of("seen"), {name: self.sum_of(name) for name in FATES})

    def notes(self) -> tuple[str, ...]:
        """Return what is good to know beside the verdict."""
        notes = audit_notes(
            self.accounts,
            self.generators,
            interrupted=self.interrupted,
            user_errors=self.user_errors,
            arrivals=self.arrivals,
            locust_requests=self.locust_requests,
        )
        return some_of(list(notes), MOST_LISTED)

    @property
    def more_workers(self) -> int:
        """How many workers that were judged a list leaves out."""
        return max(0, len(self.accounts) - MOST_LISTED)

    def sentence(self) -> str:
        """Return the verdict with the run's name, as a sentence."""
        is_or_has = "has" if self.verdict is Verdict.NO_DATA else "is"
        return f"Run {one_line(self.run)} {is_or_has} {self.line()}."

    def line(self) -> str:
        """Return the verdict in one line."""
        return f"{one_line(self._verdict())}{' (interrupted)' if self.interrupted else ''}"

    def _verdict(self) -> str:
        if self.verdict is Verdict.COMPLETE:
            return f"complete: {in_words(self.stored)} of {self._crew()}, each one stored"
        if self.in_order:
            way = f", and {self.missing:,} on the way" if self.missing else ""
            return f"{RUNNING}: {in_words(self.stored)} of {self._crew()} stored so far{way}"
        told = [finding.message for finding in self.findings]
        reasons = "; ".join(some_of(told, MOST_NAMED))
        if self.verdict is Verdict.NO_DATA:
            nothing = f"not one request is known of{reasons and f', and {reasons}'}"
            instead = f"; its users' own code let out {count_of(self.user_errors, 'exception')}"
            return f"{self.verdict}: {nothing}{instead if self.user_errors else ''}"
        by = f" by {self.missing:,} of {self.seen:,} requests" if self.missing else ""
        return f"{self.verdict}{by}, because {reasons}"

    def _crew(self) -> str:
        workers = sum(not is_master(account.worker) for account in self.accounts)
        crew = count_of(workers, "worker")
        return crew if workers == len(self.accounts) else f"{crew} and the master"

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        return {
            "run": self.run,
            "verdict": self.verdict,
            "said": self.said,
            "line": self.line(),
            "running": self.running,
            "interrupted": self.interrupted,
            "account": self.account(),
            "locust_requests": self.locust_requests,
            "notes": self.notes(),
            "stored": self.stored,
            "seen": self.seen,
            "missing": self.missing,
            "user_errors": self.user_errors,
            "arrivals": self.arrivals.to_json(),
            "generators": self.generators.to_json(),
            "findings": [vars(finding) for finding in self.findings[:MOST_LISTED]],
            "workers": [
                {**vars(account), "missing": account.missing}
                for account in self.accounts[:MOST_LISTED]
            ],
            "more_workers": self.more_workers,
            "more_findings": max(0, len(self.findings) - MOST_LISTED),
        }


def account_of(seen: int, fates: Mapping[str, int]) -> str:
    """Return what became of so many requests, in words."""
    return f"{seen:,} seen = {' + '.join(f'{count:,} {name}' for name, count in fates.items())}"


def audit(reader: Reader, run: str, *, now_ms: int | None = None) -> Audit:
    """Reconcile what the store knows of *run*.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    told = reader.ask(Question("run_events", run))
    events = told.records()

    def rows(name: str) -> list[dict[str, Any]]:
        # All about one range, and it is looked up once.
        return reader.ask(Question(name, run, told.start, told.stop)).records()

    kinds = [e["event"] for e in events]
    # Two runs of one name have two masters: the run is over when both have said so.
    over = kinds.count("stop") >= kinds.count("start") > 0 or "start" not in kinds
    starts = starts_of(events)
    began = min(starts, default=told.start)
    stop = max((e["time"] for e in events if e["event"] == "stop" and over), default=None)
    counted = [e["requests"] for e in events if e["requests"] is not None]
    accounts, more = accounts_of(rows("delivery"), events)
    judge = Judge(now_ms or time.time_ns() // 1_000_000, began, stop)
    findings = [finding for account in accounts for finding in judge.findings(account)]
    if not accounts:
        findings.append(judge.nobody())
    if more:
        findings.append(judge.too_many(more))
    # A run whose master died without a word has no end either, but nobody is expected any more.
    heard = judge.hears(accounts, events)
    if heard and not over and not any(finding.waiting for finding in findings):
        findings.append(judge.still_open())
    alive = heard or any(finding.waiting for finding in findings)
    if len(starts) > 1 and not any(finding.waiting for finding in findings):
        # Each by itself may be complete. While something is awaited that is what is to be told.
        findings.append(Discrepancy("", several_runs(starts), waiting=False))
    return Audit(
        run,
        began=began,
        starts=starts,
        running=stop is None and alive,
        interrupted="start" in kinds and stop is None and not alive,
        locust_requests=sum(counted) if counted else None,
        accounts=accounts,
        findings=tuple(findings),
        generators=generators_of(
            rows("worker_strain"),
            rows("host_strain"),
            timed=any(account.stored or account.expected for account in accounts),
        ),
        user_errors=sum(row["count"] for row in rows("user_errors")),
        arrivals=arrivals_of(rows("arrivals")),
    )


def starts_of(events: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    """Return each time that a master began a run, by its *events*.

    What was replayed is the same point, at the same time.
    """
    return tuple(sorted({e["time"] for e in events if e["event"] == "start"}))


def audit_when_settled(
    reader: Reader,
    run: str,
    wait_s: float,
    *,
    waits: Callable[[Audit], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Audit:
    """Audit *run* again and again while data is on its way, for *wait_s* seconds at most.

    *waits* is told once of what isn't there yet.
    """
    deadline = clock() + wait_s
    told = False
    while True:
        found = audit(reader, run)
        left = deadline - clock()
        if found.verdict is not Verdict.PENDING or left <= 0:
            return found
        if not told:
            told = True
            waits(found)
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
