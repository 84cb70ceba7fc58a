"""Who listens where nobody should request any more: after a run, at the very end, in a child."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import gevent
from gevent.event import Event
from gevent.monkey import get_original

from swarmscope.agent.front import Place
from swarmscope.agent.session import Session
from swarmscope.line_protocol import Field

log = logging.getLogger(__name__)

_new_lock = get_original("_thread", "allocate_lock")
"""Python's own: a patched one waits in a hub, and a native thread has another."""
Handler = Callable[..., None]


def after_the_run(session: Session, take_back: Callable[[], None], patience_s: float) -> Handler:
    """Return who listens once a run is over: a request takes its marker back, at once.

    No load goes on any more, so that it may wait: whoever requests now may end the process in the
    next moment, without another tick, and the marker would be a lie for good. A native thread's
    request waits *patience_s* at most.
    """
    hub = gevent.get_hub()

    def late(**request: Any) -> None:
        session.record(**request)
        if not session.marked:
            return
        if gevent.get_hub() is hub:
            take_back()
        else:
            _in_hub(hub, take_back, patience_s)

    return late


def _in_hub(hub: Any, work: Callable[[], None], seconds: float) -> None:
    """Let *hub* do *work*, and wait for it, from a native thread with another hub or none."""
    done = _new_lock()
    done.acquire()

    def work_and_tell() -> None:
        try:
            work()
        finally:
            done.release()

    hub.loop.run_callback_threadsafe(gevent.spawn, work_and_tell)
    done.acquire(timeout=seconds)


def after_the_end(
    place: Place,
    session: Session,
    health: Mapping[str, Field],
    belied: Callable[[], None],
    said: Event,
) -> Handler:
    """Return who listens when all is closed: the first request takes the marker back.

    *belied* is called when it did. *said* is clear meanwhile: the process would end in the middle.
    """
    hub = gevent.get_hub()

    def too_late(**_: Any) -> None:
        place.leave()
        here = gevent.get_hub() is hub
        log.warning(
            "Requests are made after swarmscope has closed (by an atexit function of your own, "
            "or a greenlet that goes on): they are not recorded%s.",
            ", and the run stays without its final marker" if session.ended and here else "",
        )
        if session.marked and here:
            said.clear()
            try:
                session.take_back({}, health, for_good=True)
                belied()
            finally:
                said.set()

    return too_late


def in_a_child(place: Place) -> Handler:
    """Return who listens in a forked child: nobody there writes anything down."""

    def forked(**_: Any) -> None:
        place.leave()
        log.warning(
            "Requests of a forked process are not recorded, and Locust doesn't count them either. "
            "To use more processes, start Locust with --processes, or further workers."
        )

    return forked
