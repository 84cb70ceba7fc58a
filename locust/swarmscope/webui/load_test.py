"""One test of a master: ordered once its workers are ready, followed, and ended when it is time."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from swarmscope.errors import ConfigurationError
from swarmscope.signals import Signals
from swarmscope.webui.master import ACTIVE, READY, Master, MasterUnreachableError, Status
from swarmscope.words import count_of

_POLL_S = 1.0
_LINE_EVERY_S = 5
_NAMING_S = 30
"""How long a test may take from its order to its name, and to its first user."""
_GRACE_S = 10
"""Seconds past its time after which a test is stopped from here: a LoadTestShape knows no time."""
_IN_VAIN_S = 10
"""How long a test goes on without a request that there is a reason to expect none of."""
_STOPPING_S = 120
"""How long a test may go on that was told to stop."""
_HALF = 0.5
"""Of its time, as of a test without a page (agent/ending.py)."""
_SILENCE_S = 30
"""How long the master may be silent in the middle of a test."""

_MISSING = "missing"
"""Locust's word for a worker that nothing was heard of for a while."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What is asked of a master; None: its own."""

    users: int
    rate: float | None = None
    """Users started per second; None: all at once."""
    time: int | None = None
    """Seconds; None: until somebody asks for its end."""
    host: str | None = None
    label: str | None = None
    description: str | None = None
    workers: int = 1
    """Begin when so many are ready."""
    wait: float = 60
    """How long to wait for them, s."""
    run_id: str = ""
    """What the run is to be called; by default the master names it."""

    def form(self) -> dict[str, str]:
        """Return the order as Locust's page sends it."""
        form = {"user_count": str(self.users), "spawn_rate": str(self.rate or self.users)}
        given = {
            "host": self.host,
            "swarmscope_label": self.label,
            "swarmscope_description": self.description,
            "run_time": str(self.time) if self.time else None,
            "swarmscope_run_id": self.run_id or None,
        }
        return form | {name: text for name, text in given.items() if text is not None}


class LoadTest:
    """One test of *master*; it ends early when somebody asks by *signals*."""

    def __init__(self, master: Master, order: Order, signals: Signals, say: Say) -> None:
        self._master = master
        self._order = order
        self._signals = signals
        self._say = say
        self._run = ""
        self._doubt = ""
        self._began = 0.0

    def start(self) -> str:
        """Start the test once its workers are ready, and return the run's id."""
        before = self._master.run()
        workers = self._await_workers()
        self._master.start(self._order.form())
        self._began = time.monotonic()
        while self._master.run() == before:
            if time.monotonic() > self._began + _NAMING_S:
                raise MasterUnreachableError(
                    f"The master took the order, but began no run within {_NAMING_S} s.",
                    remedy="Its log says why: `make logs`.",
                )
            time.sleep(0.1)
        self._run = self._master.run()
        self._say(
            f"Run {self._run}: {count_of(self._order.users, 'user')}, workers: {workers}. "
            "Ctrl-C ends it."
        )
        if self._order.run_id not in ("", self._run):
            self._say(
                f"SWARMSCOPE_RUN_ID asks for {self._order.run_id}, and the master calls it "
                f"{self._run}: it had a run of that id, or has an older listener."
            )
        self._doubt = self._master.doubt()
        if self._doubt:
            self._say(self._doubt)
        return self._run

    def _await_workers(self) -> int:
        wanted = self._order.workers
        deadline = time.monotonic() + self._order.wait
        while True:
            status = self._master.status()
            if status.state in ACTIVE:
                raise ConfigurationError(
                    f"A test is already running ({status.users} users, run {self._master.run()}).",
                    data="It goes on; no other was started.",
                    remedy=f"Wait for its end, or stop it: {self._master.url}",
                )
            if status.state in READY and status.ready >= wanted:
                return status.ready
            if self._signals.asked:
                raise KeyboardInterrupt
            if time.monotonic() > deadline:
                raise MasterUnreachableError(
                    f"{status.ready} of {wanted} worker(s) were ready after "
                    f"{self._order.wait} s; the master is {status.state}.",
                    data="No load was started.",
                    remedy="`make status` shows the workers, `make logs` what they say.",
                )
            self._signals.wait(_POLL_S)

    def follow(self) -> str:
        """Say how it goes until it has ended; end it when it is time to, or when asked.

        Returns:
            Why the load wasn't what was ordered, or nothing.

        """
        seen = False
        status: Status | None = None
        stopped_at: float | None = None
        line_at = self._began + _LINE_EVERY_S
        cut = ""
        while True:
            elapsed = time.monotonic() - self._began
            why = None if stopped_at else self._why_end(elapsed, status)
            if why is not None:
                cut = _cut_short(elapsed, self._order.time) if self._signals.asked else ""
                self._say(f"{why}Stopping the test; its results follow.")
                self._master.stop()
                stopped_at = time.monotonic()
            status = self._patient_status()
            active = status.state in ACTIVE
            seen = seen or active
            # What the web UI shows may be two seconds old: at first it knows nothing of the test.
            if status.state in READY and (seen or stopped_at or elapsed > _NAMING_S):
                return cut if stopped_at else _broken_off(elapsed, status)
            if active and time.monotonic() > line_at:
                line_at += _LINE_EVERY_S
                self._say(_line(elapsed, status))
            # Once somebody asked, the other would return at once.
            if stopped_at:
                self._check_end(stopped_at)
                time.sleep(_POLL_S)
            else:
                self._signals.wait(_POLL_S)

    def _check_end(self, stopped_at: float) -> None:
        """Give up on a master that was told to stop, and whose test goes on all the same."""
        if time.monotonic() > stopped_at + _STOPPING_S:
            raise MasterUnreachableError(
                f"The master was told to stop the test, which goes on {_STOPPING_S} s later.",
                data=f"What run {self._run} measured is in the store, or in the spools of the "
                "workers; Locust's own files are not written.",
                remedy="Does somebody start tests there again and again? `make logs` says more.",
            )

    def _why_end(self, elapsed: float, status: Status | None) -> str | None:
        """Return why the test is to end now, or None where it may go on."""
        if self._signals.asked or self._overdue(elapsed):
            return ""
        if self._doubt and status and status.requests == 0 and elapsed > _IN_VAIN_S:
            return f"Not one request was made in {_IN_VAIN_S} s. "
        return None

    def _overdue(self, elapsed: float) -> bool:
        return self._order.time is not None and elapsed > self._order.time + _GRACE_S

    def _patient_status(self) -> Status:
        """Return the master's status, whose silence for a while is no reason to give up."""
        deadline = time.monotonic() + _SILENCE_S
        while True:
            try:
                return self._master.status()
            except MasterUnreachableError as error:
                if time.monotonic() > deadline:
                    raise MasterUnreachableError(
                        error.happened,
                        data=f"What run {self._run} measured is in the store, or in the spools of "
                        "the workers; Locust's own files are not written.",
                        remedy=error.remedy,
                    ) from error
            time.sleep(_POLL_S)


def _cut_short(elapsed: float, planned: int | None) -> str:
    """Return why a test that a signal ended isn't the one that was ordered, if more is missing."""
    if planned is None or elapsed > _HALF * planned:
        return ""
    told = f"a signal ended it after {_clock(elapsed)} of {_clock(planned)}"
    return f"{told}: the load that was asked for wasn't delivered"


def _broken_off(elapsed: float, status: Status) -> str:
    """Return why Locust ended a test that nobody had stopped, where it was for want of workers."""
    # They may be back at the next moment: it is over all the same.
    if not status.workers or any(state != _MISSING for state in status.workers):
        return ""
    return f"all workers fell silent, and Locust ended the test after {_clock(elapsed)}"


def _clock(elapsed: float) -> str:
    minutes, rest = divmod(int(elapsed), 60)
    return f"{minutes}:{rest:02}"


def _line(elapsed: float, status: Status) -> str:
    p95 = "-" if status.p95_ms is None else f"{status.p95_ms:.0f} ms"
    workers = sum(state in ACTIVE for state in status.workers or ())
    return (
        f"{_clock(elapsed):>6}  {status.users:>5} users  "
        f"{status.requests_per_s:>8.1f} requests/s  "
        f"{status.failures_per_s:>6.1f} failures/s  "
        f"p95 {p95:>8}  workers {workers}"
    )
