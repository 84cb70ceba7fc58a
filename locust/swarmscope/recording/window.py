"""Counting of requests in windows: what happens inside the load generator's request event.

The event handler only appends to lists; a closed window is folded into sums and histograms later,
outside the request, in passes that run in C. That costs a fraction of Locust's own statistics.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic, time
from typing import Any

from swarmscope import schema
from swarmscope.recording import statuses
from swarmscope.recording.cardinality import Budgets
from swarmscope.recording.cells import Cell, Cells
from swarmscope.recording.failures import Failures, FailureWindow, text_of
from swarmscope.recording.tally import Key, Raw

MAX_HELD = 500_000
"""Requests in closed windows that nobody took yet, about 30 MB; the oldest go first."""
MAX_HELD_WINDOWS = 3_600

OnRequest = Callable[[float, Key, object, object, Any, Any, object, object, object, object], None]
"""Told of a request: when it came (s, by the recorder's clock), what it is counted under, method,
name, response time and length, exception, response, context and start. By position: names cost."""


@dataclass(frozen=True)
class Window:
    """A closed window: *start* is its first second in s since the epoch."""

    start: int
    endpoints: list[Raw]
    failures: FailureWindow

    @property
    def requests(self) -> int:
        """Number of requests in the window."""
        return sum(len(raw.times) for raw in self.endpoints)


class Recorder:
    """The requests of one run on one worker, in windows of *resolution* seconds.

    A request counts in the window in which its answer arrived: a slow one must not reopen a second
    that was already sent. Windows follow the monotonic clock, anchored to wall time once: a
    stepped wall clock must not reopen one either.
    """

    def __init__(
        self,
        *,
        resolution: int = 1,
        max_names: int = schema.MAX_NAMES,
        template_names: bool = False,
        warn: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = monotonic,
        wall: Callable[[], float] = time,
    ) -> None:
        self.budgets = Budgets(warn, max_names=max_names)
        """They decide for all points of the run what is told apart."""
        self.failures = Failures(self.budgets, warn)
        self.cells = Cells(self.budgets.endpoints, warn, template_names=template_names)
        self._resolution = resolution
        self._warn = warn
        self._clock = clock
        self._wall = wall
        self._anchor = wall() - clock()
        self._closed: list[Window] = []
        self._held = 0
        self._shed = 0
        self._told: set[str] = set()
        self._closer = [None]
        self._start = 0
        self._deadline = 0.0
        self._open_window(clock())
        self.record = self.handler()

    def handler(self, on_request: OnRequest | None = None) -> Callable[..., None]:
        """Return a handler of the request event: a closure, because attribute look-ups cost.

        *on_request* is told of each request, and under what it is counted. It is called from here:
        an event with two handlers costs half as much again.
        """
        aliases, odd = self.cells.aliases, self.cells.find
        clock, fails = self._clock, self._fails
        none, careful = statuses.NONE, False

        def record(  # noqa: PLR0917 - Locust passes them by name
            request_type: object = None,
            name: object = None,
            response_time: Any = None,
            response_length: Any = 0,
            exception: object = None,
            response: Any = None,
            context: object = None,
            # Named only so that Python need not gather them in a dict for each request.
            start_time: object = None,
            url: object = None,  # noqa: ARG001
            **_: object,
        ) -> None:
            """Count a request in the second its answer arrived. Never raises."""
            nonlocal careful
            now = clock()
            try:
                if now >= self._deadline:
                    self.close_due()
                try:
                    cell, add = aliases[name, request_type]
                except Exception:  # noqa: BLE001 - not known, or a name that can't be a key
                    cell, add = odd(name, request_type)
                # Failed for as long as nobody could look: that may be broken off.
                status, failed = none, exception is not None
                try:
                    if failed:
                        failed = fails(exception)
                    status = (
                        getattr(response, "status_code", none)
                        if careful
                        else (none if response is None else response.status_code)
                    )
                except Exception:  # noqa: BLE001 - a user's property may do anything
                    # Of other protocols' answers none has one: an exception each would cost.
                    careful = True
                except BaseException:
                    self._break_off(cell, response_time, response_length, failed and exception)
                    raise
                add((response_time, response_length, status, failed))
                if failed:
                    self.failures.record(cell.key, exception, response)
                if on_request is not None:
                    on_request(
                        now, cell.key, request_type, name, response_time, response_length,
                        exception, response, context, start_time,
                    )  # fmt: skip
            except Exception as error:  # noqa: BLE001 - Locust's exit code would become 2
                self._warn_once(error)

        return record

    def _fails(self, exception: object) -> bool:
        """Return whether *exception* says that a request failed."""
        try:
            return bool(exception)
        except Exception as error:  # noqa: BLE001 - a user's exception may do anything
            self._warn_once(error)
            return False

    def _break_off(self, cell: Cell, time: object, length: object, exception: object) -> None:
        """Count a request in whose properties a time-out came, or the user's end: it was made.

        As failed, unless *exception* is None or False: it isn't looked at.
        """
        failed = exception is not None and exception is not False
        cell.requests.extend((time, length, statuses.NONE, failed))
        if failed:
            self.failures.record(cell.key, type(exception), None)

    def _warn_once(self, error: Exception) -> None:
        kind = type(error).__name__
        if kind not in self._told:
            self._told.add(kind)
            self._warn(
                f"A request could not be counted whole ({text_of(error)}: {kind}); it is in the "
                "totals. Further ones of this kind are not told."
            )

    def anchor(self) -> None:
        """Tie the windows to the wall clock as it is now, unless something was counted already.

        For the start of a run: a process may have waited for it for days.
        """
        if not self._closed and not self.cells.open:
            self._anchor = self._wall() - self._clock()
            self._open_window(self._clock())

    @property
    def counted(self) -> int:
        """Requests that nobody took yet."""
        return self._held + self.cells.open

    @property
    def offset(self) -> float:
        """What this run's clock adds to the monotonic one, s."""
        return self._anchor

    @property
    def until(self) -> int:
        """The second up to which all windows are closed, s since the epoch."""
        return self._start

    def now(self) -> float:
        """Return the time by which this run's points are written, s since the epoch."""
        return self._clock() + self._anchor

    def correct(self, seconds: float) -> None:
        """Take *seconds* off all times of this run, also of the windows that nobody took yet.

        For once, before any window is taken: the time of a point that may be sent already must
        never change. Closed windows are moved by whole ones, so that none lands on another.
        """
        self._anchor -= seconds
        shift = round(-seconds / self._resolution) * self._resolution
        self._closed = [replace(window, start=window.start + shift) for window in self._closed]
        self._open_window(self._clock())
        if self._closed and self._start <= self._closed[-1].start:
            self._start = self._closed[-1].start + self._resolution
            self._deadline = self._start + self._resolution - self._anchor

    def _open_window(self, now: float) -> None:
        self._start = int((now + self._anchor) // self._resolution) * self._resolution
        self._deadline = self._start + self._resolution - self._anchor

    def close_due(self) -> None:
        """Close the open window if its time is over."""
        now = self._clock()
        if now < self._deadline:
            return
        try:
            # Some clients fire from native threads: of two that find the time over, one closes,
            # and the other's request counts in this window or the next. No lock, since gevent
            # patches those; taking the last item of a list is one step.
            self._closer.pop()
        except IndexError:
            return
        try:
            self._close()
            self._open_window(now)
        finally:
            self._closer.append(None)

    def close(self) -> None:
        """Close the open window early, at the end of a run; the next opens a window later.

        The same second must not be sent twice: what comes still is counted in the next one.
        """
        if self._close():
            self._start += self._resolution
            self._deadline += self._resolution

    def _close(self) -> bool:
        """Close the open window, unless it is empty; return whether it was closed."""
        endpoints = self.cells.close()
        if endpoints:
            window = Window(self._start, endpoints, self.failures.take())
            self._closed.append(window)
            self._held += window.requests
            # Whoever should take them may wait for a name, or for a disk that hangs.
            while len(self._closed) > 1 and (
                self._held > MAX_HELD or len(self._closed) > MAX_HELD_WINDOWS
            ):
                dropped = self._closed.pop(0).requests
                self._held -= dropped
                self._shed += dropped
        return bool(endpoints)

    def take(self) -> list[Window]:
        """Return the closed windows, oldest first, and forget them."""
        closed, self._closed = self._closed, []
        self._held = 0
        return closed

    def shed(self, requests: int) -> None:
        """Count *requests* of the run that are known of and nothing else."""
        self._shed += requests

    def take_shed(self) -> int:
        """Return how many requests were dropped because nobody took their windows."""
        shed, self._shed = self._shed, 0
        return shed
