"""What became of the batches of one write, by run; refused lines are looked for one by one."""

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from swarmscope.recording.points import requests_of
from swarmscope.spool import Kept
from swarmscope.spool.packing import packed
from swarmscope.transport.write_api import Answer, AnswerKind

log = logging.getLogger(__name__)

_MEASUREMENT = re.compile(r'on measurement \\?"((?:[^"\\]|\\[^"])*)\\?"')
_MOST_SAID = 5
"""Refusals said by themselves: a store that refuses each of a million points must fill no disk."""


class StoreLeftError(Exception):
    """The store went away in the middle of isolating a line; all of the batch is sent again."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


@dataclass
class Share:
    """Requests and points of one run: what the store took of them, what it refused for good."""

    taken_requests: int = 0
    taken_points: int = 0
    rejected_requests: int = 0
    rejected_points: int = 0


class Outcome:
    """What became of one write, by run."""

    def __init__(self) -> None:
        self.shares: dict[str, Share] = defaultdict(Share)

    def add(self, kept: Kept, requests: int = 0, points: int = 0) -> None:
        """Count *kept*, of which *requests* and *points* are refused and the rest is stored.

        Both are guesses from the lines; the batch itself says what there is to be divided.
        """
        requests, points = min(requests, kept.requests), min(points, kept.points)
        share = self.shares[kept.run]
        share.taken_requests += kept.requests - requests
        share.taken_points += kept.points - points
        share.rejected_requests += requests
        share.rejected_points += points


@dataclass
class _Refused:
    requests: int = 0
    points: int = 0


class Bisection:
    """Finds out what became of a write's batches; *write* sends a body to their bucket."""

    def __init__(self, write: Callable[[bytes], Answer]) -> None:
        self._write = write
        self._said = 0

    def outcome(self, batches: Sequence[Kept], answer: Answer) -> Outcome:
        """Return what became of *batches*, to which the store said *answer*.

        Raises:
            StoreLeftError: the store went away meanwhile.

        """
        outcome = Outcome()
        for kept in batches:
            refused = _Refused()
            if answer.kind is not AnswerKind.TAKEN:
                if len(batches) == 1:
                    self._settle(refused, kept.lines(), answer)
                else:
                    # What was stored of it lands on itself: sending it again is harmless.
                    self._isolate(refused, kept.lines())
            outcome.add(kept, refused.requests, refused.points)
        return outcome

    def _isolate(self, refused: _Refused, lines: list[str]) -> None:
        answer = self._write(packed(lines))
        if answer.kept:
            raise StoreLeftError(answer)
        self._settle(refused, lines, answer)

    def _settle(self, refused: _Refused, lines: list[str], answer: Answer) -> None:
        """Count what is refused of *lines*; send halves until each such line stands alone."""
        if answer.kind is AnswerKind.TAKEN:
            return
        if answer.kind is AnswerKind.PARTLY and answer.dropped:
            points = min(answer.dropped, len(lines))
            said = "The store dropped %d of %d points for good: %s. The rest is stored."
            self._say(said, points, len(lines), answer)
            refused.requests += dropped_requests(lines, answer)
            refused.points += points
        elif len(lines) > 1:
            half = len(lines) // 2
            self._isolate(refused, lines[:half])
            self._isolate(refused, lines[half:])
        else:
            self._say("The store refused one point for good: %s", answer)
            refused.requests += requests_of(lines[0])
            refused.points += 1

    def _say(self, message: str, *details: object) -> None:
        self._said += 1
        if self._said <= _MOST_SAID:
            log.warning(message, *details)
        if self._said == _MOST_SAID:
            log.warning("Further points that the store refuses are counted, and not said singly.")


def dropped_requests(lines: Sequence[str], answer: Answer) -> int:
    """Return how many requests the points of *lines* stand for that a `PARTLY` dropped.

    InfluxDB says how many, not which: with a type conflict they are points of the measurement that
    it names; beyond the retention they are the oldest.
    """
    if answer.dropped >= len(lines):
        return sum(map(requests_of, lines))
    conflict = _MEASUREMENT.search(answer.message)
    if conflict:
        suspects = [
            line for line in lines if line.startswith((conflict[1] + ",", conflict[1] + " "))
        ]
    else:
        suspects = sorted(lines, key=_time)
    return sum(map(requests_of, suspects[: answer.dropped]))


def _time(line: str) -> int:
    # Not all are sure to have a time: a collector passes on what others write.
    text = line.rpartition(" ")[2]
    return int(text) if text.isascii() and text.isdigit() else 0
