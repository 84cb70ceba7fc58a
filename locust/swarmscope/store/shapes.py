"""Whether what a server answers has the form of an answer: another program may listen there."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any

from swarmscope.queries.catalogue import TIME_COLUMNS, Query

_TEXTS = frozenset({"", "JSON"})
"""Units of columns that hold texts, flags, or values of any kind."""
_TIMES: frozenset[type] = frozenset({int, NoneType})
_NUMBERS: frozenset[type] = frozenset({int, float, NoneType})
_ANYTHING: frozenset[type] = frozenset({int, float, str, bool, NoneType})


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
        odd = set(map(type, map(itemgetter(i), rows))) - _allowed(column, unit)
        if odd:
            kinds = ", ".join(sorted(kind.__name__ for kind in odd))
            raise OddAnswerError(f"the column {column!r} of {asked.name} holds {kinds}")


def _allowed(column: str, unit: str) -> frozenset[type]:
    if column in TIME_COLUMNS:
        return _TIMES
    return _ANYTHING if unit in _TEXTS else _NUMBERS


def whole(found: Mapping[str, Any], key: str) -> int:
    """Return the whole number that *found* has under *key*.

    Raises:
        OddAnswerError: it has none.

    """
    value = found[key]
    if type(value) is not int:
        raise OddAnswerError(f"{key!r} is {type(value).__name__}")
    return value
