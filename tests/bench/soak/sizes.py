"""What objects and all that hangs on them take of a process's memory."""

import sys
from collections.abc import Iterable, Mapping
from itertools import chain
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from locust.stats import RequestStats

_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)
"""The program, and no data."""
_NUMBERS = frozenset(map(id, range(-5, 257)))
"""Python has these once, whoever holds them."""


def size_of_statistics(stats: "RequestStats") -> int:
    """Return the bytes of Locust's *stats*, as `size_of` counts them, and leave no mark.

    Piece by piece: a list of all that was seen takes as much as that, in the very memory that is
    measured, and what has been taken stays. In an hour it took a master 16 MB.
    """
    parts = (stats, vars(stats), stats.entries, stats.errors)
    names = chain(stats.entries, stats.errors)
    found = chain(stats.entries.values(), stats.errors.values())
    pieces = chain((stats.total, stats.history), names, found)
    return sum(map(sys.getsizeof, parts)) + sum(size_of(one, beside=parts) for one in pieces)


def size_of(root: object, *, beside: Iterable[object] = ()) -> int:
    """Return the bytes of *root* and of what it holds, each object once, as Python counts them.

    What is *beside* it is no part of it. The allocator's own rounding comes on top.
    """
    seen = set(map(id, beside))
    left = [root]
    total = 0
    while left:
        one = left.pop()
        if id(one) in seen or id(one) in _NUMBERS or isinstance(one, _SHARED):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        if hasattr(one, "__dict__"):
            total += sys.getsizeof(vars(one))
        left.extend(_held_by(one))
    return total


def _held_by(one: Any) -> Iterable[Any]:
    if isinstance(one, str | bytes | int | float | None):
        return
    if isinstance(one, Mapping):
        yield from one.keys()
        yield from one.values()
    elif isinstance(one, list | tuple | set | frozenset):
        yield from one
    if hasattr(one, "__dict__"):
        # The names of attributes are the program's.
        yield from vars(one).values()
    for name in getattr(type(one), "__slots__", ()):
        if hasattr(one, name):
            yield getattr(one, name)
