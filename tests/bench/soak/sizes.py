"""What an object and all that hangs on it take of a process's memory."""

import sys
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)
"""The program, and no data."""


def size_of(root: object) -> int:
    """Return the bytes of *root* and of what it holds, each object once, as Python counts them.

    The allocator's own rounding comes on top.
    """
    seen: set[int] = set()
    left = [root]
    total = 0
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, _SHARED):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
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
        yield vars(one)
    for name in getattr(type(one), "__slots__", ()):
        if hasattr(one, name):
            yield getattr(one, name)
