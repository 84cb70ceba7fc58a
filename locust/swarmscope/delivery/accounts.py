"""What became of a run's requests and points on this worker."""

from dataclasses import dataclass


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
            f"{self.requests_seen:,} requests seen = {self.requests_delivered:,} delivered "
            f"+ {self.requests_rejected:,} rejected + {self.requests_lost:,} lost "
            f"+ {self.requests_pending:,} pending; points: {self.points_written:,} written, "
            f"{self.points_rejected:,} rejected, {self.points_lost:,} lost"
        )
