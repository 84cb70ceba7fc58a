"""The running Locust master, through the API of its web UI: whoever looks there sees the same."""

import json
import urllib.error
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from swarmscope.errors import ConfigurationError, ExitCode, SwarmscopeError
from swarmscope.settings import values
from swarmscope.settings.environment import shown
from swarmscope.transport.causes import ODD, cause, said
from swarmscope.webui.login import PASSWORD, USERNAME, Credentials, Visitor

READY = ("ready", "stopped")
"""States of a master that may begin a test."""
ACTIVE = ("spawning", "running")
"""States of a test that goes on."""
_TIMEOUT_S = 30
_STOPPING_S = 120
"""Users may take their time: Locust itself waits for a minute, and --stop-timeout on top."""
_NAME_OF_RUN = "/swarmscope/run"


class MasterUnreachableError(SwarmscopeError):
    """The master didn't answer."""

    exit_code = ExitCode.STORE_UNREACHABLE


@dataclass(frozen=True)
class Status:
    """What the web UI shows: numbers, and states on one line each. It may be two seconds old."""

    state: str
    users: int
    workers: tuple[str, ...] | None
    """Their states; None of a process that does it all."""
    requests_per_s: float = 0.0
    failures_per_s: float = 0.0
    p95_ms: float | None = None
    requests: int | None = None
    """Of the newest test; None: it isn't told."""

    @classmethod
    def of(cls, told: Any) -> "Status":
        """Return what *told* says, which is Locust's JSON or somebody else's.

        Raises:
            ArithmeticError, AttributeError, LookupError, TypeError, ValueError: it isn't Locust's.

        """
        workers = told.get("workers")
        stats = told.get("stats")
        p95 = told.get("current_response_time_percentiles", {}).get("response_time_percentile_0.95")
        return cls(
            said(str(told["state"])),
            int(told["user_count"]),
            None if workers is None else tuple(said(str(one["state"])) for one in workers),
            float(told.get("current_rps", 0)),
            float(told.get("current_fail_per_sec", 0)),
            None if p95 is None else float(p95),
            # Last is the sum of all.
            int(stats[-1]["num_requests"]) if stats else None,
        )

    @property
    def ready(self) -> int:
        """How many may begin: workers, or the process that does it all, when it says so."""
        return 1 if self.workers is None else self.workers.count("ready")


class Master:
    """The master whose web UI is at *url*; *credentials* are for its login, where it has one."""

    def __init__(self, url: str, credentials: Credentials | None = None) -> None:
        try:
            self.url = values.url(url, lets_in=f"{USERNAME} and {PASSWORD} let us in")
        except ValueError as error:
            raise ConfigurationError(
                f"--master is {shown(url)!r}, which can't be used: {error}.",
                remedy="Give the address of Locust's web UI, as http://page-of-locust:8089.",
            ) from error
        self._visitor = Visitor(self.url, credentials or Credentials())

    def status(self) -> Status:
        """Return what the web UI shows: state, workers, users and statistics."""
        path = "/stats/requests"
        told = self._told(path)
        try:
            return Status.of(told)
        except ODD as error:
            raise self._odd(path) from error

    def run(self) -> str:
        """Return the id of the newest run; empty before the first.

        Raises:
            ConfigurationError: the master names no runs.

        """
        try:
            # As the listener names them, which lets no line end in.
            return values.run_id(str(self._newest()["run"]))
        except (urllib.error.HTTPError, KeyError, TypeError, ValueError) as error:
            raise ConfigurationError(
                f"The Locust master at {self.url} doesn't tell its runs apart "
                f"({said(str(error))}).",
                data="No load was started.",
                remedy="It needs the listener: "
                'locust -f "mine.py,$(python -m swarmscope.listener)"',
            ) from error

    def doubt(self) -> str:
        """Return why the users of the newest run can't request anything, if that is known."""
        try:
            return said(str(self._newest().get("doubt", "")))
        except (urllib.error.HTTPError, AttributeError) as error:
            raise self._odd(_NAME_OF_RUN) from error

    def _newest(self) -> Any:
        return self._read(_NAME_OF_RUN, self._fetch(_NAME_OF_RUN))

    def start(self, form: Mapping[str, str]) -> None:
        """Start a test.

        Raises:
            ConfigurationError: Locust refuses it.

        """
        path = "/swarm"
        answer = self._told(path, urllib.parse.urlencode(form).encode())
        if not isinstance(answer, dict):
            raise self._odd(path)
        if not answer.get("success"):
            why = said(str(answer.get("message")))
            raise ConfigurationError(
                f"Locust refuses to start: {why}.", data="No load was started."
            )

    def stop(self) -> None:
        """Stop the test that goes on; returns when its users have stopped."""
        self.get("/stop", b"", timeout_s=_STOPPING_S)

    def _told(self, path: str, body: bytes | None = None) -> Any:
        return self._read(path, self.get(path, body))

    def _read(self, path: str, answer: bytes) -> Any:
        try:
            return json.loads(answer)
        except (ValueError, RecursionError) as error:
            raise self._odd(path) from error

    def _odd(self, path: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self.url}{path} answers with a page, where Locust has data.",
            data="No test was started or stopped by this command.",
            remedy="Is it the address of Locust's web UI? The master's log may say more: "
            "`make logs`.",
        )

    def get(self, path: str, body: bytes | None = None, *, timeout_s: float = _TIMEOUT_S) -> bytes:
        """Return what is at *path*; with *body*, after posting it there.

        Raises:
            ConfigurationError: a login is in the way.
            MasterUnreachableError: nothing answers, or nothing useful.

        """
        try:
            return self._fetch(path, body, timeout_s)
        except urllib.error.HTTPError as error:
            raise MasterUnreachableError(
                f"The Locust master at {self.url} answers {path} with {error.code}.",
                remedy="Its log says why: `make logs`.",
            ) from error

    def _fetch(self, path: str, body: bytes | None = None, timeout_s: float = _TIMEOUT_S) -> bytes:
        try:
            return self._visitor.ask(path, body, timeout_s)
        except urllib.error.HTTPError:
            raise
        except (OSError, HTTPException) as error:
            raise MasterUnreachableError(
                f"The Locust master at {self.url} doesn't answer ({cause(error)}).",
                remedy="Is the stack up, and its master healthy? `make status` shows it.",
            ) from error
