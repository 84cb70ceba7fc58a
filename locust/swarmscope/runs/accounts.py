"""What is known of each worker's requests, put together from all who tell of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from swarmscope import schema
from swarmscope.words import count_of

MOST_WORKERS = 10_000
"""Of one run."""


@dataclass(frozen=True)
class WorkerAccount:
    """What is known of one worker's requests; times are ms since 1970."""

    worker: str
    host: str
    seen: int
    locust: int | None
    """How many Locust's own statistics in its process counted; None: it never said."""
    unheard: int
    """How many of these its listener was never told of, by their endpoints."""
    unheard_failures: int
    """How many failures Locust counted that its listener was never told of."""
    failures_alone: int
    """How many failures Locust counted beyond the requests of their endpoints."""
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
        return self.recorded + self.passed_by

    @property
    def recorded(self) -> int:
        """How many of them its listener is known to have recorded."""
        return max(self.seen, self.totals)

    @property
    def passed_by(self) -> int:
        """How many Locust counted that never reached the listener.

        By their endpoints, and by the sums: statistics may lack endpoints, and not their sum. Only
        the marker was written when nothing more could come: before it, Locust's count is ahead by
        what is in the open window.
        """
        return max(self.unheard, (self.locust or 0) - self.recorded) if self.final else 0

    @property
    def missing(self) -> int:
        """How many of these the store doesn't have."""
        return max(0, self.expected - self.stored)


def accounts_of(
    rows: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]
) -> tuple[tuple[WorkerAccount, ...], int]:
    """Return an account for everyone who joined or was heard of, and how many more there are.

    Of the first `MOST_WORKERS` by name: whoever may write can make up as many as he likes.
    """
    left: dict[str, int | None] = {}
    for event in events:
        if event["event"] == "worker_join" and event["subject"]:
            left[event["subject"]] = None
        elif event["event"] == "worker_leave" and event["subject"]:
            left[event["subject"]] = event["time"]
    told = {row["worker"]: row for row in rows if _had_requests(row)}
    names = sorted(left.keys() | told.keys())
    judged = names[:MOST_WORKERS]
    accounts = (_account(name, told.get(name, {}), left.get(name)) for name in judged)
    return tuple(accounts), len(names) - len(judged)


def _had_requests(row: Mapping[str, Any]) -> bool:
    """Whether *row* tells of a worker, or of a master that made requests itself."""
    locusts = ("locust", "unheard", "unheard_failures", "failures_alone")
    counts = (row.get(key) for key in ("seen", "stored", "totals", *locusts))
    return not is_master(row["worker"]) or any(counts)


def is_master(worker: str) -> bool:
    """Whether *worker* is a master's tag, with the characters that a fixed run id adds to it."""
    return worker == schema.MASTER or worker.startswith(f"{schema.MASTER}-")


def _account(worker: str, row: Mapping[str, Any], left: int | None) -> WorkerAccount:
    counters = (
        *("seen", "delivered", "rejected", "lost", "pending", "stored", "totals"),
        *("unheard", "unheard_failures", "failures_alone", "points_rejected", "points_lost"),
    )
    return WorkerAccount(
        worker=worker,
        host=row.get("host") or "",
        **{counter: row.get(counter) or 0 for counter in counters},
        locust=row.get("locust"),
        final=bool(row.get("final")),
        last=row.get("last"),
        left=left,
    )


def in_words(count: int) -> str:
    """Say how many requests there are."""
    return count_of(count, "request")
