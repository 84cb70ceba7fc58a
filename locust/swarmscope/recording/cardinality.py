"""Budgets of tag values: a database pays for each series, for as long as its points are kept.

What several measurements say of one thing must be told apart, or not, in all of them: a run of a
worker has one budget for each tag, and whoever writes that tag asks it.

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
STATUSES = Limit(
    schema.MAX_STATUSES, "HTTP statuses", "See what answers in the place of the target."
)
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
FAILURE_KINDS = Limit(
    schema.MAX_FAILURE_KINDS,
    "kinds of failures (endpoint, exception, status and reason)",
    "Give requests of one kind one name, and failures of one kind one text.",
)
FEWER_NAMES = (
    'Give requests of one kind one name (self.client.get("/item/8731", name="/item/[id]")), '
    "let SWARMSCOPE_TEMPLATE_NAMES=on do that, or raise SWARMSCOPE_MAX_NAMES."
)
"""What helps against too many endpoints, of one worker and of all."""
USER_CLASSES = Limit(
    schema.MAX_USER_CLASSES, "user classes", "Put what differs into the users, not their classes."
)
TRANSACTIONS = Limit(
    schema.MAX_TRANSACTIONS,
    "names of transactions",
    'Give journeys of one kind one name, without what differs each time: "checkout".',
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

    @property
    def count(self) -> int:
        """How many values are told apart at most."""
        return self._limit.count

    def would_admit(self, known: Hashable) -> bool:
        """Whether what is *known* by this is told apart, or would be if it came now."""
        return known in self._known or len(self._known) < self._limit.count

    def admits(self, value: Hashable, *, known_as: Hashable = None) -> bool:
        """Whether *value* is told apart from others: one that once was always is.

        It is kept, unless there is something else that it is *known_as*.
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


class Budgets:
    """The budgets of one run on one worker; each says to *warn*, once, when it is used up."""

    def __init__(self, warn: Warn = _log.warning, *, max_names: int = schema.MAX_NAMES) -> None:
        self.endpoints = Budget(_endpoints(max_names), warn)
        self.statuses = Budget(STATUSES, warn)
        self.answer_kinds = Budget(ANSWER_KINDS, warn)
        self.exceptions = Budget(EXCEPTIONS, warn)
        self.reasons = Budget(REASONS, warn)
        self.failure_kinds = Budget(FAILURE_KINDS, warn)
        self.user_classes = Budget(USER_CLASSES, warn)
        self.transactions = Budget(TRANSACTIONS, warn)
        self.places = Budget(PLACES, warn)
        self.user_errors = Budget(USER_ERRORS, warn)


def _endpoints(count: int) -> Limit:
    return Limit(count, "endpoints", FEWER_NAMES)
