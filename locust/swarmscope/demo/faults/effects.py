"""How each fault comes about: what of the shop's parts it changes."""

import asyncio
from collections.abc import Awaitable, Callable

from swarmscope.demo import goods
from swarmscope.demo.parts import Parts

Effect = Callable[[Parts, float], Awaitable[None]]
"""Begins a fault of some size; of size 0 it ends it."""


async def _linear(parts: Parts, ms: float) -> None:
    parts.strain.cpu_ms = ms


async def _cliff(parts: Parts, seconds: float) -> None:
    parts.pool.keep(seconds)


async def _sawtooth(parts: Parts, seconds: float) -> None:
    parts.pauses.every(seconds)


async def _spike(parts: Parts, thousands: float) -> None:
    if thousands:
        await asyncio.to_thread(goods.lose_index, parts.database, int(thousands * 1_000))
    else:
        await asyncio.to_thread(goods.restore_index, parts.database)


async def _dependency(parts: Parts, seconds: float) -> None:
    parts.payments.slower_s = seconds


async def _errors(parts: Parts, percent: float) -> None:
    parts.strain.failing_percent = percent


async def _leak(parts: Parts, kib: float) -> None:
    parts.strain.leak(kib)


async def _lock(parts: Parts, ms: float) -> None:
    parts.lock.held_ms = ms


EFFECTS: dict[str, Effect] = {
    "linear": _linear,
    "cliff": _cliff,
    "sawtooth": _sawtooth,
    "spike": _spike,
    "dependency": _dependency,
    "errors": _errors,
    "leak": _leak,
    "lock": _lock,
}
"""By the names of `table.FAULTS`."""
