"""Budgets of tag values: a database pays for each series, for as long as its points are kept.

What goes past a budget is counted as `schema.FOLDED`, never dropped, and said once with the remedy.
"""

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from swarmscope import schema

_log = logging.getLogger(__name__)

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Limit:
    """How many values of one kind a worker tells apart in a run, and what helps against more."""

    count: int
    what: str
    remedy: str


EXCEPTIONS = Limit(
    schema.MAX_EXCEPTIONS,
    "classes of exceptions",
    "Raise exceptions of a few classes; what differs belongs into the message.",
)
_WHO_ANSWERS = "See what answers in the place of the target."
STATUSES = Limit(schema.MAX_STATUSES, "HTTP statuses of failures", _WHO_ANSWERS)
ANSWERS = Limit(schema.MAX_STATUSES, "HTTP statuses", _WHO_ANSWERS)
ANSWER_KINDS = Limit(
    schema.MAX_STATUS_KINDS,
    "kinds of answers (endpoint and HTTP status)",
    "Give requests of one kind one name.",
)
REASONS = Limit(
    schema.MAX_REASONS,
    "reasons of failures",
    'Fail with a fixed text (response.failure("wrong total")), without what differs each time.',
)
KINDS = Limit(
    schema.MAX_FAILURE_KINDS,
    "kinds of failures (endpoint, exception, status and reason)",
    "Give requests of one kind one name, and failures of one kind one text.",
)
USER_CLASSES = Limit(
    schema.MAX_USER_CLASSES, "user classes", "Put what differs into the users, not their classes."
)
PLACES = Limit(
    schema.MAX_PLACES,
    "places in users' code that raise",
    "Mend the first ones; the log has each of them.",
)
USER_ERRORS = Limit(
    schema.MAX_USER_ERRORS,
    "kinds of exceptions in users' code (user class, exception and place)",
    "Mend the first ones; the log has each of them.",
)


class Budget:
    """Lets the first values of a kind in, and folds the rest."""

    def __init__(self, limit: Limit, warn: Warn = _log.warning) -> None:
        self._limit = limit
        self._warn = warn
        self._known: set[Hashable] = set()
        self._folded = False

    def admits(self, value: Hashable, *, known_as: Hashable = None) -> bool:
        """Whether *value* is told apart from others: one that once was always is.

        It is kept, unless there is something smaller that it is *known_as*.
        """
        known = value if known_as is None else known_as
        if known in self._known:
            return True
        if len(self._known) < self._limit.count:
            self._known.add(known)
            return True
        if not self._folded:
            self._folded = True
            self._warn(
                f"More than {self._limit.count} {self._limit.what} in one run: "
                f"{str(value)[:80]!r} and further new ones are counted together as "
                f"{schema.FOLDED}. {self._limit.remedy}"
            )
        return False

    def fold(self, value: str) -> str:
        """Return *value*, or `schema.FOLDED`."""
        return value if self.admits(value) else schema.FOLDED
