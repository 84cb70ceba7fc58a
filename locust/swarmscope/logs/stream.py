"""One process's records and requests as one stream of lines, in the order of their times."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from math import inf
from typing import Protocol

from swarmscope.logs.handler import RecordHandler
from swarmscope.logs.lines import BATCH, NANOSECONDS, record_line
from swarmscope.logs.requests import Encoded

_LINES = 256
"""Lines that are joined at once; that many of common length are less than a `BATCH`."""
_NOISE = 0.001
"""Seconds between two clocks that are noise."""


class Outlet(Protocol):
    """Where lines go: to a file, to the collector. Never blocks."""

    def offer(self, lines: bytes, count: int) -> None:
        """Take *count* lines, joined by newlines, or drop them and count that."""

    def close(self) -> None:
        """Hand over what waits, for a short time, and end."""


class Stream:
    """Gathers lines and hands them to *outlets*."""

    def __init__(self, host: str, handler: RecordHandler, outlets: Sequence[Outlet]) -> None:
        self._host = host
        self._handler = handler
        self.outlets = outlets
        self._lines: list[str] = []
        self._times: list[int] = []
        self._batches: deque[list[str]] = deque()
        self._records: deque[tuple[int, str]] = deque()
        self._last = 0

    def add(self, requests: Encoded) -> None:
        """Take in *requests*."""
        self._lines += requests.lines
        self._times += requests.times

    def flush(
        self, run: str, worker: str, *, ahead: float = 0.0, until: float = inf
    ) -> Iterator[None]:
        """Hand over all that came so far, a slice for each step of the iterator.

        *run* and *worker* are written into the log records; requests have theirs. *ahead* is how
        far the machine's clock is ahead of the run's, s. What came after *until*, s since the
        epoch by the run's clock, waits for the next time: what came before it is here by now.
        """
        self._take(run, worker, round(ahead * NANOSECONDS) if abs(ahead) > _NOISE else 0)
        lines = self._lines_until((until - 2 * _NOISE) * NANOSECONDS)
        self._batches.extend(lines[i : i + _LINES] for i in range(0, len(lines), _LINES))
        # Whoever comes here meanwhile sends on from the same queue: the order stays.
        while self._batches:
            for payload, count in _packed(self._batches.popleft()):
                for outlet in self.outlets:
                    outlet.offer(payload, count)
            yield

    def _take(self, run: str, worker: str, ahead_ns: int) -> None:
        for record in self._handler.take():
            self._last = max(record.time_ns - ahead_ns, self._last + 1)
            line = record_line(
                self._last,
                record.level,
                record.logger,
                record.message,
                host=self._host,
                run=run,
                worker=worker,
            )
            self._records.append((self._last, line))

    def _lines_until(self, until_ns: float) -> list[str]:
        cut = bisect_right(self._times, until_ns)
        times, self._times = self._times[:cut], self._times[cut:]
        lines, self._lines = self._lines[:cut], self._lines[cut:]
        ready: list[tuple[int, str]] = []
        while self._records and self._records[0][0] <= until_ns:
            ready.append(self._records.popleft())
        # From the end, so that what was found before stays where it is.
        end = len(lines)
        for time_ns, line in reversed(ready):
            end = bisect_right(times, time_ns, 0, end)
            lines.insert(end, line)
        return lines

    def close(self) -> None:
        """End the outlets; what is logged from now on stays here."""
        self._handler.detach()
        for outlet in self.outlets:
            outlet.close()


def _packed(lines: list[str]) -> Iterator[tuple[bytes, int]]:
    """Yield *lines* joined, with their number, in pieces of hardly more than `BATCH` bytes."""
    payload = "\n".join(lines).encode("utf-8", "replace")
    if len(payload) > BATCH and len(lines) > 1:
        half = len(lines) // 2
        yield from _packed(lines[:half])
        yield from _packed(lines[half:])
    elif lines:
        yield payload, len(lines)
