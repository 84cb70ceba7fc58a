"""Plays a duet: Locust with the user's own file, its workers, and a store where there is none."""

import importlib.util
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from swarmscope.demo import ports
from swarmscope.demo.processes import Child, ChildError, Family, environment, wait_until_ready
from swarmscope.embedded.folder import DATA, FILE_NAME, find_folder, make_folder
from swarmscope.errors import ConfigurationError
from swarmscope.signals import Signals
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.location import open_folder

Say = Callable[[str], None]

_BLOCKS = "5s"
"""How often endpoints' histograms are written: a block of pairs can't be shorter."""
_LAST_FLUSH_S = 60.0
_LINGER_S = 3.0


@dataclass(frozen=True)
class Order:
    """What is to be played."""

    files: str
    """As Locust's -f takes them."""
    a: str
    b: str
    users: int
    seconds: int
    rate: float | None = None
    mode: str = "requests"
    seed: int = 0
    workers: int = 1
    options: tuple[str, ...] = ()
    """Further ones, for Locust."""


@contextmanager
def store_for(url: str | None, data: Path | None, say: Say) -> Iterator[tuple[str, Path]]:
    """Yield the URL of the store that is named, and a folder for logs: one is begun if none serves.

    Raises:
        StoreUnreachableError: the folder can't be used, or what holds its store is no server.
        ChildError: the server doesn't begin.

    """
    folder = make_folder(data or DATA)
    named = None if data else url or os.environ.get("INFLUXDB_V2_URL")
    with ExitStack() as stack:
        yield named or _served(folder) or _begun(folder, stack, say), folder


def _served(folder: Path) -> str | None:
    """Return where the store in *folder* is served, if it is."""
    if not (find_folder(folder) / FILE_NAME).is_file():
        return None
    reader = open_folder(find_folder(folder))
    reader.close()
    return reader.url if isinstance(reader, HttpReader) else None


def _begun(folder: Path, stack: ExitStack, say: Say) -> str:
    port = ports.choose({"store": 8086})["store"]
    family = stack.enter_context(Family(folder / "logs", environment({})))
    store = family.start(
        "store",
        "swarmscope.cli:main",
        *("serve", "--port", str(port), "--data", str(folder.resolve())),
        ports=[port],
        linger=_LINGER_S,
    )
    url = f"http://{ports.HOST}:{port}"
    wait_until_ready(family, store, f"{url}/health")
    say(f"Live page      {url}/ (as long as this command runs)")
    return url


def play(order: Order, url: str, folder: Path, say: Say) -> str:
    """Let Locust play *order*, recorded in the store at *url*; return the run's id.

    Raises:
        ChildError: a process of Locust's ended early.

    """
    run = os.environ.get("SWARMSCOPE_RUN_ID") or (
        f"duet-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    )
    env = {
        "SWARMSCOPE_LATENCY_RESOLUTION": _BLOCKS,
        **os.environ,
        "SWARMSCOPE_RUN_ID": run,
        "INFLUXDB_V2_URL": url,
    }
    logs = folder.resolve() / "logs"
    logs.mkdir(exist_ok=True)
    say(f"Run {run}: {order.users} users for {order.seconds} s. Locust's log is {logs}/locust.log")
    with Signals() as signals, _Locusts(logs, env) as locusts:
        first = locusts.start("locust", *_leading(order, locusts.port))
        for i in range(order.workers if order.workers > 1 else 0):
            locusts.start(f"locust-{i}", *_following(order, locusts.port))
        asked = False
        while first.exit_code is None:
            if signals.asked and not asked:
                asked = True
                say("Stopping the load; what was measured is compared. Once more ends all at once.")
                first.ask_to_end()
            time.sleep(0.1)
        locusts.wait()
    return run


def _files(order: Order) -> tuple[str, str]:
    listener = importlib.util.find_spec("swarmscope.listener")
    assert listener is not None  # noqa: S101 - ours
    return "-f", f"{order.files},{listener.origin}"


def _leading(order: Order, port: int) -> Iterator[str]:
    yield from _files(order)
    yield from ("--headless", "--only-summary", "--exit-code-on-error", "0")
    yield from ("--host", order.a, "--swarmscope-duet", order.b)
    yield from ("--swarmscope-duet-mode", order.mode, "--swarmscope-duet-seed", str(order.seed))
    yield from ("-u", str(order.users), "-r", str(order.rate or order.users))
    yield from ("-t", f"{order.seconds}s")
    if order.workers > 1:
        yield from ("--master", "--master-bind-host", ports.HOST, "--master-bind-port", str(port))
        yield from ("--expect-workers", str(order.workers), "--expect-workers-max-wait", "60")
    yield from order.options


def _following(order: Order, port: int) -> Iterator[str]:
    yield from _files(order)
    yield from ("--worker", "--master-host", ports.HOST, "--master-port", str(port))


class _Locusts:
    """Locust's processes; leaving the ``with`` block ends every one of them."""

    def __init__(self, logs: Path, env: dict[str, str]) -> None:
        self._logs, self._env = logs, env
        self._children: list[Child] = []
        self.port = ports.choose({"master": 0})["master"]

    def start(self, name: str, *arguments: str) -> Child:
        """Start one, where the user is: a locustfile may read files beside it."""
        log = self._logs / f"{name}.log"
        entry, cwd = "locust.main:main", Path.cwd()
        child = Child(name, entry, arguments, log=log, env=self._env, cwd=cwd)
        self._children.append(child)
        return child

    def wait(self) -> None:
        """Wait for the end of all, and raise for one that didn't end well."""
        deadline = time.monotonic() + _LAST_FLUSH_S
        for child in self._children:
            child.wait(max(0.0, deadline - time.monotonic()))
            if child.exit_code != 0:
                raise ChildError(
                    f"{child.name} ended with code {child.exit_code}. Its last lines:\n"
                    f"{child.tail()}\n",
                    data="What had been measured until then is kept.",
                    remedy=f"The whole log is {child.log}",
                )

    def __enter__(self) -> "_Locusts":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all."""
        for child in self._children:
            child.ask_to_end()
        for child in self._children:
            child.end()


def check(order: Order) -> None:
    """Refuse what Locust can't play.

    Raises:
        ConfigurationError: a file isn't there, or there are too few users to alternate.

    """
    missing = next((file for file in order.files.split(",") if not _is_there(file)), None)
    if missing is not None:
        raise ConfigurationError(
            f"There is no locustfile {missing!r}.",
            data="Nothing was started.",
            remedy="Give it with -f; several are parted by commas.",
        )
    if order.mode == "users" and order.users < 2:
        raise ConfigurationError(
            "One user can't alternate.",
            data="Nothing was started.",
            remedy="Give --users 2 or more of each class, or leave --mode users out.",
        )


def _is_there(file: str) -> bool:
    return file.startswith(("http://", "https://")) or Path(file.strip()).exists()
