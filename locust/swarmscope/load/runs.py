"""What an Environment's users are due to do: made as they ask for it, anew in each run."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from locust import User
from locust.env import Environment
from locust.runners import WorkerRunner

from swarmscope.line_protocol import Field
from swarmscope.load import lateness
from swarmscope.load.arrivals import Arrivals, Counts
from swarmscope.load.pacing import Paced, watch
from swarmscope.load.schedule import WHOLE, Share
from swarmscope.recording.transactions import Transactions


class Run:
    """The arrivals and paces of one *environment*, in the run that goes on or ended last."""

    def __init__(self, environment: Environment) -> None:
        self._arrivals: dict[type[User], Arrivals] = {}
        self._paced: dict[type[User], Paced] = {}
        # A worker's master tells it its shares; whoever has none does it all.
        self._follows = isinstance(environment.runner, WorkerRunner)
        self._shares: Mapping[str, Share] = {}
        self._complete = False
        self.transactions: Transactions | None = None
        """Who is told of them; nobody, where nothing is recorded."""
        events = environment.events
        events.test_start.add_listener(self._on_start)
        events.spawning_complete.add_listener(self._on_complete)
        events.test_stopping.add_listener(self._on_stopping)

    def arrivals(self, cls: type[User], make: Callable[[str], Arrivals]) -> Arrivals:
        """Return the arrivals of *cls*, which *make* makes of its name."""
        arrivals = self._arrivals.get(cls)
        if arrivals is None:
            arrivals = self._arrivals[cls] = make(cls.__name__)
            share = self._shares.get(cls.__name__) if self._follows else WHOLE
            if share:
                arrivals.take_share(share)
            if self._complete:
                arrivals.complete()
        return arrivals

    def paced(self, cls: type[User]) -> Paced:
        """Return what is told of the paces of *cls*."""
        return self._paced.setdefault(cls, Paced(cls.__name__))

    def late(self) -> float | None:
        """Return by how many ms the request that is being told of began late; None: unknown."""
        return lateness.take()

    def take_shares(self, shares: Mapping[str, Share]) -> None:
        """Take which part of each class's arrivals is this process's."""
        self._shares = shares
        for arrivals in self._arrivals.values():
            if share := shares.get(arrivals.user_class):
                arrivals.take_share(share)

    @property
    def users(self) -> Mapping[str, int]:
        """How many users of each class wait for arrivals, or work at one."""
        return {arrivals.user_class: arrivals.users for arrivals in self._arrivals.values()}

    def take(self) -> Iterator[tuple[str, dict[str, Field]]]:
        """Yield what became of each class's iterations since this was called last."""
        for arrivals in self._arrivals.values():
            fields = _fields(arrivals.take())
            fields |= {"users": arrivals.users, "seed": arrivals.seed}
            yield arrivals.user_class, fields
        for paced in self._paced.values():
            counts = paced.take()
            if counts.due:
                fields = _fields(counts)
                del fields["busy"]
                yield paced.user_class, fields

    def _on_start(self, **_: Any) -> None:
        self._complete = False
        self._arrivals, self._paced, self._shares = {}, {}, {}

    def _on_complete(self, **_: Any) -> None:
        self._complete = True
        for arrivals in self._arrivals.values():
            arrivals.complete()

    def _on_stopping(self, **_: Any) -> None:
        for arrivals in self._arrivals.values():
            arrivals.end()


def _fields(counts: Counts) -> dict[str, Field]:
    return {
        "due": counts.due,
        "dropped": counts.dropped,
        "late": counts.late,
        "longest_late_ms": 1_000 * counts.longest_late,
        "busy": counts.busy,
    }


_RUNS: "WeakKeyDictionary[Environment, Run]" = WeakKeyDictionary()


def run_of(environment: Environment) -> Run:
    """Return the run of *environment*."""
    run = _RUNS.get(environment)
    if run is None:
        run = _RUNS[environment] = Run(environment)
    return run


def timed(environment: Environment) -> bool:
    """Whether users of *environment* say when their work should begin; those that keep a pace do.

    Of these that is seen to here: call it before they start.
    """
    found = [
        watch(cls, lambda user: run_of(user.environment).paced(type(user)))
        or hasattr(cls.wait_time, "arrivals")
        for cls in environment.user_classes
    ]
    return any(found)
