"""Where exceptions of users' own code are heard of: in tasks, in `on_start` and in `on_stop`."""

import logging
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

import gevent
from locust import TaskSet, User
from locust.env import Environment

from swarmscope.agent.front import put_first
from swarmscope.recording.user_errors import first_sight

log = logging.getLogger(__name__)

Record = Callable[[str, BaseException, TracebackType | None], None]
"""Takes a user class, what its code raised, and where."""
_ON_STOP = "Uncaught exception in on_stop"
"""How Locust's record of such an exception begins, in a task set: it fires no event for it."""


class Mishaps:
    """Hands each exception in the code of *environment*'s users to *record*, once."""

    def __init__(self, environment: Environment, record: Record) -> None:
        self._environment = environment
        self._record = record
        self._listener = self._on_user_error
        # A listener that raises StopUser, as one does to end a broken user, ends the line.
        self._event = environment.events.user_error
        put_first(self._event, self._listener)
        logging.getLogger().addFilter(self._on_log)
        self._hub = gevent.get_hub()
        self._handle_error = self._hub.handle_error
        # What a user's `on_stop` lets out ends its greenlet without an event; gevent's own way in.
        self._hub.handle_error = self._on_death

    def close(self) -> None:
        """Listen no longer."""
        self._event.remove_listener(self._listener)
        logging.getLogger().removeFilter(self._on_log)
        # Whoever came later stands before us, and calls us still.
        if self._hub.handle_error == self._on_death:
            self._hub.handle_error = self._handle_error

    def _on_user_error(
        self, user_instance: object, exception: BaseException, tb: TracebackType | None, **_: Any
    ) -> None:
        first_sight(exception)
        self._tell(user_instance, exception, tb)

    def _on_log(self, record: logging.LogRecord) -> bool:
        """Look at what Locust says by the root logger; no record is kept back."""
        if isinstance(record.msg, str) and record.msg.startswith(_ON_STOP):
            self._on_stop(sys.exc_info()[1])
        return True

    def _on_death(self, context: Any, kind: Any, value: Any, tb: TracebackType | None) -> None:
        self._on_stop(value)
        self._handle_error(context, kind, value, tb)

    def _on_stop(self, exception: BaseException | None) -> None:
        if not isinstance(exception, Exception):
            return
        user = _user_in(exception.__traceback__)
        # Of another test in this process its own listener tells, whoever saw it first.
        if isinstance(user, User) and user.environment is not self._environment:
            return
        if user is not None and first_sight(exception):
            self._tell(user, exception, exception.__traceback__)

    def _tell(self, where: object, exception: BaseException, tb: TracebackType | None) -> None:
        user = where if isinstance(where, User) else getattr(where, "user", None)
        if isinstance(user, User) and user.environment is not self._environment:
            return  # of another test in this process
        try:
            self._record(type(user or where).__name__, exception, tb)
        except Exception:
            log.exception("swarmscope could not record an exception of the test; it runs on.")


def _user_in(tb: TracebackType | None) -> object | None:
    """Return the user or task set in whose method Locust was when this began."""
    while tb is not None:
        who = tb.tb_frame.f_locals.get("self")
        if isinstance(who, (User, TaskSet)):
            return who
        tb = tb.tb_next
    return None
