"""What is wrong with the account of a worker, and whether time may heal it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from swarmscope.runs.accounts import WorkerAccount, in_words
from swarmscope.store.backend import AHEAD_MS
from swarmscope.words import SHOWN, begin_of, count_of

PATIENCE_MS = 60_000
"""How long after its end, or its last sign of life, a worker's data is still expected."""
_PENDING_S = 10
"""So many seconds' worth of requests may be on their way while a run goes on: some always are."""
_FEW_PENDING = 5
"""So many may be of a run with a request now and then: one is more than ten seconds' worth."""


@dataclass(frozen=True)
class Discrepancy:
    """One thing that keeps a run from being complete."""

    worker: str
    message: str
    waiting: bool
    """Whether time may heal it."""
    news: bool = True
    """Whether that is worth a warning while the run goes on."""


class Judge:
    """Tells what is wrong with an account, at *now*, in a run from *start* to *stop*."""

    def __init__(self, now: int, start: int, stop: int | None) -> None:
        self._now = now
        self._start = start
        self._stop = stop

    def nobody(self) -> Discrepancy:
        """Say that there is no worker at all."""
        waiting = self._recent(self._stop or self._start)
        return Discrepancy("", "no worker is known to have taken part", waiting, news=not waiting)

    def too_many(self, more: int) -> Discrepancy:
        """Say that *more* workers than anybody has weren't looked at."""
        return Discrepancy(
            "", f"{more:,} further workers are more than can be judged", waiting=False
        )

    def still_open(self) -> Discrepancy:
        """Say that the run goes on as far as anybody knows, though its workers may be done.

        Their last words arrive before the master's; another worker may join until then.
        """
        return Discrepancy(
            "", "the master hasn't said that the run is over", waiting=True, news=False
        )

    def findings(self, account: WorkerAccount) -> Iterator[Discrepancy]:
        """Yield what keeps *account* from being complete."""
        if not account.final:
            yield self._unfinished(account)
        elif account.stored > account.expected:
            yield _discrepancy(
                account,
                f"stored {in_words(account.stored)} but saw {account.expected:,}: "
                "did two processes share its name?",
            )
        elif not account.seen - account.lost <= account.totals <= account.seen:
            # What was dropped before it became points is in no total.
            yield _discrepancy(
                account,
                f"saw {in_words(account.seen)}, but its totals say {account.totals:,}",
                waiting=self._alive(account),
            )
        if account.passed_by:
            yield self._passed_by(account)
        elif account.unheard_failures and account.final:
            yield _discrepancy(
                account,
                f"counted {_failures(account)} in Locust's own statistics that never reached "
                "swarmscope: their requests are stored as successes (logged to the statistics "
                "without the request event?)",
            )
        if account.missing:
            yield from self._missing(account)

    def _passed_by(self, account: WorkerAccount) -> Discrepancy:
        counted, passed = account.locust or 0, account.passed_by
        hidden = passed > counted - account.recorded
        return _discrepancy(
            account,
            f"counted {in_words(counted)} in Locust's own statistics, "
            f"{'and' if hidden else 'but only'} {account.recorded:,} reached swarmscope: "
            f"{passed:,} passed it by"
            + (", made up for in the sum by others that Locust didn't count" if hidden else "")
            + (f", {_failures(account)} among them" if account.unheard_failures else "")
            + " (logged to the statistics without the request event, or fired while its listener "
            "was removed?)",
        )

    def _unfinished(self, account: WorkerAccount) -> Discrepancy:
        waiting = self._alive(account)
        if account.last is None and not account.stored:
            message = "joined, but nothing of it has arrived"
        elif self._stop is None and account.left is None and waiting:
            message = "is still running"
        else:
            went = "left and " if account.left is not None else ""
            message = f"{went}has no final marker, so that an unknown rest may be missing"
        return _discrepancy(account, message, waiting=waiting)

    def _missing(self, account: WorkerAccount) -> Iterator[Discrepancy]:
        if account.rejected:
            yield _discrepancy(account, f"had {in_words(account.rejected)} rejected by the store")
        if account.lost:
            yield _discrepancy(account, f"lost {in_words(account.lost)}")
        rest = max(0, account.missing - account.rejected - account.lost - account.passed_by)
        pending = min(rest, account.pending)
        if pending:
            message = f"has {in_words(pending)} on the way or in its spool"
            news = bool(account.final or self._stop) or self._stuck(account)
            yield _discrepancy(account, message, waiting=True, news=news)
        if rest > pending:
            message = f"is short of {in_words(rest - pending)} that it takes for delivered"
            # Its message may have overtaken the requests; its last one doesn't.
            waiting = not account.final and self._alive(account)
            yield _discrepancy(account, message, waiting=waiting)

    def _stuck(self, account: WorkerAccount) -> bool:
        """Whether more of it is on its way than a few seconds' worth."""
        seconds = max(1.0, ((account.last or self._start) - self._start) / 1_000)
        return account.pending > max(_FEW_PENDING, _PENDING_S * account.seen / seconds)

    def hears(self, accounts: Iterable[WorkerAccount], events: Iterable[Mapping[str, Any]]) -> bool:
        """Whether anybody was heard of just now."""
        lasts = (account.last for account in accounts if account.last is not None)
        return any(self._recent(t) for t in (*lasts, *(event["time"] for event in events)))

    def _alive(self, account: WorkerAccount) -> bool:
        """Whether more of it may come: it was heard of, or the run ended, just now."""
        signs = (account.last, account.left, self._stop)
        known = [sign for sign in signs if sign is not None]
        return not known or self._recent(max(known))

    def _recent(self, moment: int) -> bool:
        return is_recent(moment, self._now)


def is_recent(moment: int, now: int) -> bool:
    """Return whether *moment* was just *now*: not in a far future either, where no clock is."""
    return -AHEAD_MS < now - moment < PATIENCE_MS


def _failures(account: WorkerAccount) -> str:
    return count_of(account.unheard_failures, "failure")


def _discrepancy(
    account: WorkerAccount, message: str, *, waiting: bool = False, news: bool | None = None
) -> Discrepancy:
    told = f"{begin_of(account.worker, SHOWN)} {message}"
    return Discrepancy(account.worker, told, waiting, not waiting if news is None else news)
