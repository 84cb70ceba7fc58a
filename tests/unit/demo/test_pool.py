"""The shop's bounded pool: order, places, refusals. Never time."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmscope.demo.pool import Pool, PoolFullError, PoolTimeoutError

Job = Callable[[sqlite3.Connection], int]


class Gate:
    """Jobs that begin, tell so, and wait until the gate is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.begun: list[int] = []

    def job(self, number: int) -> Job:
        def run(_: sqlite3.Connection) -> int:
            self.begun.append(number)
            self.open.wait(60)
            return number

        return run


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def test_more_jobs_than_workers_wait_in_the_order_they_came(tmp_path: Path) -> None:
    async def scenario() -> None:
        gate = Gate()
        pool = Pool(tmp_path / "db", workers=1, queue_limit=10)
        tasks = [asyncio.ensure_future(pool.run(gate.job(i))) for i in range(4)]
        await _until(lambda: len(gate.begun) == 1)
        assert pool.waiting == 3
        gate.open.set()
        assert await asyncio.gather(*tasks) == [0, 1, 2, 3]
        assert gate.begun == [0, 1, 2, 3]
        assert (pool.waiting, pool.longest_queue, pool.refused) == (0, 3, 0)
        pool.close()

    asyncio.run(scenario())


def test_the_queue_grows_with_the_jobs_at_once_and_not_below_the_workers(tmp_path: Path) -> None:
    async def longest_queue(jobs: int) -> int:
        gate = Gate()
        pool = Pool(tmp_path / "db", workers=4, queue_limit=100)
        tasks = [asyncio.ensure_future(pool.run(gate.job(i))) for i in range(jobs)]
        await _until(lambda: len(gate.begun) == min(4, jobs))
        gate.open.set()
        await asyncio.gather(*tasks)
        pool.close()
        return pool.longest_queue

    queues = [asyncio.run(longest_queue(jobs)) for jobs in (1, 4, 8, 16, 32)]
    assert queues == [0, 0, 4, 12, 28]


def test_a_full_queue_refuses_and_takes_again_once_there_is_room(tmp_path: Path) -> None:
    async def scenario() -> None:
        gate = Gate()
        pool = Pool(tmp_path / "db", workers=1, queue_limit=2)
        tasks = [asyncio.ensure_future(pool.run(gate.job(i))) for i in range(3)]
        await _until(lambda: len(gate.begun) == 1)
        with pytest.raises(PoolFullError):
            await pool.run(gate.job(99))
        assert pool.refused == 1
        gate.open.set()
        await asyncio.gather(*tasks)
        assert await pool.run(gate.job(4)) == 4
        assert gate.begun == [0, 1, 2, 4]
        pool.close()

    asyncio.run(scenario())


def test_a_client_that_hangs_up_does_not_free_a_place_still_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        gate = Gate()
        pool = Pool(tmp_path / "db", workers=1, queue_limit=0)
        task = asyncio.ensure_future(pool.run(gate.job(0)))
        await _until(lambda: len(gate.begun) == 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert pool.busy == 1
        gate.open.set()
        await _until(lambda: pool.busy == 0)
        pool.close()

    asyncio.run(scenario())


def test_a_job_that_fails_gives_its_place_back_and_its_error_on(tmp_path: Path) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database is locked")

    async def scenario() -> None:
        pool = Pool(tmp_path / "db", workers=1, queue_limit=0)
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                await pool.run(fail)
            await _until(lambda: pool.busy == 0)
        pool.close()

    asyncio.run(scenario())


def test_who_waits_too_long_for_a_connection_gives_its_place_in_the_queue_back(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        gate = Gate()
        pool = Pool(tmp_path / "db", workers=1, queue_limit=10, patience_s=0.5)
        first = asyncio.ensure_future(pool.run(gate.job(0)))
        await _until(lambda: len(gate.begun) == 1)
        with pytest.raises(PoolTimeoutError):
            await pool.run(gate.job(1))
        assert (pool.busy, pool.waiting, pool.timed_out) == (1, 0, 1)
        gate.open.set()
        assert await first == 0, "what has begun is waited for"
        assert gate.begun == [0]
        pool.close()

    asyncio.run(scenario())


def test_one_of_many_jobs_keeps_its_connection_after_its_answer(tmp_path: Path) -> None:
    async def scenario() -> None:
        pool = Pool(tmp_path / "db", workers=1, queue_limit=10, kept_each=2)
        gate = Gate()
        gate.open.set()
        pool.keep(3_600)
        assert await pool.run(gate.job(0)) == 0
        await _until(lambda: pool.busy == 0)
        assert await pool.run(gate.job(1)) == 1
        assert pool.busy == 1
        waiting = asyncio.ensure_future(pool.run(gate.job(2)))
        await _until(lambda: pool.waiting == 1)
        pool.keep(0)
        assert await waiting == 2
        pool.close()

    asyncio.run(scenario())
