"""Whether what a server answers is an answer: another program may listen there, or a liar."""

from collections.abc import Mapping, Sequence
from math import isfinite
from operator import itemgetter
from types import NoneType
from typing import Any

from swarmscope.queries.catalogue import TIME_COLUMNS, Query
from swarmscope.store.backend import LAST_MS

_TEXTS = frozenset({"", "JSON"})
"""Units of columns that hold texts."""
_OTHERS: Mapping[str, frozenset[type]] = {
    "final": frozenset({bool, NoneType}),
    "goes_on": frozenset({bool}),
    "number": frozenset({int, float}),
}
"""Those of them that hold none."""
_TEXT: frozenset[type] = frozenset({str, NoneType})
_WHOLE: frozenset[type] = frozenset({int, NoneType})
_NUMBERS: frozenset[type] = frozenset({int, float, NoneType})
_COUNTED = frozenset(
    [
        *("requests", "failures", "user_errors", "workers", "users", "user_count", "count"),
        *("seen", "locust", "unheard", "unheard_failures", "failures_alone", "stored", "totals"),
        *("delivered", "rejected", "lost", "pending", "points_rejected", "points_lost"),
        *("spool_bytes", "series", "field_values", "over", "missing", "findings", "judged_at"),
        *("spawning", "late", "measured", "full"),
        "connections",
        *("satisfied", "tolerating", "slow", "failed", "succeeded"),
        "time_ns",
    ]
)
"""Columns of whole numbers: of fractions past all measure a sum has no form."""
_NEVER_NULL = frozenset(
    [
        *("time", "time_ns", "number"),
        *("run", "worker", "name", "method", "event", "status", "exception", "reason"),
        *("user_class", "place", "measurement", "tags", "field", "type"),
    ]
)
_NEVER_NULL_IN: Mapping[str, frozenset[str]] = {
    "stored": frozenset({"series", "field_values"}),
    "runs": frozenset({"requests", "failures", "workers", "user_errors"}),
    "worker_strain": frozenset({"seconds", "over", "spawning"}),
    "host_strain": frozenset({"late", "measured", "full", "cpu_percent", "workers_percent"}),
    "user_errors": frozenset({"count"}),
    "exceptions": frozenset({"failures"}),
    "endpoint_statuses": frozenset({"requests"}),
    "endpoint_counts": frozenset({"requests"}),
    "endpoint_totals": frozenset({"requests"}),
    "response_ranges": frozenset({"satisfied", "tolerating", "slow", "failed", "apdex"}),
    "outcomes": frozenset({"succeeded", "failed"}),
    "points": frozenset({"text"}),
}


class OddAnswerError(ValueError):
    """Why an answer can't be read."""


def check_rows(asked: Query, rows: Sequence[tuple[Any, ...]]) -> None:
    """See to it that *rows* are rows of *asked*.

    Raises:
        OddAnswerError: they aren't.

    """
    if not {len(row) for row in rows} <= {len(asked.columns)}:
        raise OddAnswerError(f"rows of {asked.name} have {len(asked.columns)} columns")
    for i, (column, unit) in enumerate(asked.columns.items()):
        # By columns: an export has a million rows, and this way they are looked at in C.
        cells = list(map(itemgetter(i), rows))
        odd = set(map(type, cells)) - _allowed(asked.name, column, unit)
        if odd:
            kinds = ", ".join(sorted(kind.__name__ for kind in odd))
            raise OddAnswerError(f"the column {column!r} of {asked.name} holds {kinds}")
        if not _in_range(column, cells):
            raise OddAnswerError(f"the column {column!r} of {asked.name} holds what none can be")


def _allowed(query: str, column: str, unit: str) -> frozenset[type]:
    if column in _OTHERS:
        allowed = _OTHERS[column]
    elif unit in _TEXTS:
        allowed = _TEXT
    else:
        allowed = _WHOLE if column in TIME_COLUMNS or column in _COUNTED else _NUMBERS
    always = column in _NEVER_NULL or column in _NEVER_NULL_IN.get(query, ())
    return allowed - {NoneType} if always else allowed


def _in_range(column: str, cells: list[Any]) -> bool:
    known = [cell for cell in cells if cell is not None]
    if not known:
        return True
    if isinstance(known[0], str):
        return _encodes("".join(known))
    if column in TIME_COLUMNS:
        # Of the first time of all, a part of a millisecond lies before.
        return bool(min(known) >= -LAST_MS - 1 and max(known) <= LAST_MS)
    return all(map(_is_usual, known))


def _encodes(text: str) -> bool:
    """Whether *text* can be written anywhere: half of a surrogate's pair can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_usual(number: float) -> bool:
    return isfinite(number) if type(number) is float else -(2**63) <= number < 2**63


def whole(found: Mapping[str, Any], key: str) -> int:
    """Return the whole number that *found* has under *key*.

    Raises:
        OddAnswerError: it has none, or one that no store has.

    """
    value = found[key]
    if type(value) is not int:
        raise OddAnswerError(f"{key!r} is {type(value).__name__}")
    if not _is_usual(value):
        raise OddAnswerError(f"{key!r} is past all numbers")
    return value


def moment(found: Mapping[str, Any], key: str) -> int:
    """Return the time in ms that *found* has under *key*.

    Raises:
        OddAnswerError: it has none, or one that no store has.

    """
    value = whole(found, key)
    if abs(value) > LAST_MS:
        raise OddAnswerError(f"{key!r} is past all times")
    return value
