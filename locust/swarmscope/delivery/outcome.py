"""What became of the batches of one write, by run; refused lines are looked for one by one."""

import gzip
import logging
from collections import Counter
from collections.abc import Callable, Sequence

from swarmscope.delivery.answers import Answer, Kind, dropped_requests
from swarmscope.points import requests_of
from swarmscope.spool import Kept

log = logging.getLogger(__name__)

_MOST_SAID = 5
"""Refusals said by themselves: a store that refuses each of a million points must fill no disk."""


class StoreLeftError(Exception):
    """The store went away in the middle of isolating a line; all of the batch is sent again."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class Outcome:
    """Requests and points that the store took or refused for good, by run."""

    def __init__(self) -> None:
        self.taken_requests: Counter[str] = Counter()
        self.taken_points: Counter[str] = Counter()
        self.rejected_requests: Counter[str] = Counter()
        self.rejected_points: Counter[str] = Counter()

    @property
    def runs(self) -> set[str]:
        """Every run that something is known of."""
        return self.taken_points.keys() | self.rejected_points.keys()

    def taken(self, run: str, requests: int, points: int) -> None:
        """Count what is stored."""
        self.taken_requests[run] += requests
        self.taken_points[run] += points

    def rejected(self, run: str, requests: int, points: int) -> None:
        """Count what is refused for good."""
        self.rejected_requests[run] += requests
        self.rejected_points[run] += points


class Judge:
    """Finds out what became of a write's batches; *write* sends a body to a bucket."""

    def __init__(self, write: Callable[[str, bytes], Answer]) -> None:
        self._write = write
        self._said = 0

    def outcome(self, batches: Sequence[Kept], answer: Answer) -> Outcome:
        """Return what became of *batches*, to which the store said *answer*.

        Raises:
            StoreLeftError: the store went away meanwhile.

        """
        outcome = Outcome()
        for kept in batches:
            if answer.kind is Kind.TAKEN:
                outcome.taken(kept.run, kept.requests, kept.points)
            elif len(batches) == 1:
                self._settle(outcome, kept.run, kept.bucket, kept.lines(), answer)
            else:
                # What was stored of it lands on itself: sending it again is harmless.
                self._isolate(outcome, kept.run, kept.bucket, kept.lines())
        return outcome

    def _isolate(self, outcome: Outcome, run: str, bucket: str, lines: list[str]) -> None:
        body = gzip.compress(("\n".join(lines) + "\n").encode(), 1, mtime=0)
        answer = self._write(bucket, body)
        if answer.kind in (Kind.RETRY, Kind.REFUSED):
            raise StoreLeftError(answer)
        self._settle(outcome, run, bucket, lines, answer)

    def _settle(
        self, outcome: Outcome, run: str, bucket: str, lines: list[str], answer: Answer
    ) -> None:
        """Count *lines*; send them in halves until those that are refused stand alone."""
        if answer.kind is Kind.TAKEN:
            outcome.taken(run, sum(map(requests_of, lines)), len(lines))
        elif answer.kind is Kind.PARTLY and answer.dropped:
            self._count_dropped(outcome, run, lines, answer)
        elif len(lines) > 1:
            half = len(lines) // 2
            self._isolate(outcome, run, bucket, lines[:half])
            self._isolate(outcome, run, bucket, lines[half:])
        else:
            self._say("The store refused one point for good: %s", answer.message[:500])
            outcome.rejected(run, requests_of(lines[0]), 1)

    def _count_dropped(self, outcome: Outcome, run: str, lines: list[str], answer: Answer) -> None:
        dropped = min(answer.dropped, len(lines))
        self._say(
            "The store dropped %d of %d points for good: %s. The rest is stored.",
            dropped,
            len(lines),
            answer.message[:500],
        )
        requests = dropped_requests(lines, answer)
        outcome.taken(run, sum(map(requests_of, lines)) - requests, len(lines) - dropped)
        outcome.rejected(run, requests, dropped)

    def _say(self, message: str, *details: object) -> None:
        self._said += 1
        if self._said <= _MOST_SAID:
            log.warning(message, *details)
        if self._said == _MOST_SAID:
            log.warning("Further points that the store refuses are counted, and not said singly.")
