"""A stranger who would fill the memory of a collector that has no keys."""

import json
from pathlib import Path

import psutil
import pytest
import zmq
from tests.fixtures.collectors import collecting, until

from swarmscope.logs.lines import Message, record_line

_MESSAGES = 6_000
_WIDE = "\N{GRINNING FACE}" * 190


def message(number: int) -> bytes:
    tags = {f"{key}x{_WIDE}": f"{number}x{_WIDE}" for key in range(16)}
    told = {"host": "h", "run": "r", "worker": "w"}
    line = record_line(1_763_740_000 * 10**9 + number, "info", "x", str(number), **told)
    # As ZeroMQ's own: in JSON with escapes it would be too long for us.
    head = json.dumps({"v": 1, "sender": "s", "first": number, "tags": tags}, ensure_ascii=False)
    made = b"\n".join((head.encode(), line.encode()))
    assert Message.decode(made).tags == tags
    return made


@pytest.mark.release
@pytest.mark.long
def test_records_that_all_differ_leave_nothing_of_their_texts_in_memory(tmp_path: Path) -> None:
    """28 kB of each stayed for good, and all workers were cut off on the way to 660 MB."""
    with (
        collecting(tmp_path, {}, "--no-store") as collector,
        zmq.Context() as context,
        context.socket(zmq.PUSH) as stranger,
    ):
        process = psutil.Process(collector.process.pid)
        before = process.memory_info().rss
        stranger.connect(collector.address)
        for number in range(_MESSAGES):
            stranger.send(message(number))
        until(lambda: len(collector.file.read_bytes().splitlines()) == _MESSAGES)
        grown = process.memory_info().rss - before
        assert "connections were dropped" not in collector.end()
    assert grown < 80 * 2**20
