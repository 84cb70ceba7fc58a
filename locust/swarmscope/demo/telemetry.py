"""Where the shop tells what its gauges say, and when a fault begins or ends.

In the demo it writes both to the store itself. In the stack, where it has no token, gauges are
lines in a file that Telegraf reads, and events go to the stack's way in for them.
"""

import json
import logging
import socket
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Protocol, TypeVar

from swarmscope import schema
from swarmscope.demo.applog import SERVICE, WriteLine
from swarmscope.errors import SwarmscopeError
from swarmscope.line_protocol import line, series
from swarmscope.seldom import Seldom
from swarmscope.settings import Settings
from swarmscope.store.write import post
from swarmscope.transport.http import send

T = TypeVar("T")
KIND = "fault"
"""Of the events."""
LAST_TRIES_S = 60.0
"""So long an event is kept that can't be delivered: the way in for it may not be open yet."""
_TIMEOUT_S = 2.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Happened:
    """What is marked on the time axis, ns since 1970."""

    text: str
    time_ns: int


class Sink(Protocol):
    """Takes what the shop tells; raises OSError or SwarmscopeError where it can't."""

    def gauges(self, values: Mapping[str, float]) -> None:
        """Take what the gauges say now."""

    def event(self, happened: Happened) -> None:
        """Take an event."""


class Store:
    """The store that *settings* name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        tags = {"service": SERVICE, "host": socket.gethostname()}
        self._series = series(schema.APP_GAUGES.name, tags)

    def gauges(self, values: Mapping[str, float]) -> None:
        """Write a point, of this second."""
        fields = {name: float(value) for name, value in values.items()}
        self._post(line(self._series, fields, int(time.time()) * 10**9), "the gauges")

    def event(self, happened: Happened) -> None:
        """Write an event at its own time."""
        key = series(schema.EVENT.name, {"kind": KIND})
        self._post(line(key, {"text": happened.text}, happened.time_ns), "the event")

    def _post(self, text: str, what: str) -> None:
        post([text], self._settings, what=what, data="")


class Stack:
    """A file of gauges, written by *write_line*, and the address that takes events."""

    def __init__(self, write_line: WriteLine, events_url: str) -> None:
        self._write_line = write_line
        self._events_url = events_url

    def gauges(self, values: Mapping[str, float]) -> None:
        """Write a line."""
        self._write_line({"gauges": {name: float(value) for name, value in values.items()}})

    def event(self, happened: Happened) -> None:
        """Send an event, which is marked when it arrives."""
        if not self._events_url:
            return
        body = json.dumps({"kind": KIND, "text": happened.text}).encode()
        request = urllib.request.Request(self._events_url, body)  # noqa: S310  # the stack's own
        with send(request, _TIMEOUT_S):
            pass


class Telemetry:
    """Tells a *sink* each second what *read* returns, from a thread of its own."""

    def __init__(self, sink: Sink, read: Callable[[], Mapping[str, float]]) -> None:
        self._sink = sink
        self._read = read
        self._events: deque[Happened] = deque()
        self._stopped = False
        self._woken = threading.Event()
        self._seldom = Seldom()
        self._thread = threading.Thread(target=self._run, name="shop-telemetry", daemon=True)

    def start(self) -> None:
        """Begin with the next whole second."""
        self._thread.start()

    def tell(self, text: str, time_ns: int) -> None:
        """Have *text* marked on the time axis, at *time_ns* since 1970."""
        self._events.append(Happened(text, time_ns))
        # At once: where it is marked when it arrives, the first that suffers would come before it.
        self._woken.set()

    def stop(self) -> None:
        """End, after what there is was told once more."""
        self._stopped = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()
        self._deliver_events()

    def _run(self) -> None:
        second = ceil(time.time())
        while not self._stopped:
            woken = self._woken.wait(max(0.0, second - time.time()))
            self._woken.clear()
            self._deliver_events()
            if woken:
                continue
            self._try(self._sink.gauges, self._read())
            # Of a second that it took too long for there is no point.
            second = max(second + 1, ceil(time.time()))

    def _deliver_events(self) -> None:
        while self._events:
            first = self._events[0]
            if not self._try(self._sink.event, first):
                if time.time_ns() - first.time_ns < LAST_TRIES_S * 10**9:
                    return
                _log.warning("Never marked on the time axis: %s", first.text)
            self._events.popleft()

    def _try(self, take: Callable[[T], None], told: T) -> bool:
        try:
            take(told)
        except (OSError, SwarmscopeError) as error:
            # A shop sells whether it is measured or not.
            if self._seldom.due():
                _log.warning("What the shop tells of itself is not recorded now: %s", error)
            return False
        return True
