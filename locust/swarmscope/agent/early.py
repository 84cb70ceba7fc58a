"""Requests from before the init event: a worker may be told to spawn while its init handlers run.

One buffer for the process, however often the listener's file is loaded.
"""

import logging
from typing import Any

from locust import events

log = logging.getLogger(__name__)

_LIMIT = 20_000


class Early:
    """A bounded memory of the process's requests, until an agent takes them."""

    def __init__(self) -> None:
        self._requests: list[dict[str, Any]] = []
        self._listening = False

    def listen(self) -> None:
        """Remember requests from now on, until `take`; calling it again changes nothing."""
        if not self._listening:
            self._listening = True
            events.request.add_listener(self._remember)

    def _remember(self, **request: Any) -> None:
        if not request.get("exception"):
            # An answer can be megabytes, and only a failed one is looked at again.
            request.pop("response", None)
        if len(self._requests) < _LIMIT:
            self._requests.append(request)
        elif len(self._requests) == _LIMIT:
            self._requests.append(request)
            log.warning(
                "An init handler takes so long that requests are no longer remembered: more than "
                "%d came before it ended, and further ones are not recorded.",
                _LIMIT,
            )

    def take(self) -> list[dict[str, Any]]:
        """Return what was remembered, and remember no more."""
        if self._listening:
            self._listening = False
            events.request.remove_listener(self._remember)
        taken, self._requests = self._requests, []
        return taken


EARLY = Early()
