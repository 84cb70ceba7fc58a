"""Failures by class, HTTP status and reason, with a bounded number of each."""

import re
from dataclasses import dataclass

from swarmscope import schema
from swarmscope.line_protocol import escape_tag, kept, shorten
from swarmscope.recording.cardinality import Budgets, Warn
from swarmscope.redaction import MARGIN

_REASON_LENGTH = 120
_CLASS_LENGTH = 120
_MESSAGE_LENGTH = 500
_REMEMBERED_MESSAGES = 1_000
_WARNINGS = 50
_PLACEHOLDERS = {"url": "{url}", "id": "{id}", "path": "{path}", "number": "#"}
_VARIABLE = re.compile(
    r"""(?P<url>\b[a-z][a-z0-9+.-]*://[^\s'"<>)]+)
    |(?P<id>\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b
        |\b0x[0-9a-f]+\b
        |\b(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{8,}\b)
    |(?P<path>(?<![\w.])/[^\s'"<>),;]+)
    |(?P<number>\d+(?:[.,:]\d+)*)""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Failure:
    """What failures are told apart by; every part is an escaped tag value, or empty."""

    name: str
    method: str
    exception: str
    status: str
    reason: str


FailureWindow = dict[Failure, tuple[int, str]]
"""Failure to how many, and one of the messages as it came."""


class Failures:
    """The failures of one run on one worker.

    Classes, statuses, reasons and kinds are told apart as far as *budgets* admit them; further ones
    count as `schema.FOLDED`. *warn* is told of what can't be read.
    """

    def __init__(self, budgets: Budgets, warn: Warn = lambda _: None) -> None:
        self._counts: FailureWindow = {}
        self._budgets = budgets
        self._remembered: dict[str, tuple[str, str]] = {}
        self._warn = warn
        self._unreadable: set[tuple[str, str]] = set()

    def record(self, endpoint: tuple[str, str], exception: object, response: object) -> None:
        """Count one failure of *endpoint*; *response* is the answer, if there was one."""
        message = self._message(exception)
        reason, message = self._remembered.get(message) or self._look_at(message)
        status = self._status(exception, response)
        failure = Failure(
            *endpoint,
            escape_tag(
                self._budgets.exceptions.fold(shorten(_class_name(exception), _CLASS_LENGTH))
            ),
            status and self._budgets.statuses.fold(status),
            reason,
        )
        if failure not in self._counts and not self._budgets.failure_kinds.admits(failure):
            # The endpoint stays: its number is bounded, and a sum over it must stay whole.
            failure = Failure(*endpoint, schema.FOLDED, "", schema.FOLDED)
        count, sample = self._counts.get(failure, (0, message))
        self._counts[failure] = (count + 1, sample)

    def take(self) -> FailureWindow:
        """Return the failures since the last call, and forget them."""
        counts, self._counts = self._counts, {}
        return counts

    def _message(self, exception: object) -> str:
        return text_of(exception)[: _MESSAGE_LENGTH + MARGIN]

    def _status(self, exception: object, response: object) -> str:
        for answer in (response, self._read(exception, "response")):
            code = self._read(answer, "status_code")
            if isinstance(code, int) and 100 <= code <= 599:
                return str(int(code))
        return ""

    def _read(self, owner: object, attribute: str) -> object:
        """Return an *attribute* of what a user's client made: it may be a property that raises."""
        try:
            return getattr(owner, attribute, None)
        except Exception as error:  # noqa: BLE001 - a user's property may do anything
            self._warn_once(type(owner).__name__, attribute, error)
            return None

    def _warn_once(self, owner: str, attribute: str, error: Exception) -> None:
        kind = (owner, attribute)
        if kind not in self._unreadable and len(self._unreadable) < _WARNINGS:
            self._unreadable.add(kind)
            self._warn(
                f"{attribute!r} of {owner} can't be read ({type(error).__name__}): such failures "
                "are counted without it. Mend the property; this is said once."
            )

    def _look_at(self, message: str) -> tuple[str, str]:
        """Return the reason in *message*, and what of it may be kept as a sample."""
        sample = kept(message, _MESSAGE_LENGTH)
        found = self._budgets.reasons.fold(escape_tag(reason_of(sample))), sample
        if len(self._remembered) >= _REMEMBERED_MESSAGES:
            self._remembered.clear()
        self._remembered[message] = found
        return found


def reason_of(message: str) -> str:
    """Return *message* without what differs from request to request: URLs, ids, paths, numbers."""
    stripped = _VARIABLE.sub(lambda match: _PLACEHOLDERS[match.lastgroup or "id"], message)
    return shorten(" ".join(stripped.split()), _REASON_LENGTH)


def _class_name(exception: object) -> str:
    if isinstance(exception, str):
        return "Failure"
    return exception.__name__ if isinstance(exception, type) else type(exception).__name__


def text_of(value: object) -> str:
    """Return the text of *value*. Never raises."""
    try:
        return value if isinstance(value, str) else str(value)
    except Exception as error:  # noqa: BLE001 - a user's __str__ may do anything
        return f"({type(value).__name__}: its text can't be had: {type(error).__name__})"
