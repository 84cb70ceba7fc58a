"""The users of one class that wait for arrivals, and what starts them when one is due."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Any

import gevent
from gevent.event import AsyncResult

from swarmscope.load.schedule import Schedule, Share
from swarmscope.seldom import Seldom
from swarmscope.words import count_of

log = logging.getLogger(__name__)

_SAID_EVERY_S = 10.0
_PATIENCE_S = 10.0
LATE_S = 0.1
"""From here on an arrival that is started late is the generator's fault: nobody was waited for."""


@dataclass
class Counts:
    """What became of arrivals; times in s. Each that was due was started or dropped."""

    due: int = 0
    dropped: int = 0
    late: int = 0
    """Started more than `LATE_S` after they were due."""
    longest_late: float = 0.0
    busy: int = 0
    """Users at work, at most."""


class Arrivals:
    """Arrivals of the users of one class in this process, in one run.

    A user asks for its next one with `wait`. Of those that wait the one that worked last is taken,
    so that no more are at work than the answers demand. Where none waits the arrival is dropped,
    and never made up: later requests would carry a load that nobody asked for.
    """

    def __init__(self, user_class: str, schedule: Schedule, *, poisson: bool, seed: int) -> None:
        self.user_class = user_class
        self.seed = seed
        self._schedule = schedule
        self._poisson = poisson
        self._share: Share | None = None
        self._idle: list[AsyncResult] = []
        self.users = 0
        """At work or waiting."""
        self._complete = self._ready = self._over = False
        self._began = 0.0
        self._starter: gevent.Greenlet | None = None
        self._counts = Counts()
        self._say_due = Seldom(_SAID_EVERY_S)
        self._unsaid = Counts()

    def wait(self) -> float:
        """Wait for an arrival, and return when it was due, by the monotonic clock."""
        called: Any = AsyncResult()
        self._idle.append(called)
        self._look()
        due = None
        try:
            due = float(called.get())
        finally:
            if called in self._idle:
                self._idle.remove(called)
            elif due is None:
                # The user ended in the moment in which it was called.
                self._drop()
        self._note_late(monotonic() - due)
        return due

    def enter(self) -> None:
        """Note that there is one user more."""
        self.users += 1

    def leave(self) -> None:
        """Note that there is one less."""
        self.users -= 1
        self._look()

    def complete(self) -> None:
        """Note that the users that were asked for are there: it begins once all of them wait."""
        if not self._complete:
            self._complete = True
            self._look()
            # What they do before, a login, may take long, or never end.
            gevent.spawn_later(_PATIENCE_S, self._begin)

    def _look(self) -> None:
        if self._complete and len(self._idle) >= self.users:
            self._begin()

    def _begin(self) -> None:
        if not self._ready:
            self._ready = True
            self._go_on()
            gevent.spawn_later(_PATIENCE_S, self._look_for_share)

    def _look_for_share(self) -> None:
        if self._share is None and not self._over:
            log.error(
                "No arrival of %s is started: this worker's master doesn't say which of them are "
                "its. Give the master the same listener (swarmscope.listener), in this version.",
                self.user_class,
            )

    def take_share(self, share: Share) -> None:
        """Take the part of all arrivals that is this process's from now on."""
        if share != self._share:
            self._share = share
            self._go_on()

    def _go_on(self) -> None:
        if self._over or not self._ready or self._share is None:
            return
        if self._starter:
            self._starter.kill(block=False)
        now = monotonic()
        self._began = self._began or now
        dues = self._dues(self._share, now - self._began) if self._share.users else iter(())
        self._starter = gevent.spawn(self._start_all, self._began, dues)

    def _dues(self, share: Share, since: float) -> Iterator[float]:
        if not self._poisson:
            return self._schedule.even(share, since)
        # Of its own in each worker, and anew where the shares change.
        own = Random(f"{self.seed} {share}")  # noqa: S311 - no secret
        return self._schedule.poisson(share, own, since)

    def _start_all(self, began: float, dues: Iterator[float]) -> None:
        for due in dues:
            # Also where it is due already: users must get their turn in between.
            gevent.sleep(max(0.0, began + due - monotonic()))
            self._start(began + due)

    def _start(self, due: float) -> None:
        self._counts.due += 1
        if self._idle:
            self._idle.pop().set(due)
            self._counts.busy = max(self._counts.busy, self.busy)
        else:
            self._drop()

    @property
    def busy(self) -> int:
        """Users that are at work."""
        return max(0, self.users - len(self._idle))

    def _drop(self) -> None:
        self._counts.dropped += 1
        self._unsaid.dropped += 1
        self._say("dropped")

    def _note_late(self, seconds: float) -> None:
        self._counts.longest_late = max(self._counts.longest_late, seconds)
        if seconds > LATE_S:
            self._counts.late += 1
            self._unsaid.late += 1
            self._say("late")

    def _say(self, what: str) -> None:
        if not self._say_due.due():
            return
        unsaid, self._unsaid = self._unsaid, Counts()
        if what == "dropped":
            log.warning(
                "%s of %s could not be started, since %s at work: the rate is not "
                "kept. Either answers take longer than they may, or it needs more users. They are "
                "counted as dropped.",
                count_of(unsaid.dropped, "arrival"),
                self.user_class,
                "its one user was"
                if self.users == 1
                else f"all its {count_of(self.users, 'user')} were",
            )
        else:
            log.warning(
                "%s of %s started more than %.0f ms after they were due: this load generator is "
                "busy. Response times from the intended start have that in them; add workers.",
                count_of(unsaid.late, "arrival"),
                self.user_class,
                1_000 * LATE_S,
            )

    def take(self) -> Counts:
        """Return what became of the arrivals since this was called last."""
        taken, self._counts = self._counts, Counts(busy=self.busy)
        return taken

    def end(self) -> None:
        """Start nobody any more."""
        self._over = True
        if self._starter:
            self._starter.kill(block=False)
