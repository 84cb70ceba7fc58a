"""A duet: two versions of a service under the same load, in the same seconds, from the same users.

Each process of a run plays it by itself, by what it is told when the run starts: where the other
version is, B beside the host under test, A, and who asks it. Then

- in the mode ``requests`` each request goes to A and to B, in random order (`duet_clients`);
- in the mode ``users`` every other user of a class has B for its host, in all that it does.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from random import Random
from typing import Any
from weakref import WeakKeyDictionary

from locust import User
from locust.env import Environment
from locust.runners import WorkerRunner

from swarmscope.load.addresses import address_of, moved
from swarmscope.recording.sides import BOTH, SIDES, A, B

log = logging.getLogger(__name__)

_SIDE = "_swarmscope_side"


class Mode(StrEnum):
    """Who asks B."""

    REQUESTS = "requests"
    USERS = "users"


@dataclass(frozen=True)
class Duet:
    """What a run is told: the address of *b*, who asks it, and the *seed* of what is random."""

    b: str
    mode: Mode
    seed: int

    def __str__(self) -> str:
        """Return it as a marker says it, without the addresses."""
        who = {
            Mode.REQUESTS: f"{BOTH}, in random order",
            Mode.USERS: "every other user of a class asks B",
        }
        return f"{who[self.mode]} (seed {self.seed})"


class Playing:
    """A duet in one process: the *index* of its worker makes its order another than theirs."""

    def __init__(self, duet: Duet, index: int) -> None:
        self.duet = duet
        self._random = Random(f"{duet.seed} {index}")  # noqa: S311 - no secret
        self._index = index
        self._users: Counter[type[User]] = Counter()
        self._told: set[str] = set()

    def order(self) -> tuple[str, str]:
        """Return which side is asked first, and which then."""
        return (A, B) if self._random.random() < 0.5 else (B, A)

    def next_side(self, cls: type[User]) -> str:
        """Return the side of the next user of a class.

        Workers begin with different sides: of many with one user each, not all may have A.
        """
        self._users[cls] += 1
        return SIDES[(self._users[cls] + self._index) % 2]

    def warn_once(self, why: str) -> None:
        """Log *why* some requests are not compared, the first time."""
        if why not in self._told:
            self._told.add(why)
            log.warning("%s", why)


_PLAYING: "WeakKeyDictionary[Environment, Playing]" = WeakKeyDictionary()


def play(environment: Environment, duet: Duet | None) -> None:
    """Play *duet* in the run of *environment* that starts now; None: its run is none."""
    _PLAYING.pop(environment, None)
    if duet is None:
        return
    runner = environment.runner
    index = runner.worker_index if isinstance(runner, WorkerRunner) else 0
    _PLAYING[environment] = Playing(duet, index)
    if not hasattr(User.__init__, _SIDE):
        setattr(User, "__init__", _taking_sides(User.__init__))  # noqa: B010 - mypy


def playing(environment: Environment) -> Playing | None:
    """Return the duet that is played in *environment*'s run, if it is one."""
    return _PLAYING.get(environment)


def side_of(user: User) -> str:
    """Return the side of a *user* in the mode ``users``; "" elsewhere."""
    side: str = getattr(user, _SIDE, "")
    return side


def _taking_sides(begin: Callable[..., None]) -> Callable[..., None]:
    @wraps(begin)
    def begin_on_a_side(self: User, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        here = playing(self.environment)
        if here and here.duet.mode is Mode.USERS:
            side = here.next_side(type(self))
            setattr(self, _SIDE, side)
            if side == B:
                # What clients are made for, a moment later. A user's own may be a part of A.
                host, own = address_of(type(self).host or ""), address_of(self.host or "")
                self.host = moved(own, host, here.duet.b) or here.duet.b

    setattr(begin_on_a_side, _SIDE, "")
    return begin_on_a_side
