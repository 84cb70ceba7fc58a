"""Failures by class, HTTP status and reason, with a bounded number of reasons."""

import re
from dataclasses import dataclass

from swarmscope import schema
from swarmscope.line_protocol import escape_tag, shorten

_REASON_LENGTH = 120
_MESSAGE_LENGTH = 500
_REMEMBERED_MESSAGES = 1_000
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

    At most `schema.MAX_REASONS` reasons are told apart; further ones count as `schema.FOLDED`.
    """

    def __init__(self) -> None:
        self._counts: FailureWindow = {}
        self._reasons: set[str] = set()
        self._remembered: dict[str, str] = {}

    def record(self, endpoint: tuple[str, str], exception: object, response: object) -> None:
        """Count one failure of *endpoint*; *response* is the answer, if there was one."""
        message = _message(exception)
        reason = self._remembered.get(message)
        if reason is None:
            reason = self._reason(message)
        failure = Failure(
            *endpoint, escape_tag(_class_name(exception)), _status(exception, response), reason
        )
        count, sample = self._counts.get(failure, (0, message))
        self._counts[failure] = (count + 1, sample)

    def take(self) -> FailureWindow:
        """Return the failures since the last call, and forget them."""
        counts, self._counts = self._counts, {}
        return counts

    def _reason(self, message: str) -> str:
        reason = escape_tag(reason_of(message))
        if reason not in self._reasons:
            if len(self._reasons) >= schema.MAX_REASONS:
                return schema.FOLDED
            self._reasons.add(reason)
        if len(self._remembered) >= _REMEMBERED_MESSAGES:
            self._remembered.clear()
        self._remembered[message] = reason
        return reason


def reason_of(message: str) -> str:
    """Return *message* without what differs from request to request: URLs, ids, paths, numbers."""
    stripped = _VARIABLE.sub(lambda match: _PLACEHOLDERS[match.lastgroup or "id"], message)
    return shorten(" ".join(stripped.split()), _REASON_LENGTH)


def _class_name(exception: object) -> str:
    if isinstance(exception, str):
        return "Failure"
    return exception.__name__ if isinstance(exception, type) else type(exception).__name__


def _message(exception: object) -> str:
    try:
        text = exception if isinstance(exception, str) else str(exception)
    except Exception as error:  # noqa: BLE001 - a user's __str__ may do anything
        text = f"(its text can't be had: {type(error).__name__})"
    return shorten(text, _MESSAGE_LENGTH)


def _status(exception: object, response: object) -> str:
    for answer in (response, getattr(exception, "response", None)):
        code = getattr(answer, "status_code", None)
        if isinstance(code, int) and 100 <= code <= 599:
            return str(code)
    return ""
