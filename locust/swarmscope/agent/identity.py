"""Who writes: the id of a run, and the tag of each worker in it."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from time import time
from typing import Any
from urllib.parse import unquote, urlsplit

from locust.env import Environment

from swarmscope import schema
from swarmscope.settings import Settings

_LISTENER = Path(__file__).parents[1] / "listener.py"
_FROM_MASTER = "-"
"""What Locust takes in the place of a locustfile for those that its master has."""
_FIXED: Counter[str] = Counter()
"""Runs of this process by their fixed id: not one Environment's alone, as a program has several."""


@dataclass(frozen=True)
class Identity:
    """A run as one of its nodes knows it: *worker* is that node's tag."""

    run: str
    test: str
    worker: str

    def tags(self, settings: Settings) -> Mapping[str, str]:
        """Return the tags that are on every point of this node in this run."""
        return {**settings.tags, "run": self.run, "worker": self.worker}

    def to_message(self) -> dict[str, Any]:
        """Return this as data of a Locust message."""
        return asdict(self)

    @classmethod
    def from_message(cls, data: Mapping[str, Any]) -> "Identity":
        """Read what `to_message` made."""
        return cls(run=str(data["run"]), test=str(data["test"]), worker=str(data["worker"]))


class Registry:
    """Names the runs that one process leads, and the workers in them."""

    def __init__(self, settings: Settings, environment: Environment) -> None:
        self._fixed = settings.run_id
        self._test = settings.test or _test_name(environment)
        # A master that comes back numbers its workers from 0 again. With an id of our own making
        # that is another run; with a fixed one, old and new workers would share tags.
        self._suffix = _suffix() if settings.run_id else ""
        self.run = ""
        self.test = self._test
        self.began = 0.0
        self.ended: float | None = None
        """When the newest run did, s since the epoch; None: it goes on."""

    def next_run(self, asked: str = "") -> str:
        """Begin a run and return its id: the one that was *asked* for, if it is the first of it."""
        self.began, self.ended = time(), None
        fixed = asked or self._fixed
        if not fixed:
            now = datetime.now(UTC)
            self.run, self._suffix = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}", ""
        else:
            self._suffix = self._suffix or _suffix()
            _FIXED[fixed] += 1
            number = _FIXED[fixed]
            self.run = fixed if number == 1 else f"{fixed}-{number}"
        return self.run

    def end_run(self) -> None:
        """Note that the newest run is over."""
        self.ended = time()

    def identity(self, worker: str) -> Identity:
        """Return the identity of the node called *worker* in the present run."""
        return Identity(self.run, self.test, worker)

    def own(self) -> Identity:
        """Return the identity under which the master's own requests are written.

        As workers do, two masters of one run must not share it.
        """
        return self.identity(f"{schema.MASTER}{self._suffix}")

    def worker(self, index: int) -> Identity:
        """Return the identity of the worker with Locust's *index* in the present run."""
        return self.identity(f"worker-{index}{self._suffix}")


def _suffix() -> str:
    return f"-{secrets.token_hex(2)}"


def orphan(client_id: str, settings: Settings, environment: Environment) -> Identity:
    """Return the identity of a worker whose master never named the run.

    Its tag is made of Locust's own client id: it must not collide with any other worker's.
    """
    run = settings.run_id or f"unnamed-{datetime.now(UTC):%Y%m%d-%H%M}"
    return Identity(run, settings.test or _test_name(environment), f"worker-{client_id[-12:]}")


def own_locustfiles(environment: Environment) -> list[str]:
    """Return the user's own locustfiles, or folders of them, as they were given."""
    given = str(getattr(environment.parsed_options, "locustfile", None) or "")
    files = [text.strip() for text in given.split(",")]
    if not given or files == [_FROM_MASTER]:
        # A program that runs Locust as a library, or a worker that got its files from the master.
        files = environment.parsed_locustfiles or [environment.locustfile or ""]
    return [file for file in files if file and not _is_listener(file)]


def _test_name(environment: Environment) -> str:
    """Return the name of the user's own locustfile, or of the folder that was given for several."""
    names = map(_name_of, own_locustfiles(environment))
    return next(filter(None, names), "locust")


def _name_of(file: str) -> str:
    url = urlsplit(file)
    if url.scheme in {"http", "https"}:
        return PurePath(unquote(url.path)).stem
    # A folder may be given as `.`, and its name may have a dot.
    return Path(file).resolve().name if Path(file).is_dir() else PurePath(file).stem


def _is_listener(file: str) -> bool:
    """Return whether *file* is our listener: as it was installed, or a copy that a master sent."""
    path = Path(file)
    if path.name != _LISTENER.name:
        return False
    try:
        return path.read_bytes() == _LISTENER.read_bytes()
    except OSError:  # it came from a URL, or is gone: somebody else's of the same name
        return False
