"""Requests from before the init event: a worker may be told to spawn while its init handlers run.

One buffer for the process, however often the listener's file is loaded.
"""

import atexit
import logging
from typing import Any

from locust import events

from swarmscope.agent.front import put_first
from swarmscope.recording import statuses

log = logging.getLogger(__name__)

_LIMIT = 20_000
_ATTACH = (
    "In a program that runs Locust as a library, call swarmscope.listener.attach(environment) "
    "once its runner exists"
)


class _Status:
    """What is counted of an answer."""

    def __init__(self, response: object) -> None:
        try:
            self.status_code = getattr(response, "status_code", statuses.NONE)
        except Exception:  # noqa: BLE001 - a user's property may do anything
            self.status_code = statuses.NONE


class Early:
    """A bounded memory of the process's requests, until an agent takes them."""

    def __init__(self) -> None:
        self._requests: list[dict[str, Any]] = []
        self._over = 0
        self._listening = False
        # Of one object: a bound method is another one each time it is asked for.
        self._handler = self._remember

    def listen(self) -> None:
        """Remember requests from now on, until `take`; calling it again changes nothing."""
        if not self._listening:
            self._listening = True
            put_first(events.request, self._handler)
            atexit.register(self._say_if_nobody_came)

    def _remember(self, **request: Any) -> None:
        if not request.get("exception"):
            # An answer can be megabytes, and only a failed one is looked at again.
            request["response"] = _Status(request.get("response"))
        if len(self._requests) < _LIMIT:
            self._requests.append(request)
            return
        if not self._over:
            log.warning(
                "More than %s requests came before swarmscope was attached: further ones are not "
                "recorded until it is. %s; in a locustfile, an init handler takes too long.",
                f"{_LIMIT:,}",
                _ATTACH,
            )
        self._over += 1

    def _say_if_nobody_came(self) -> None:
        if self._requests:
            log.warning(
                "Requests were made in this process (%s), and none of them is recorded: "
                "swarmscope.listener was imported, and never attached. %s.",
                f"{len(self._requests) + self._over:,}",
                _ATTACH,
            )

    def take(self) -> tuple[list[dict[str, Any]], int]:
        """Return what was remembered, and how many more requests came; remember no more."""
        if self._listening:
            self._listening = False
            events.request.remove_listener(self._handler)
        taken, self._requests = self._requests, []
        over, self._over = self._over, 0
        return taken, over


EARLY = Early()
