"""What the shop consists of: what its pages use, its gauges read, and faults change."""

import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from swarmscope.demo.cache import Cache
from swarmscope.demo.payments import Payments
from swarmscope.demo.pool import Pool
from swarmscope.demo.strain import OneLock, Pauses, Strain
from swarmscope.demo.traffic import Traffic

T = TypeVar("T")


@dataclass(frozen=True)
class Parts:
    """One open shop."""

    database: Path
    pool: Pool
    cache: Cache
    payments: Payments
    traffic: Traffic
    strain: Strain
    lock: OneLock
    pauses: Pauses

    @classmethod
    def of(cls, database: Path, pool: Pool, payments: Payments) -> "Parts":
        """Return the parts of a shop that nothing was asked of yet."""
        cache = Cache()
        rest = Traffic(), Strain(), OneLock(), Pauses(cache)
        return cls(database, pool, cache, payments, *rest)

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Return what *job* returns for a connection of the pool."""
        return await self.pool.run(self.lock.around(job))

    async def cached(self, key: Hashable, job: Callable[[sqlite3.Connection], T]) -> T:
        """Return what is kept under *key*, or else what *job* returns, and keep that."""
        kept: T | None = self.cache.get(key)
        if kept is not None:
            return kept
        found = await self.run(job)
        self.cache.put(key, found)
        return found
