"""What is written of one run on this worker: from what was counted to batches for delivery."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gevent import getcurrent

from swarmscope.agent.identity import Identity
from swarmscope.agent.turns import politely
from swarmscope.delivery import Account, Delivery
from swarmscope.line_protocol import Field
from swarmscope.logs.requests import RawRequests
from swarmscope.logs.stream import Stream
from swarmscope.recording.intended import Intended
from swarmscope.recording.points import MINUTE, NANOSECONDS, Encoder
from swarmscope.recording.spans import Spans
from swarmscope.recording.tallies import AGGREGATED, Tallies
from swarmscope.recording.tally import Key, Tally
from swarmscope.recording.transactions import Transactions
from swarmscope.recording.user_errors import UserErrors
from swarmscope.recording.window import OnRequest, Recorder, Window
from swarmscope.settings import Settings
from swarmscope.spool import Batch
from swarmscope.words import are, count_of, were

if TYPE_CHECKING:
    from swarmscope.recording.phases import Phases

log = logging.getLogger(__name__)

_POINTS = 4_500
"""Points of single requests in a batch, or one slice more: less than one write takes."""


class Reports(Protocol):
    """Whoever is told, beside the store, what comes into the books of a run.

    Each request is told of twice, and in either way once: with its window, of all endpoints
    together, and with its span, of its endpoint. What is handed over never changes afterwards.
    None of these may raise, and only `tell` may let others run.
    """

    pace: int | None
    """How often whoever merges wants to hear, s. None: nobody merges."""

    def window(self, start: int, together: Tally) -> None:
        """Take what all endpoints together had in the window that starts at *start*."""

    def span(self, start: int, new: Mapping[Key, Tally]) -> None:
        """Take what is *new*, by endpoint, in the span whose first window starts at *start*.

        That is all of it, once it is over; what came after the end of the run comes by itself.
        """

    def health(self, second: int, fields: Mapping[str, Field]) -> None:
        """Take how the worker was in a *second*: the fields of its point."""

    def arrivals(self, fields: Mapping[str, Field]) -> None:
        """Take what became of iterations: the fields of their point."""

    def closed(self, until: int) -> None:
        """Take note that all windows and spans that end at the second *until* were handed over."""

    def tell(self, run: str, now: float, *, final: bool) -> None:
        """Tell of *run* whoever merges it, if it is time at *now*; at once if it is *final*."""


class Timing(Protocol):
    """Who knows when iterations of users should begin, where their `wait_time` says so."""

    def late(self) -> float | None:
        """Return by how many ms the request that is being told of began late; None: unknown."""

    def take(self) -> Iterable[tuple[str, Mapping[str, Field]]]:
        """Return by user class what became of iterations since this was called last."""


def _phases() -> "Phases":
    # Where nobody asks for them, no worker reads what it takes.
    from swarmscope.agent.client_phases import phases_of_clients  # noqa: PLC0415

    return phases_of_clients()


def _each(told: Sequence[OnRequest]) -> OnRequest:
    """Return what tells all of *told* of a request."""

    def tell(*request: Any) -> None:
        for one in told:
            one(*request)

    return tell


class Books:
    """The points of one run's requests, which go to *delivery*.

    They wait in *recorder* until the run's identity is known. If each request is wanted by itself,
    its line goes to *stream*, too. *reports* are told what the points are made of.
    """

    def __init__(
        self,
        settings: Settings,
        delivery: Delivery,
        recorder: Recorder,
        stream: Stream | None,
        *,
        reports: Reports | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._settings = settings
        self._delivery = delivery
        self._recorder = recorder
        self._stream = stream
        self._reports = reports
        self.user_errors = UserErrors(recorder.budgets)
        self.record: Callable[..., object] = recorder.record
        """The handler of Locust's request event, itself: a call in between would cost."""
        self._raw: RawRequests | None = None
        told: list[OnRequest] = []
        if settings.raw_requests:
            self._raw = RawRequests(sample=settings.raw_sample, greenlet=getcurrent)
            told.append(self._raw.add)
        self._phases = _phases() if settings.phases else None
        if self._phases:
            told.append(self._phases.add)
        self._timing = timing
        self._intended = Intended(timing.late) if timing else None
        if self._intended:
            told.append(self._intended.add)
        if told:
            self.record = recorder.handler(told[0] if len(told) == 1 else _each(told))
        self.identity: Identity | None = None
        self.encoder: Encoder | None = None
        """None until the run has a name."""
        self.transactions = Transactions(recorder.budgets)
        """Journeys that users time; whoever hears of their end adds them."""
        self._transactions_from = 0
        self._totals = Tallies()
        self._minute = Tallies()
        self._minute_start = 0
        self._spans = Spans(settings.latency_resolution)

    def identify(self, identity: Identity) -> None:
        """Take the identity under which all of it is written."""
        self.identity = identity
        tags = identity.tags(self._settings)
        self.encoder = Encoder(tags, self._recorder.budgets)
        if self._reports and not self._reports.pace:
            # A master from before spans doesn't say how long they are: boards read windows then.
            self._spans = Spans(self._settings.resolution)
        if self._raw:
            self._raw.identify(tags, self._settings.host)

    @property
    def account(self) -> Account:
        """What became of the requests so far."""
        return self._delivery.account(self.identity.run if self.identity else "")

    def keep_closed(self, users: Mapping[str, int], more: Callable[[int], list[str]]) -> bool:
        """Keep the closed windows, and *more* with them; return whether there were any.

        It is told how many requests they have, of which the account doesn't know yet.
        """
        encoder = self.encoder
        if encoder is None:
            return False
        until, windows = self._recorder.until, self._recorder.take()
        self._say_shed(self._recorder.take_shed())
        requests = sum(window.requests for window in windows)
        lines = [line for window in windows for line in self._window_lines(encoder, window, users)]
        if self._spans.over(until):
            lines += self._span_lines(encoder)
        if until >= self._transactions_from + self._settings.latency_resolution:
            self._transactions_from = until
            lines += self.transactions.lines(encoder, self.now_ns())
        if self._reports:
            self._reports.closed(until)
        lines += encoder.user_errors(self.user_errors.take(), self.now_ns())
        if self._timing:
            for user_class, fields in self._timing.take():
                lines.append(encoder.arrivals(user_class, fields, self.now_ns()))
                if self._reports:
                    self._reports.arrivals(fields)
        lines += more(requests)
        self.keep(lines, requests)
        if self._raw:
            self._keep_each(self._raw)
        return bool(windows)

    def _say_shed(self, shed: int) -> None:
        if shed and self.identity:
            log.warning(
                "Windows could not be kept for so long: %s %s lost.",
                count_of(shed, "request"),
                are(shed),
            )
            self._delivery.lose(self.identity.run, shed)

    def _keep_each(self, raw: RawRequests) -> None:
        points: list[str] = []
        wanted = self._stream is not None
        for encoded in politely(raw.encode(self._recorder.offset, with_lines=wanted)):
            if self._stream:
                self._stream.add(encoded)
            points += encoded.points
            if len(points) >= _POINTS:
                # the windows account for these requests
                self.keep(points)
                points = []
        self.keep(points)
        self._say_lost(raw.take_dropped(), "Too many requests came at once")
        self._say_lost(raw.take_unwritten(), "What some requests are told with can't be written")

    def _say_lost(self, lost: int, why: str) -> None:
        if lost:
            self.account.lost(0, lost)
            log.warning(
                "%s: %s %s not written by themselves.", why, count_of(lost, "request"), were(lost)
            )

    def _window_lines(
        self, encoder: Encoder, window: Window, users: Mapping[str, int]
    ) -> Iterator[str]:
        if self._spans.over(window.start):
            yield from self._span_lines(encoder)
        self._spans.begin(window.start)
        count = sum(users.values())
        self._begin_minute(window.start, count)
        tallies = self._add(window)
        yield from politely(encoder.stats(tallies, window.start, self._settings.resolution, count))
        together = [(AGGREGATED, tallies.together)]
        yield from encoder.latencies(together, window.start)
        yield from politely(encoder.statuses(window.endpoints, window.start))
        yield from encoder.failures(window.failures, window.start)
        if self._reports:
            self._reports.window(window.start, tallies.together)

    def _add(self, window: Window) -> Tallies:
        """Return what *window* has, after adding it to what is summed up of more than one."""
        tallies = Tallies()
        for raw in politely(window.endpoints):
            tally = raw.fold()
            tallies.endpoints[raw.key] = tally
            tallies.together.merge(tally)
            self._spans.add(raw.key, tally)
            self._minute.add(raw.key, tally)
            self._totals.add(raw.key, tally, with_histogram=False)
        self._minute.together.merge(tallies.together)
        self._totals.together.merge(tallies.together, with_histogram=False)
        return tallies

    def _span_lines(self, encoder: Encoder) -> Iterator[str]:
        part = self._spans.take()
        if part:
            yield from politely(encoder.latencies(part.whole.items(), part.start))
            if self._phases:
                yield from politely(self._phases.lines(encoder, part.start))
            if self._intended:
                yield from politely(self._intended.lines(encoder, part.start))
            if self._reports:
                self._reports.span(part.start, part.new)

    def _begin_minute(self, start: int, users: int) -> None:
        minute = start - start % MINUTE
        if minute != self._minute_start:
            self._keep_minute(users)
            self._minute, self._minute_start = Tallies(), minute

    def keep_open(self, users: int) -> None:
        """Keep what the span and the minute that go on add up to so far."""
        if self.encoder:
            self.keep(list(self._span_lines(self.encoder)))
            self.keep(list(self.transactions.lines(self.encoder, self.now_ns())))
        self._keep_minute(users)

    def _keep_minute(self, users: int) -> None:
        """Keep what the minute that goes on adds up to so far."""
        # It stays until the next begins: what comes after the end must be added to it, for a
        # point of the stragglers alone would take its place.
        if self._minute.endpoints and self.encoder and self._settings.bucket_long:
            minute, start = self._minute, self._minute_start
            lines = list(politely(self.encoder.stats(minute, start, MINUTE, users)))
            lines += politely(self.encoder.latencies(minute.items(), start, coarse=True))
            # its requests are those of the seconds: they are accounted for there
            self.keep(lines, bucket=self._settings.bucket_long)

    def total_lines(self, lasted: float) -> list[str]:
        """Return what the run adds up to, which has *lasted* so many seconds."""
        encoder = self.encoder
        if encoder is None:
            return []
        return list(politely(encoder.totals(self._totals, lasted, self.now_ns())))

    def now_ns(self) -> int:
        """Return the time by which points are written now, ns since the epoch."""
        return int(self._recorder.now() * NANOSECONDS)

    def keep(self, lines: list[str], requests: int = 0, *, bucket: str = "") -> None:
        """Hand *lines* to delivery, which tell of so many *requests*."""
        if lines and self.identity:
            batch = Batch(bucket or self._settings.bucket, self.identity.run, requests, lines)
            self._delivery.keep(batch)
