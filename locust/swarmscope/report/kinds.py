"""What went wrong in a run, each kind in a line: failed requests, exceptions in users' own code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from swarmscope.line_protocol import shorten
from swarmscope.terminal import one_line

_LONGEST_MESSAGE = 200


@dataclass(frozen=True)
class FailureKind:
    """How often requests of one endpoint failed in one way."""

    count: int
    name: str
    method: str
    status: str
    reason: str
    """The failure's text without what differs from request to request, or its class."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return what a *row* of the query `exceptions` tells."""
        told = {key: row[key] or "" for key in ("name", "method", "status")}
        return cls(row["failures"] or 0, **told, reason=row["reason"] or row["exception"] or "")

    def line(self) -> str:
        """Say so in one line."""
        # Clients begin with the code where they say more of it, and a number is "#" in a reason.
        if self.status and self.reason.startswith("# "):
            why = f"{self.status}{self.reason[1:]}"
        else:
            why = f"{self.reason} ({self.status})" if self.status else self.reason
        return f"{self.count:,} of {f'{self.method} {self.name}'.strip()}: {why}"


@dataclass(frozen=True)
class UserError:
    """What users' own code raised at one place, and how often."""

    count: int
    user_class: str
    exception: str
    place: str
    message: str = ""
    """What one of them said: the newest."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return what a *row* of the query `user_errors` tells."""
        told = {key: row[key] for key in ("count", "user_class", "exception", "place")}
        return cls(**told, message=_message(row["exception"], row["message"] or ""))

    def line(self) -> str:
        """Say so in one line."""
        times = "once" if self.count == 1 else f"{self.count:,} times"
        text = f"{self.exception} {times} in the code of {self.user_class}, {self.place}"
        if self.message:
            text += f", {'it' if self.count == 1 else 'one'} says: {self.message}"
        return one_line(text)


def _message(exception: str, traceback: str) -> str:
    """Return what *exception* said, from its *traceback*, which ends with it."""
    # Its name stands at the begin of a line with its module; what else stands there is of a text
    # over several lines, or of an exception before it.
    said = re.findall(rf"^(?:[\w<>]+\.)*{re.escape(exception)}: (.+)", traceback, re.MULTILINE)
    return shorten(said[-1].strip(), _LONGEST_MESSAGE) if said else ""
