"""The switches of faults: what is on, and what is told of each change."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from swarmscope.demo.faults.effects import EFFECTS
from swarmscope.demo.faults.switchboard import Switchboard
from swarmscope.demo.faults.table import parse
from swarmscope.demo.parts import Parts
from swarmscope.demo.payments import Payments
from swarmscope.demo.pool import Pool


def test_each_change_is_told_once_and_what_changes_nothing_isn_t(tmp_path: Path) -> None:
    async def scenario() -> None:
        pool = Pool(tmp_path / "db", workers=1, queue_limit=1)
        parts = Parts.of(tmp_path / "db", pool, Payments())
        told: list[str] = []
        switches = Switchboard(parts, lambda text, _: told.append(text))
        for text in ("dependency:2", "dependency:2", "dependency:5", "leak"):
            await switches.switch_on(parse(text))
        assert switches.sizes == {"dependency": 5, "leak": 20}
        assert (parts.payments.slower_s, parts.strain.leaked_kib) == (5, 20)
        await switches.switch_off("lock")
        await switches.all_off()
        assert switches.sizes == {}
        assert (parts.payments.slower_s, parts.strain.leaked_kib) == (0, 0)
        assert told == [
            *("dependency:2 on", "dependency:5 on", "leak:20 on"),
            *("dependency off", "leak off"),
        ]

    asyncio.run(scenario())


def test_a_change_that_takes_seconds_is_told_as_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What suffers from it does so from then on: its cause would be marked after it, by its own time
    # in the demo, and by the time of its arrival in the stack.
    told: list[str] = []
    told_ns: list[int] = []
    done_ns: list[int] = []

    def tell(text: str, time_ns: int) -> None:
        told.append(text)
        told_ns.append(time_ns)

    async def slowly(_: Parts, size: float) -> None:
        told.append(f"{size:g} is done")
        done_ns.append(time.time_ns())

    async def scenario() -> None:
        monkeypatch.setitem(EFFECTS, "spike", slowly)
        parts = Parts.of(
            tmp_path / "db", Pool(tmp_path / "db", workers=1, queue_limit=1), Payments()
        )
        switches = Switchboard(parts, tell)
        await switches.switch_on(parse("spike"))
        await switches.switch_off("spike")
        assert told == ["spike:1000 on", "1000 is done", "spike off", "0 is done"]
        assert told_ns[0] < done_ns[0] < told_ns[1] < done_ns[1]

    asyncio.run(scenario())


def test_a_change_that_fails_is_told_as_one_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: Parts, __: float) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async def scenario() -> None:
        monkeypatch.setitem(EFFECTS, "spike", full)
        pool = Pool(tmp_path / "db", workers=1, queue_limit=1)
        told: list[str] = []
        switches = Switchboard(
            Parts.of(tmp_path / "db", pool, Payments()), lambda text, _: told.append(text)
        )
        with pytest.raises(sqlite3.OperationalError):
            await switches.switch_on(parse("spike"))
        assert told == ["spike:1000 on", "spike:1000 on: that failed"]
        assert switches.sizes == {}

    asyncio.run(scenario())
