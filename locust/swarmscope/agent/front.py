"""The first place in line for Locust's request event.

`EventHook.fire` (Locust 2.47) ends when a listener raises one of Locust's control exceptions
(`StopUser`, `RescheduleTask` …), which is how users react to a failed request. Whoever stands
behind such a listener never hears of that request: the failures of a run, of all things.
"""

import logging
from typing import Any

from locust.env import Environment
from locust.event import EventHook

log = logging.getLogger(__name__)

_PACKAGE = f"{__name__.partition('.')[0]}."


def put_first(hook: EventHook, handler: Any, *, instead_of: Any = None) -> None:
    """Make *handler* the first listener of *hook*, in the place of *instead_of* if it has one.

    In one step: a request that fires meanwhile meets one of the two, and never both. A handler
    that is the first already stays as it is.
    """
    handlers = getattr(hook, "_handlers", None)
    if not isinstance(handlers, list):
        # Another Locust than those that are known: later in line is better than not at all.
        if instead_of is not None:
            hook.remove_listener(instead_of)
        hook.add_listener(handler)
        return
    if handlers and handlers[0] is handler and instead_of is None:
        return
    others = [h for h in handlers if h is not handler and (instead_of is None or h != instead_of)]
    handlers[:] = [handler, *others]


def is_listening(hook: EventHook, handler: Any) -> bool:
    """Whether *handler* is among the listeners of *hook*."""
    handlers = getattr(hook, "_handlers", None)
    return not isinstance(handlers, list) or any(h is handler for h in handlers)


def is_first(hook: EventHook, handler: Any) -> bool:
    """Whether no listener of *hook* is called before *handler*, as far as that can be known.

    None but our own: Environments that share their events have one each, which raise nothing.
    """
    handlers = getattr(hook, "_handlers", None)
    if not isinstance(handlers, list):
        return True
    for other in handlers:
        if other is handler:
            return True
        if not str(getattr(other, "__module__", "")).startswith(_PACKAGE):
            return False
    return False


class Place:
    """A handler's place in front of all others of *environment*'s request event."""

    def __init__(self, environment: Environment, handler: Any) -> None:
        self._environment = environment
        self._hook = environment.events.request
        self._handler = handler
        put_first(self._hook, handler)

    def give_to(self, handler: Any) -> bool:
        """Let *handler* listen from now on, in the place of the one that does.

        Returns whether that one hadn't listened for a while.
        """
        missing = self.hold()
        put_first(self._hook, handler, instead_of=self._handler)
        self._handler = handler
        return missing

    def hold(self) -> bool:
        """Go back to the front, wherever others have put themselves, or us, since the last call.

        Returns whether nobody listened here for a while.
        """
        replaced = self._environment.events.request is not self._hook
        missing = replaced or not is_listening(self._hook, self._handler)
        if missing:
            log.warning(
                "Something took swarmscope's listener off the request event%s: what was requested "
                "since, a second at most, is not recorded, and the run stays incomplete. It "
                "listens again. A locustfile must not replace events.request, nor remove "
                "listeners that it didn't add.",
                " (it is another one now)" if replaced else "",
            )
            self._hook = self._environment.events.request
        elif not is_first(self._hook, self._handler):
            log.warning(
                "Something put itself in front of swarmscope's listener. It is behind again: had "
                "it raised one of Locust's control exceptions, neither Locust nor swarmscope "
                "would have heard of the requests since, a second at most."
            )
        if not is_first(self._hook, self._handler):
            put_first(self._hook, self._handler)
        return missing

    def leave(self) -> None:
        """Listen no more."""
        if is_listening(self._hook, self._handler):
            self._hook.remove_listener(self._handler)
