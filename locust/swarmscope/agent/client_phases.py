"""What HTTP clients know of a request's phases and tell nobody: methods of theirs are timed.

For `HttpUser` urllib3's connections, for `FastHttpUser` geventhttpclient's: whatever session,
adapter or pool a locustfile makes for itself, it is these that connect and wait. Each does what it
did before; how long it took is noted in the greenlet. Imported only where SWARMSCOPE_PHASES is on.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from importlib import import_module
from importlib.metadata import version
from time import perf_counter, time
from typing import Any

from gevent import getcurrent

from swarmscope.recording.phases import (
    BROKEN,
    CONNECT,
    LOOKUP,
    SENDING,
    TLS,
    WAITING,
    Marks,
    Phases,
)

log = logging.getLogger(__name__)

_ATTRIBUTE = "swarmscope_marks"
Timed = Mapping[tuple[str, str], Sequence[tuple[str, str, str, str]]]
"""By user class and package: module, class and method, and which phase its time is."""

_TIMED: Timed = {
    ("HttpUser", "urllib3"): (
        ("urllib3.connection", "HTTPConnection", "_new_conn", CONNECT),
        ("urllib3.connection", "HTTPSConnection", "connect", TLS),
        # Of plain HTTP it connects in here: what is noted within is taken off.
        ("urllib3.connection", "HTTPConnection", "request", SENDING),
        ("urllib3.connection", "HTTPConnection", "getresponse", WAITING),
    ),
    ("FastHttpUser", "geventhttpclient"): (
        ("geventhttpclient.connectionpool", "ConnectionPool", "_resolve", LOOKUP),
        ("geventhttpclient.connectionpool", "ConnectionPool", "_connect_socket", CONNECT),
        ("geventhttpclient.connectionpool", "SSLConnectionPool", "_connect_socket", TLS),
        # It returns when the answer's head has been read.
        ("geventhttpclient.client", "HTTPClient", "request", WAITING),
    ),
}


def marks_here() -> Marks:
    """Return what was noted in the greenlet that runs."""
    here = getcurrent()
    marks: Marks | None = getattr(here, _ATTRIBUTE, None)
    if marks is None:
        marks = Marks()
        setattr(here, _ATTRIBUTE, marks)
    return marks


def phases_of_clients() -> Phases:
    """Return what adds up the phases of a run's requests, of clients that note them from now on."""
    _watch_once()
    return Phases(marks_here, log.warning)


@cache
def _watch_once() -> None:
    watch(_TIMED)


def watch(clients: Timed) -> None:
    """Let *clients* note the phases of what they do.

    One whose version lacks one of these methods is left as it is, which is said.
    """
    for (user, package), methods in clients.items():
        try:
            found = [(getattr(import_module(m), cls), name, p) for m, cls, name, p in methods]
            originals = [getattr(cls, name) for cls, name, _ in found]
        except (ImportError, AttributeError) as error:
            log.warning(
                "Phases of %s's requests aren't recorded: %s %s is unknown here (%s). All else is.",
                *(user, package, _version(package), error),
            )
            continue
        for (cls, name, phase), original in zip(found, originals, strict=True):
            setattr(cls, name, _timed(original, phase))


def _version(package: str) -> str:
    try:
        return version(package)
    except ImportError:
        return "(not installed)"


def _timed(original: Callable[..., Any], phase: str) -> Callable[..., Any]:
    """Return *original*, which notes its own time as *phase*: without what is noted within it."""

    @wraps(original)
    def timed(*args: Any, **kwargs: Any) -> Any:
        try:
            marks = marks_here()
        except Exception:  # noqa: BLE001 - a greenlet of somebody's own, which takes no attribute
            return original(*args, **kwargs)
        before, began, start = marks.spent, time(), perf_counter()
        became = BROKEN
        try:
            result = original(*args, **kwargs)
            became = phase
            return result
        finally:
            inside = marks.spent - before
            marks.note(began, became, max(0.0, perf_counter() - start - inside))

    return timed
