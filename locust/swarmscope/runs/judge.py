"""What is wrong with the account of a worker, and whether time may heal it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from swarmscope.runs.accounts import Account, in_words

PATIENCE_MS = 60_000
"""How long after its end, or its last sign of life, a worker's data is still expected."""


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a run from being complete."""

    worker: str
    message: str
    waiting: bool
    """Whether time may heal it."""


class Judge:
    """Tells what is wrong with an account, at *now*, in a run that stopped at *stop*."""

    def __init__(self, now: int, stop: int | None) -> None:
        self._now = now
        self._stop = stop

    def nobody(self) -> Finding:
        """Say that there is no worker at all."""
        waiting = self._stop is None or self._recent(self._stop)
        return Finding("", "no worker is known to have taken part", waiting)

    def findings(self, account: Account) -> Iterator[Finding]:
        """Yield what keeps *account* from being complete."""
        if not account.final:
            yield self._unfinished(account)
        elif account.stored > account.expected:
            yield _finding(
                account,
                f"stored {in_words(account.stored)} but saw {account.expected:,}: "
                "did two processes share its name?",
            )
        elif not account.seen - account.lost <= account.totals <= account.seen:
            # What was dropped before it became points is in no total.
            yield _finding(
                account,
                f"saw {in_words(account.seen)}, but its totals say {account.totals:,}",
                waiting=self._alive(account),
            )
        if account.passed_by:
            yield self._passed_by(account)
        if account.missing:
            yield from self._missing(account)

    def _passed_by(self, account: Account) -> Finding:
        return _finding(
            account,
            f"counted {in_words(account.locust or 0)} in Locust's own statistics, but only "
            f"{account.recorded:,} reached swarmscope: {account.passed_by:,} passed it by "
            "(logged to the statistics without the request event, or fired while its listener "
            "was removed?)",
        )

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
            yield _finding(account, f"had {in_words(account.rejected)} rejected by the store")
        if account.lost:
            yield _finding(account, f"lost {in_words(account.lost)}")
        rest = max(0, account.missing - account.rejected - account.lost - account.passed_by)
        pending = min(rest, account.pending)
        if pending:
            message = f"has {in_words(pending)} on the way or in its spool"
            yield _finding(account, message, waiting=True)
        if rest > pending:
            message = f"is short of {in_words(rest - pending)} that it takes for delivered"
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


def _finding(account: Account, message: str, *, waiting: bool = False) -> Finding:
    return Finding(account.worker, f"{account.worker} {message}", waiting)
