"""Work in the load generator's event loop that gives way to its users."""

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TypeVar
from weakref import WeakKeyDictionary

import gevent

_SLICE = 0.001
"""Seconds of work after which other greenlets get their turn."""
_SINCE: "WeakKeyDictionary[object, float]" = WeakKeyDictionary()
"""When each greenlet gave way last: what it does between two loops counts as well."""

T = TypeVar("T")


def politely(items: Iterable[T]) -> Iterator[T]:
    """Yield *items*, and let the users' greenlets run whenever a slice of time is used up.

    Of a greenlet that waited for something meanwhile nobody knows that here: it gives way once for
    nothing, which costs next to nothing.
    """
    me = gevent.getcurrent()
    began = _SINCE.get(me, 0.0)
    for item in items:
        yield item
        if perf_counter() - began > _SLICE:
            gevent.sleep(0)
            began = _SINCE[me] = perf_counter()
