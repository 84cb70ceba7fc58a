"""What a master keeps of what it merged: a run may go on for hours."""

import random

import pytest
from tests.bench.soak.sizes import size_of
from tests.fixtures.merging_master import FIRST, Master
from tests.fixtures.reports import Reporter

_ENDPOINTS = [(f"/{i}", "GET") for i in range(10)]
_MINUTES = 10
"""After which all is there that a run ever has: what is kept for a minute, and all buckets."""


@pytest.mark.release
@pytest.mark.long
def test_what_is_kept_doesnt_grow_with_the_run() -> None:
    rnd = random.Random(7)
    master, crew = Master(), {"one": Reporter(), "other": Reporter()}
    sizes = []
    for now in range(FIRST, FIRST + 4 * _MINUTES * 60):
        for name, reporter in crew.items():
            reporter.second(now, {key: [rnd.choice((2.0, 5.0, 90.0))] for key in _ENDPOINTS})
            master.hear(name, reporter.reports(now + 1), now + 1)
        master.write(now + 1, crew)
        for written in (master.points, master.minutes, master.written):
            written.clear()
        if (now - FIRST) % (_MINUTES * 60) == _MINUTES * 60 - 1:
            sizes.append(size_of(master.merger))
    assert max(sizes[1:]) < 1.05 * sizes[0]
