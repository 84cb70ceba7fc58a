"""HTTP status codes of answers: what counts as one, and how many of each there were."""

from collections import Counter
from collections.abc import Sequence
from operator import index
from typing import Any

NONE = 0
"""In the place of a code where there was none; what Locust's clients say of no connection, too."""
_LOWEST, _HIGHEST = 100, 999


def counted(told: Sequence[Any]) -> dict[int, int]:
    """Return how many requests were answered with which code, from what was *told* of each.

    Each counts exactly once: one of which nothing was told that is a code, as `NONE`. Never raises.
    """
    counts: dict[int, int] = {}
    # Nearly always all are the same, which is seen in a fraction of the time.
    if told and type(told[0]) is int and _all_are(told[0], told):
        counts[_code(told[0])] = len(told)
    elif told:
        for value, number in _by_value(told).items():
            code = _code(value)
            counts[code] = counts.get(code, 0) + number
    return counts


def _all_are(first: int, told: Sequence[Any]) -> bool:
    try:
        return told.count(first) == len(told)
    except Exception:  # noqa: BLE001 - what isn't a plain number may do anything
        return False


def _by_value(told: Sequence[Any]) -> Counter[Any]:
    try:
        return Counter(told)
    except Exception:  # noqa: BLE001 - what isn't a plain number may do anything
        return Counter(map(_code, told))


def _code(value: Any) -> int:
    try:
        code = index(value)
    except Exception:  # noqa: BLE001 - a user's answer may hold anything
        return NONE
    return code if _LOWEST <= code <= _HIGHEST else NONE
