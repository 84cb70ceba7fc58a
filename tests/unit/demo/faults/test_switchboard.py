"""The switches of faults: what is on, and what is told of each change."""

import asyncio
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


def test_a_change_that_takes_seconds_is_told_with_the_time_at_which_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What suffers from it does so from then on: its cause would be marked after it.
    done_ns: list[int] = []

    async def slowly(_: Parts, __: float) -> None:
        done_ns.append(time.time_ns())

    async def scenario() -> None:
        monkeypatch.setitem(EFFECTS, "spike", slowly)
        parts = Parts.of(
            tmp_path / "db", Pool(tmp_path / "db", workers=1, queue_limit=1), Payments()
        )
        told_ns: list[int] = []
        switches = Switchboard(parts, lambda _, time_ns: told_ns.append(time_ns))
        await switches.switch_on(parse("spike"))
        await switches.switch_off("spike")
        assert told_ns[0] < done_ns[0] < told_ns[1] < done_ns[1]

    asyncio.run(scenario())
