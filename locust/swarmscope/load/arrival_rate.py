"""A `wait_time` of users that work when an arrival is due, whatever became of the last one."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, Literal

from gevent import Greenlet
from gevent.pool import Group
from locust import TaskSet, User

from swarmscope.errors import ConfigurationError
from swarmscope.load import lateness
from swarmscope.load.arrivals import Arrivals
from swarmscope.load.runs import run_of
from swarmscope.load.schedule import Schedule

Spacing = Literal["even", "poisson"]
_NOTHING = "Nothing is started."
_AT_RATE = "_swarmscope_at_rate"


def arrival_rate(
    rate: float | Sequence[tuple[float, float]],
    *,
    spacing: Spacing = "even",
    seed: int | None = None,
) -> "ArrivalRate":
    """Return a `wait_time` by which tasks of a user class begin at a *rate* a second.

    The rate is that of all workers together. It is a number, or stages (seconds, rate), each of
    which changes it linearly to its own. The class's users are the pool that serves it: as many
    work as answers demand, the others wait, and an arrival that finds none waiting is dropped and
    counted. So ``--users`` is a bound, not the load; arrivals begin when all users are there.

    *spacing* is "even", or "poisson" as independent visitors come; then *seed* makes a run's
    arrivals the same again. Without one each process makes one up, which is recorded.

    Raises:
        ConfigurationError: there is no such rate or spacing.

    """
    if spacing not in {"even", "poisson"}:
        raise ConfigurationError(
            f"There is no spacing {spacing!r} of arrivals.",
            data=_NOTHING,
            remedy='Give spacing="even" or spacing="poisson".',
        )
    return ArrivalRate(Schedule(rate), poisson=spacing == "poisson", seed=seed)


class ArrivalRate:
    """What `arrival_rate` returns: a descriptor, as a function is, that also sees its class."""

    def __init__(self, schedule: Schedule, *, poisson: bool, seed: int | None) -> None:
        self._schedule = schedule
        self._poisson = poisson
        self._seed = secrets.randbits(32) if seed is None else seed

    def __set_name__(self, owner: Any, name: str) -> None:
        """Let the users of *owner* wait before their first task, too."""
        if not issubclass(owner, User) or name != "wait_time":
            where = "a TaskSet" if issubclass(owner, TaskSet) else owner.__name__
            raise ConfigurationError(
                f"arrival_rate() is {name} of {where}.",
                data=_NOTHING,
                remedy="Write wait_time = arrival_rate(…) in a user class.",
            )
        if not hasattr(owner.start, _AT_RATE):
            owner.start = _at_rate(owner.start)

    def __get__(self, user: User | None, owner: type | None = None) -> Any:
        """Return what waits for the next arrival of *user*."""
        return self if user is None else partial(self.wait, user)

    def wait(self, user: User) -> float:
        """Wait for the next arrival of *user*; return 0, the seconds that are left to wait."""
        lateness.begin(self.arrivals(user).wait())
        return 0.0

    def arrivals(self, user: User) -> Arrivals:
        """Return the arrivals that *user* waits for."""
        return run_of(user.environment).arrivals(type(user), self._new)

    def _new(self, user_class: str) -> Arrivals:
        return Arrivals(user_class, self._schedule, poisson=self._poisson, seed=self._seed)


def _at_rate(start: Callable[[Any, Group], Greenlet]) -> Callable[[Any, Group], Greenlet]:
    """Return what starts a user whose first task waits as well: Locust waits behind a task alone.

    What `on_start` requests, a login, is of no arrival.
    """

    @wraps(start)
    def start_at_rate(self: Any, group: Group) -> Greenlet:
        wait_time = type(self).wait_time
        if not isinstance(wait_time, ArrivalRate):
            return start(self, group)  # a class below has a `wait_time` of its own
        on_start = self.on_start

        def started() -> None:
            on_start()
            tasks = self._taskset_instance
            # Its `on_start` comes right before its first task; what it raises to end the user is
            # no error there. And no pause of 0 s behind a wait that is over.
            tasks.on_start = tasks.wait
            tasks._sleep = _nothing

        self.on_start = started
        arrivals = wait_time.arrivals(self)
        arrivals.enter()
        greenlet = lateness.expect(start(self, group))
        greenlet.link(lambda _: arrivals.leave())
        return greenlet

    setattr(start_at_rate, _AT_RATE, True)
    return start_at_rate


def _nothing(seconds: float) -> None:
    """Go on: `wait_time` has waited."""
