"""How long to wait before a store that took nothing is asked again."""

import random

_LONGEST_RETRY_AFTER = 300.0
"""A store or a proxy that asks for more is asked again all the same."""

_LEAST_SPREAD = 1.0
"""Seconds over which those return that a store sent away for a moment."""


class BackOff:
    """Pauses that double from *first* to *longest* seconds, unless the store names its own.

    Each has jitter: a hundred workers must not return to a struggling store in step.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def pause(self, retry_after: float | None = None) -> float:
        """Return how many seconds to wait, *retry_after* at least if the store asked for that."""
        delay, self._next = self._next, min(self._next * 2, self._longest)
        if retry_after:
            asked = min(retry_after, _LONGEST_RETRY_AFTER)
            # Only later: the store said when it can be asked again.
            return asked + random.uniform(0.0, max(_LEAST_SPREAD, asked / 2))  # noqa: S311
        return delay * random.uniform(0.5, 1.0)  # noqa: S311

    def reset(self) -> None:
        """Begin anew: the store took something."""
        self._next = self._first
