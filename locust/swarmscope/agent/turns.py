"""Work in the load generator's event loop that gives way to its users."""

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TypeVar

import gevent

_SLICE = 0.001
"""Seconds of work after which other greenlets get their turn."""

T = TypeVar("T")


def politely(items: Iterable[T]) -> Iterator[T]:
    """Yield *items*, and let the users' greenlets run whenever a slice of time is used up."""
    began = perf_counter()
    for item in items:
        yield item
        if perf_counter() - began > _SLICE:
            gevent.sleep(0)
            began = perf_counter()
