"""Ctrl-C and SIGTERM: neither breaks off what the listener is in the middle of.

Python raises Ctrl-C's KeyboardInterrupt wherever it is just then: between the windows that were
taken and the disk, say, and they are nowhere. And Locust's handler of SIGTERM calls sys.exit() in a
greenlet of its own, which gevent raises in the main one, whatever that waits for.
"""

import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import gevent
from gevent.event import Event

from swarmscope.agent.contained import contained

log = logging.getLogger(__name__)


class Interrupts:
    """Where the process's interrupts go."""

    def __init__(self) -> None:
        self._works = 0
        self._on_its_way = False
        self._said = False
        self.asked = False
        """Whether somebody pressed Ctrl-C since this was set to False."""

    def watch(self) -> None:
        """Take Ctrl-C over, if it is nobody's yet: whoever has a handler of their own keeps it."""
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            with suppress(ValueError):  # not in the main thread: nothing is raised in this one
                signal.signal(signal.SIGINT, self._on_interrupt)

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._works:
            # Not from here: whoever was interrupted may hold the log's lock.
            gevent.spawn(self._say)
            return
        self.asked = True
        if self._on_its_way:
            # Somebody doesn't let go of the event loop: then it is raised right there.
            signal.default_int_handler(number, frame)
        else:
            # Where Locust expects it, as soon as all others are between two of their steps.
            self._on_its_way = True
            gevent.get_hub().loop.run_callback(self._interrupt_main)

    def _interrupt_main(self) -> None:
        self._on_its_way = False
        gevent.get_hub().parent.throw(KeyboardInterrupt)

    def _say(self) -> None:
        if not self._said:
            self._said = True
            log.warning("Interrupted while flushing: it goes on, and ends by itself.")

    def see_through(self, work: Callable[[], None]) -> Event:
        """Begin *work* in a greenlet of its own, whose end no interrupt brings forward.

        Returns what is set when it is over, to `wait` for.
        """
        done = Event()

        def to_the_end() -> None:
            try:
                contained(work)()
            finally:
                self._works -= 1
                done.set()

        self._works += 1
        gevent.spawn(to_the_end)
        return done

    def finish(self, work: Callable[[], None]) -> None:
        """Do *work* before an interrupt of whoever waits for it here is heard: the process goes on.

        In a greenlet of its own: what is thrown into this one breaks off nothing then, and comes
        where it waits next, without a traceback through here.
        """
        greenlet = gevent.spawn(contained(work))
        asked: BaseException | None = None
        while not greenlet.ready():
            try:
                greenlet.join()
            except (KeyboardInterrupt, SystemExit) as error:
                asked = error.with_traceback(None)
        if asked is not None:
            hub = gevent.get_hub()
            hub.loop.run_callback(hub.parent.throw, asked)

    def wait(self, done: Event) -> None:
        """Wait for *done*, however often somebody asks this process to end: it is about to."""
        while not done.is_set():
            try:
                done.wait()
            except (KeyboardInterrupt, SystemExit):
                self._say()


INTERRUPTS = Interrupts()
