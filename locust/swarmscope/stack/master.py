"""The running Locust master, through the API of its web UI: whoever looks there sees the same."""

import json
import urllib.error
import urllib.parse
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from swarmscope.causes import cause
from swarmscope.errors import ConfigurationError, ExitCode, SwarmscopeError
from swarmscope.stack.login import Credentials, Visitor

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


class Master:
    """The master whose web UI is at *url*; *credentials* are for its login, where it has one."""

    def __init__(self, url: str, credentials: Credentials | None = None) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigurationError(
                f"--master is {url!r}, which is not a URL.",
                remedy="Give the address of Locust's web UI, as http://locust-master:8089.",
            )
        self.url = url.rstrip("/")
        self._visitor = Visitor(self.url, credentials or Credentials())

    def status(self) -> dict[str, Any]:
        """Return what the web UI shows: state, workers, users and statistics."""
        status: dict[str, Any] = self._told("/stats/requests")
        return status

    def run(self) -> str:
        """Return the id of the newest run; empty before the first.

        Raises:
            ConfigurationError: the master names no runs.

        """
        try:
            return str(self._read(_NAME_OF_RUN, self._fetch(_NAME_OF_RUN))["run"])
        except (urllib.error.HTTPError, KeyError) as error:
            raise ConfigurationError(
                f"The Locust master at {self.url} doesn't tell its runs apart ({error}).",
                data="No load was started.",
                remedy="It needs the listener: "
                'locust -f "mine.py,$(python -m swarmscope.listener)"',
            ) from error

    def start(self, form: Mapping[str, str]) -> None:
        """Start a test.

        Raises:
            ConfigurationError: Locust refuses it.

        """
        answer = self._told("/swarm", urllib.parse.urlencode(form).encode())
        if not answer.get("success"):
            raise ConfigurationError(
                f"Locust refuses to start: {answer.get('message')}.", data="No load was started."
            )

    def stop(self) -> None:
        """Stop the test that goes on; returns when its users have stopped."""
        self.get("/stop", b"", timeout_s=_STOPPING_S)

    def _told(self, path: str, body: bytes | None = None) -> Any:
        return self._read(path, self.get(path, body))

    def _read(self, path: str, answer: bytes) -> Any:
        try:
            return json.loads(answer)
        except ValueError as error:
            raise ConfigurationError(
                f"{self.url}{path} answers with a page, where Locust has data.",
                data="No test was started or stopped by this command.",
                remedy="Is it the address of Locust's web UI? The master's log may say more: "
                "`make logs`.",
            ) from error

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
