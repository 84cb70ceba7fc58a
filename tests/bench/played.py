"""Runs that nobody ran: made-up requests through a worker's real session, by a clock of its own.

What comes out is what a worker hands to delivery, whatever that is: a change of the points shows
here without a change here. An hour takes minutes.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from tempfile import gettempdir
from typing import Any

import msgpack
from locust.env import Environment
from locust.exception import CatchResponseError

from swarmscope.agent.clock import Offset, ReferenceClock
from swarmscope.agent.identity import Identity
from swarmscope.agent.locust_count import LocustCount
from swarmscope.agent.merges import OWN, Merges
from swarmscope.agent.reporting import Reporting
from swarmscope.agent.session import Session
from swarmscope.agent.witness import NOTHING, Reading, Witness
from swarmscope.delivery import Delivery
from swarmscope.line_protocol import Field
from swarmscope.recording.points import NANOSECONDS, Encoder
from swarmscope.recording.reading import read
from swarmscope.recording.reports import Packed, Report, pace_of, pack
from swarmscope.settings import Settings
from swarmscope.spool import Batch
from tests.bench import recording
from tests.fixtures.fake_delivery import Kept

USERS = {"Browser": 30, "Buyer": 20}
TEST = "bench"
_LOGGED_EVERY_S = 10
_FAILED = 0.01
"""Share of requests."""
_LATE_EACH = 20
"""Of so many workers one has a loop that is late at times."""
_PAST = 0.02
"""How long after a second its tick is, as the agent's."""


@dataclass(frozen=True)
class Load:
    """A run: *workers* with *rate* requests a second each, over *endpoints*, for *seconds*."""

    endpoints: int
    workers: int
    rate: int
    seconds: int
    run: str = recording.RUN
    start: int = recording.START

    @property
    def stop(self) -> int:
        """The end of its last second."""
        return self.start + self.seconds

    @property
    def requests(self) -> int:
        """All it makes."""
        return self.workers * self.rate * self.seconds

    @property
    def names(self) -> list[str]:
        """Its endpoints, the busiest first."""
        return [f"/endpoint/{i}" for i in range(self.endpoints)]

    @property
    def shares(self) -> list[float]:
        """How often each endpoint is asked, as sums: the second half as often as the first …

        Zipf's law, which pages, words and shops follow.
        """
        return list(accumulate(1 / (i + 1) for i in range(self.endpoints)))


class Answer:
    """What Locust hands over as a request's response, as far as anybody looks."""

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


class Taken(Kept):
    """Delivery to a store that takes everything at once."""

    def keep(self, batch: Batch) -> None:
        """Take *batch*."""
        super().keep(batch)
        self.account(batch.run).taken(batch.requests, len(batch.lines))

    def take(self) -> list[Batch]:
        """Return what was kept since the last call."""
        kept, self.batches = self.batches, []
        return kept


_RIGHT, _WRONG = Answer(200), Answer(500)

Told = tuple[int, int, Packed]
"""When a message of a worker's report came, in s since the epoch; which worker's; the message."""
Tell = Callable[[Told], object]


class Worker:
    """One worker of a *load*: its session, the requests that it is told of, and its clock."""

    def __init__(
        self, load: Load, index: int, delivery: "Delivery | Kept", tell: Tell = lambda _: None
    ) -> None:
        self.now = float(load.start)
        self._load = load
        self._rnd = random.Random(index)
        self._late = index % _LATE_EACH == 0
        self._each = list(range(load.endpoints))
        self._names, self._shares = load.names, load.shares
        identity = Identity(load.run, TEST, f"worker-{index}")
        host = {"SWARMSCOPE_HOST": "gen", "SWARMSCOPE_SPOOL_DIR": gettempdir()}
        settings = Settings.from_env(host)
        self._encoder = Encoder(identity.tags(settings))
        self._environment = Environment()
        witness = Witness(self._environment)
        count = LocustCount(witness, Reading(NOTHING, {}))
        clocks = {"clock": lambda: self.now, "wall": lambda: self.now}
        reports = Reporting(
            settings.latency_resolution,
            # As Locust sends it: what was a tuple arrives as a list.
            lambda report: tell((int(self.now), index, msgpack.loads(msgpack.dumps(pack(report))))),
        )
        reports.pace = pace_of(load.workers)
        self.session = Session(settings, delivery, count, reports=reports, **clocks)  # type: ignore[arg-type]
        self._offset = Offset(**clocks)
        self._offset.add(self.now, ReferenceClock(**clocks).reading())
        self.session.begin()
        self.session.identify(identity, self._offset)

    def request(self, moments: Iterator[float]) -> None:
        """Be told of one request at each of *moments*, as Locust tells it and counts it."""
        rnd, names, record = self._rnd, self._names, self.session.record
        stats = self._environment.stats
        chosen = rnd.choices(self._each, cum_weights=self._shares, k=self._load.rate)
        for i, self.now in zip(chosen, moments, strict=True):
            name, ms = names[i], recording.answer_ms(rnd, i)
            length = 200 + int(rnd.random() * 19_800)
            failed = rnd.random() < _FAILED
            stats.log_request("GET", name, ms, length)
            error = _failure(i, ms) if failed else None
            if error:
                stats.log_error("GET", name, error)
            record(
                request_type="GET",
                name=name,
                response_time=ms,
                response_length=length,
                exception=error,
                response=_WRONG if failed else _RIGHT,
                context={},
            )

    def second(self) -> None:
        """Play the second that begins now: its requests, and the tick after it."""
        begin = int(self.now)
        apart = 0.9 / self._load.rate
        self.request(begin + 0.05 + apart * i for i in range(self._load.rate))
        self.now = begin + 1 + _PAST
        if begin % _LOGGED_EVERY_S == 0:
            self.session.user_errors.record("Buyer", KeyError("price"), None)
        self.session.tick(USERS, self._health())

    def log_line(self) -> str:
        """Return what the collector writes of this worker's log meanwhile."""
        return recording.log_line(self._encoder, int(self.now))

    def finish(self) -> None:
        """End the run, as Locust's test_stop does."""
        self.session.finish({}, self._health())
        self.session.mark_final({}, self._health())

    def _health(self) -> dict[str, Field]:
        rnd = self._rnd
        measured: dict[str, Field] = {"cpu_percent": 40 + round(10 * rnd.random(), 1)}
        measured["rss_bytes"] = 10**8 + rnd.randrange(10**6)
        usual = 3 * rnd.random()
        measured["loop_lag_ms"] = recording.lag_ms(int(self.now), usual) if self._late else usual
        return {**measured, **self.session.clock_fields(self._offset)}


class Master:
    """The master of a *load*: it merges what the workers report, each second of the run."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._kept = Taken()
        settings = Settings.from_env({"SWARMSCOPE_SPOOL_DIR": gettempdir()})
        self._merges = Merges(settings, self._kept, str, leads=True)  # type: ignore[arg-type]
        tags = Identity(load.run, TEST, "master").tags(settings)
        self._merges.begin(load.run, tags, load.start * NANOSECONDS)
        self._present = [str(index) for index in range(load.workers)]
        nothing = Report(load.run, 1, until=load.start, final=True)
        self._merges.hear(OWN, nothing, load.start)

    def merge(self, told: Iterable[Told]) -> dict[str, list[str]]:
        """Return what is written, by bucket, of what was *told*, in whatever order."""
        seconds: dict[int, list[tuple[int, Packed]]] = defaultdict(list)
        for second, index, message in told:
            seconds[second].append((index, message))
        for second in sorted(seconds):
            for index, message in seconds[second]:
                self.hear(second, index, message)
            self.tick(second)
        return lines_of(self._kept.take())

    def hear(self, second: int, index: int, message: Packed) -> None:
        """Take a message that the worker *index* sends at that *second*."""
        self._merges.hear(str(index), read(message), second)

    def tick(self, second: int) -> None:
        """Write what is due at that *second*."""
        pace = pace_of(self._load.workers)
        self._merges.tick(second, self._load.run, self._present, pace)


def _failure(endpoint: int, ms: float) -> Exception:
    """Return one of two kinds of failures."""
    if endpoint % 2:
        return ConnectionRefusedError(111, "refused")
    return CatchResponseError(f"wrong total after {ms:.0f} ms")


def lines_of(batches: list[Batch]) -> dict[str, list[str]]:
    """Return the lines of *batches* by bucket."""
    lines: dict[str, list[str]] = {}
    for batch in batches:
        lines.setdefault(batch.bucket, []).extend(batch.lines)
    return lines


def play(
    load: Load, indexes: list[int], step_s: int, tell: Tell = lambda _: None
) -> Iterator[dict[str, list[str]]]:
    """Yield what these workers of *load* write, by bucket, *step_s* seconds of all at a time.

    What they report goes to *tell*, meanwhile.
    """
    players: list[tuple[Worker, Taken]] = []
    for index in indexes:
        taken = Taken()
        players.append((Worker(load, index, taken, tell), taken))
    for begin in range(0, load.seconds, step_s):
        for worker, taken in players:
            logged: list[str] = []
            for second in range(begin, min(begin + step_s, load.seconds)):
                worker.second()
                if second % _LOGGED_EVERY_S == 0:
                    logged.append(worker.log_line())
            lines = lines_of(taken.take())
            lines.setdefault(_RAW, []).extend(logged)
            yield lines
    for worker, taken in players:
        worker.finish()
        yield lines_of(taken.take())


def around(load: Load) -> Iterator[str]:
    """Yield what others write meanwhile: the master, Telegraf, and the team itself."""
    yield from recording.master_lines(load.run, load.start, load.stop, load.workers, load.requests)
    for now in range(load.start, load.stop):
        yield from recording.host_lines(now)
        yield from recording.people_lines(now)


_RAW: Any = Settings.from_env({"SWARMSCOPE_SPOOL_DIR": gettempdir()}).bucket
