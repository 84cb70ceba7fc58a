"""The switches of faults: what is on, and what is told of each change."""

import asyncio
from pathlib import Path

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
        switches = Switchboard(parts, told.append)
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
