"""What became of a run's requests and points on this worker."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from swarmscope.delivery.leftover import Leftover
from swarmscope.delivery.outcome import Outcome
from swarmscope.delivery.source import Loss
from swarmscope.spool import Batch, Kept
from swarmscope.words import count_of

log = logging.getLogger(__name__)


@dataclass
class Account:
    """Counters of one run on one worker; seen = delivered + rejected + lost + pending."""

    requests_seen: int = 0
    requests_delivered: int = 0
    requests_rejected: int = 0
    requests_lost: int = 0
    points_written: int = 0
    points_retried: int = 0
    points_rejected: int = 0
    points_lost: int = 0

    @property
    def requests_pending(self) -> int:
        """Requests on their way or in the spool."""
        return (
            self.requests_seen
            - self.requests_delivered
            - self.requests_rejected
            - self.requests_lost
        )

    def taken(self, requests: int, points: int) -> None:
        """Count what the store took."""
        self.requests_delivered += requests
        self.points_written += points

    def rejected(self, requests: int, points: int) -> None:
        """Count what the store refused for good."""
        self.requests_rejected += requests
        self.points_rejected += points

    def lost(self, requests: int, points: int) -> None:
        """Count what we dropped."""
        self.requests_lost += requests
        self.points_lost += points

    def __str__(self) -> str:
        return (
            f"{count_of(self.requests_seen, 'request')} seen = "
            f"{self.requests_delivered:,} delivered "
            f"+ {self.requests_rejected:,} rejected + {self.requests_lost:,} lost "
            f"+ {self.requests_pending:,} pending; points: {self.points_written:,} written, "
            f"{self.points_rejected:,} rejected, {self.points_lost:,} lost"
        )


class Accounts:
    """The accounts of all runs of this process."""

    def __init__(self) -> None:
        self._by_run: dict[str, Account] = defaultdict(Account)
        self._said: set[tuple[str, str]] = set()
        self.replayed: set[str] = set()
        """Runs of which something was sent that another process had left, since they were taken."""

    def of(self, run: str) -> Account:
        """Return the account of *run*."""
        return self._by_run[run]

    def seen(self, batch: Batch) -> None:
        """Count what comes in."""
        self._by_run[batch.run].requests_seen += batch.requests

    def retried(self, batches: Iterable[Kept]) -> None:
        """Count what was sent, and has to be sent again."""
        for kept in batches:
            self._by_run[kept.run].points_retried += kept.points

    def dropped(self, batches: Iterable[Kept]) -> None:
        """Count, and say, what a full spool had no room for."""
        for kept in batches:
            if (kept.run, kept.bucket) not in self._said:
                self._said.add((kept.run, kept.bucket))
                log.warning(
                    "The spool is full (SWARMSCOPE_SPOOL_MAX_BYTES): the oldest windows for the "
                    "bucket %s are dropped and counted as lost. Make the store take them, or give "
                    "the spool more room.",
                    kept.bucket,
                )
            self._by_run[kept.run].lost(kept.requests, kept.points)

    def lost_all(self, losses: Iterable[Loss]) -> None:
        """Count what is gone."""
        for loss in losses:
            self._by_run[loss.run].lost(loss.requests, loss.points)

    def settle(self, outcome: Outcome, leftover: Leftover | None) -> None:
        """Count what became of a write: here, or with what is known of the dead process."""
        for run, share in outcome.shares.items():
            if leftover:
                self.replayed.add(run)
                leftover.taken(share.taken_requests)
                leftover.rejected(run, share.rejected_requests)
            else:
                account = self._by_run[run]
                account.taken(share.taken_requests, share.taken_points)
                account.rejected(share.rejected_requests, share.rejected_points)
