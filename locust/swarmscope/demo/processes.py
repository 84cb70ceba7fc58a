"""The demo's child processes: started with an explicit environment, watched, and ended for sure."""

import os
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self
from urllib.parse import urlsplit

import psutil

from swarmscope.demo.ports import HOST, is_free
from swarmscope.embedded.folder import close_folder
from swarmscope.errors import ConfigurationError, ExitCode, SwarmscopeError
from swarmscope.own_files import open_own

POLITE = 20.0
"""Seconds a child gets to end by itself; the leash's own grace lies within it."""
TAIL = 15
_LITTLE = 2**20
"""Bytes of a disk on which a store can't begin."""
_LEASHED = [sys.executable, "-P", "-m", "swarmscope.demo.leash"]
"""Without -P, -m looks for modules in the current folder first."""
OURS = ("INFLUXDB_V2_", "SWARMSCOPE_", "LOCUST_")
"""Prefixes of variables that the demo sets itself: a shell's own would point it elsewhere."""

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens our own URLs, past any proxy."""


class ChildError(SwarmscopeError):
    """One of the demo's processes ended, or never became ready: the data is incomplete."""

    exit_code = ExitCode.INCONCLUSIVE


class PortTakenError(ChildError):
    """Somebody else was quicker to take a port that had been chosen for a child."""

    def __init__(self, child: "Child", port: int) -> None:
        super().__init__(
            f"The {child.name} ended, because somebody else has its port {port} by now.",
            data="Nothing was measured.",
            remedy="See who listens there, or name other ports with --port and --web-port. The "
            f"whole log is {child.log}",
        )
        self.name = child.name
        self.port = port


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with *settings* as the only ones of our names."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    # All traffic stays on this machine; a company's proxy would refuse it.
    direct = {"NO_PROXY": HOST, "no_proxy": HOST}
    return {**kept, **direct, "PYTHONUNBUFFERED": "1", **settings}


def _emptied(log: Path) -> BinaryIO:
    try:
        file = os.fdopen(open_own(log, os.O_WRONLY | os.O_CREAT), "wb")
    except OSError as error:
        raise ConfigurationError(
            f"The log {log} can't be written: {error.strerror}.",
            data="Nothing is measured.",
            remedy="Remove it, or name another folder with --data.",
        ) from error
    # Not as it is opened: it may turn out to be a second name of another file.
    file.truncate()
    return file


class Child:
    """One process, in a session of its own: the terminal's Ctrl-C reaches the parent only."""

    def __init__(
        self,
        name: str,
        entry: str,
        arguments: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: Path,
        ports: Sequence[int] = (),
        linger: float = 0.0,
    ) -> None:
        self.name = name
        self.ports = ports
        self.log = log
        with _emptied(log) as output:
            self._process = subprocess.Popen(  # noqa: S603  # our own modules only
                [*_LEASHED, str(linger), entry, *arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
            )
        assert self._process.stdin is not None  # noqa: S101  # for the type checker: it's PIPE
        self._leash: IO[bytes] = self._process.stdin

    @property
    def pid(self) -> int:
        """The process's id, which is its group's and its session's too."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """What the process ended with; None while it runs."""
        return self._process.poll()

    def listens(self, port: int) -> bool:
        """Say whether it is this process that has *port* of this machine."""
        try:
            found = psutil.Process(self.pid).net_connections("tcp")
        except psutil.Error:
            return False  # it ended; whoever waits for it is told so
        return any(
            one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port
            for one in found
        )

    def tail(self) -> str:
        """Return the last lines of the log, indented."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        left = shutil.disk_usage(self.log.parent).free
        if left < _LITTLE:
            # It can't have written why it ended, there or anywhere.
            where = f"on the disk of {self.log.parent}"
            lines.append(f"(only {left // 2**10:,} KiB are left {where}: free some room)")
        return "\n".join(f"    {line}" for line in lines or ["(its log is empty)"])

    def ask_to_end(self) -> None:
        """Send SIGTERM, once the caller no longer needs it."""
        if self.exit_code is None:
            self._process.terminate()

    def wait(self, timeout: float) -> bool:
        """Wait up to *timeout* seconds for the process's own end, and tell whether it came."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> None:
        """End the process and whatever it started; returns when it is gone."""
        self.ask_to_end()
        if not self.wait(POLITE):
            self.kill()
        self._leash.close()

    def kill(self) -> None:
        """End the process and its group at once."""
        if self.exit_code is None:
            # Not reaped yet, so the group's number can't be anybody else's.
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
        self._leash.close()


class Family:
    """All children of the demo; leaving the ``with`` block ends every one of them."""

    def __init__(self, logs: Path, env: Mapping[str, str]) -> None:
        self._logs = logs
        self.children: list[Child] = []
        # Where no locust.conf or pyproject.toml of the user can change what is run, and nobody can
        # have left a module: Locust looks for those in its current folder and at home.
        self._empty = tempfile.TemporaryDirectory(prefix="swarmscope-demo-")
        # Packages of the user's own are found all the same.
        home = {"HOME": self._empty.name, "PYTHONUSERBASE": site.getuserbase()}
        self._env = {**env, **home}
        close_folder(logs)

    def start(
        self,
        name: str,
        entry: str,
        *arguments: str,
        ports: Sequence[int] = (),
        linger: float = 0.0,
    ) -> Child:
        """Start ``MODULE:FUNCTION`` *entry* with *arguments*; its output goes to NAME.log.

        It will listen at *ports*. Should this process be killed, it ends *linger* seconds later
        than others.
        """
        log = self._logs.resolve() / f"{name}.log"
        cwd = Path(self._empty.name)
        child = Child(
            name, entry, arguments, log=log, env=self._env, cwd=cwd, ports=ports, linger=linger
        )
        self.children.append(child)
        return child

    def check_ports(self) -> None:
        """Raise for a child that ended, and one of whose ports somebody else has."""
        for child in self.children:
            if child.exit_code is not None:
                for port in child.ports:
                    if not is_free(port):
                        raise PortTakenError(child, port)

    def check(self, *, but: Sequence[Child] = ()) -> None:
        """Raise for a child that ended, unless it is one of *but*, which may."""
        for child in self.children:
            if child.exit_code is not None and child not in but:
                raise ChildError(
                    f"The {child.name} ended with code {child.exit_code}. Its last lines:\n"
                    f"{child.tail()}\n",
                    data="What had been measured until then is kept.",
                    remedy=f"The whole log is {child.log}",
                )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """End all children; the first one, the store, outlives those who write to it."""
        if kind is KeyboardInterrupt:
            for child in self.children:
                child.kill()
        for child in self.children[1:]:
            child.ask_to_end()
        for child in reversed(self.children):
            child.end()
        self._empty.cleanup()


def wait_until_ready(family: Family, child: Child, url: str, *, patience: float = 30.0) -> None:
    """Return when *url* answers 200, and it is *child* who listens there and at its other ports.

    Another user of the machine can be quicker to take a port, which stands in the child's
    arguments: nothing is sent to him, and nobody's browser opened on his page.

    Raises:
        PortTakenError: a child ended, and somebody else has one of its ports.
        ChildError: a child ended, or *patience* seconds went by.

    """
    ports = {urlsplit(url).port or 0, *child.ports}
    deadline = time.monotonic() + patience
    while not (all(child.listens(port) for port in ports) and _answers(url)):
        family.check_ports()
        family.check()
        if time.monotonic() > deadline:
            raise ChildError(
                f"The {child.name} did not answer at {url} within {patience:.0f} s. "
                f"Its last lines:\n{child.tail()}\n",
                remedy=f"The whole log is {child.log}",
            )
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with DIRECT.open(url, timeout=2.0) as response:
            return bool(response.status == 200)
    except OSError:
        return False
