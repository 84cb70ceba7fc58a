"""Transactions: a journey of several requests, timed as a whole.

    with transaction(self, "checkout"):
        self.client.post("/basket", …)
        self.wait()                        # its pause isn't in the time
        self.client.post("/checkout")

It is no request: Locust's statistics don't know of it, and no total counts it.
"""

from functools import wraps
from time import perf_counter
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

from gevent import getcurrent
from locust import TaskSet, User
from locust.env import Environment
from locust.exception import (
    InterruptTaskSet,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
)

from swarmscope.errors import ConfigurationError
from swarmscope.load.runs import run_of

_OPEN = "_swarmscope_transactions"
_LEAVING = (InterruptTaskSet, RescheduleTask, RescheduleTaskImmediately, StopTest, StopUser)
_HEARD: "WeakSet[Environment]" = WeakSet()


def transaction(user: User | TaskSet, name: str) -> "Transaction":
    """Return a transaction of *user* called *name*: a context that times what is in it.

    Without a ``with``, of a journey over several tasks: call `begin`, then `end` where it is
    complete, and `abandon` in `on_stop`, which does nothing behind an end.

    It failed if a request of this user in it did, if its code raised, or if `fail` was called. It
    was abandoned if it was left by an interrupt, a reschedule or the user's end.

    Raises:
        ConfigurationError: *name* is no text.

    """
    if not (isinstance(name, str) and name):
        raise ConfigurationError(
            f"A transaction can't be called {name!r}.",
            data="It isn't timed.",
            remedy='Write transaction(self, "checkout").',
        )
    return Transaction(user.user if isinstance(user, TaskSet) else user, name)


class Transaction:
    """What `transaction` returns; it can be used again once it has ended."""

    def __init__(self, user: User, name: str) -> None:
        self._environment = user.environment
        self._name = name
        self._began: float | None = None
        self._where: list[Transaction] = []
        self._waited = 0.0
        self._failed = False

    def begin(self) -> Self:
        """Begin it; one that goes on is abandoned."""
        self.abandon()
        _hear(self._environment)
        self._waited, self._failed = 0.0, False
        self._where = _open()
        self._where.append(self)
        self._began = perf_counter()
        return self

    def fail(self) -> None:
        """Note that it fails, whatever its requests do."""
        self._failed = True

    def end(self) -> None:
        """Note that it is complete; where it has not begun, nothing is."""
        if self._began is None:
            return
        ms = 1_000 * (perf_counter() - self._began - self._waited)
        self._leave()
        if recorded := run_of(self._environment).transactions:
            recorded.add(self._name, max(0.0, ms), 1_000 * self._waited, failed=self._failed)

    def abandon(self) -> None:
        """Note that it is left before its end, if it has begun."""
        if self._began is None:
            return
        self._leave()
        if recorded := run_of(self._environment).transactions:
            recorded.abandon(self._name)

    def _leave(self) -> None:
        self._began = None
        self._where.remove(self)

    def note_wait(self, seconds: float) -> None:
        """Take note of a pause in it."""
        self._waited += seconds

    def __enter__(self) -> Self:
        """Begin it."""
        return self.begin()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, or abandon it."""
        if kind is not None and (issubclass(kind, _LEAVING) or not issubclass(kind, Exception)):
            self.abandon()
            return
        self._failed = self._failed or kind is not None
        self.end()


def _open() -> list[Transaction]:
    """Return the transactions that this greenlet has begun."""
    here = getcurrent()
    found: list[Transaction] | None = getattr(here, _OPEN, None)
    if found is None:
        found = []
        setattr(here, _OPEN, found)
    return found


def _hear(environment: Environment) -> None:
    """Hear of pauses and failed requests, from the first one on: who has none pays nothing."""
    if environment not in _HEARD:
        _HEARD.add(environment)
        environment.events.request.add_listener(_on_request)
    # All waiting of users passes there, theirs between tasks and `self.wait()` within them.
    if not hasattr(TaskSet.wait, _OPEN):
        tasks: Any = TaskSet
        tasks.wait = _telling(TaskSet.wait)


def _on_request(exception: object = None, **_: object) -> None:
    if exception is not None:
        for one in getattr(getcurrent(), _OPEN, ()):
            one.fail()


def _telling(wait: Any) -> Any:
    @wraps(wait)
    def wait_telling(self: TaskSet) -> None:
        began = perf_counter()
        try:
            wait(self)
        finally:
            for one in getattr(getcurrent(), _OPEN, ()):
                one.note_wait(perf_counter() - began)

    setattr(wait_telling, _OPEN, True)
    return wait_telling
