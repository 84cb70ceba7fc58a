"""What is said of two runs: whether their loads were alike, and which differences chance makes."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened

NS = 10**9
T0 = 1_780_000_000
APART_S = 10_000
"""So much later the other run begins."""
BANNER = "Can these two be compared?"
TABLE = "What changed, endpoint by endpoint"
HERE, THERE = "this", "other"
Steps = Sequence[tuple[float, int]]
"""When, s after the start, how many users were wanted."""
STAIRS: Steps = ((0, 10), (30, 20))
Counts = tuple[int, int]
"""Requests, and how many of them failed."""


def lines(run: str, begin: int, seconds: int, steps: Steps, counts: Mapping[str, Counts]) -> Any:
    """Yield what *run* wrote: its *counts* by endpoint, all of them in its first second."""
    master = f"locust_run,run={run},worker=master,test=shop,event"
    for at, users in steps:
        event = "step" if at else "start"
        moment = round((begin + at) * NS)
        yield f'{master}={event} message="said",user_count={users}i {moment}'
    yield f'{master}=stop message="stopped" {(begin + seconds) * NS}'
    series = f"locust_stats,run={run},worker=worker-0,name"
    content = "total_content_length=0i"
    for second in range(seconds):
        at = (begin + second) * NS
        yield f"{series}=Aggregated count=1i,num_failures=0i,{content} {at}"
    for name, (requests, failures) in counts.items():
        fields = f"count={requests}i,num_failures={failures}i,{content}"
        yield f"{series}={name} {fields} {begin * NS}"


def opened(
    influx: Influx,
    here: tuple[int, Steps],
    there: tuple[int, Steps],
    counts: Mapping[str, tuple[Counts, Counts]] | None = None,
) -> Opened:
    """Return boards on two runs: how long each was, and its steps."""
    raw = influx.make_bucket(secrets.token_hex(4))
    known = counts or {}
    for i, (run, (seconds, steps)) in enumerate(((HERE, here), (THERE, there))):
        of_it = {name: both[i] for name, both in known.items()}
        influx.write(raw, list(lines(run, T0 - i * APART_S, seconds, steps, of_it)))
    return Opened(influx, raw, "", (T0 * 1_000, (T0 + 300) * 1_000))


ALIKE = "Load: 1m of either run"
SAID = {
    "alike": ((60, STAIRS), (60, STAIRS), ALIKE),
    "told-of-a-second-later": ((60, STAIRS), (60, ((0, 10), (32, 20))), ALIKE),
    "hardly-longer": ((60, STAIRS), (58, STAIRS), "Load: 58s of either run"),
    "half-as-long": (
        (120, STAIRS),
        (60, STAIRS),
        "Load: 2m of this run, 1m of the other one: compare rates and percentiles, not counts",
    ),
    "twice-as-long": (
        (60, STAIRS),
        (120, STAIRS),
        "Load: 1m of this run, 2m of the other one: compare rates and percentiles, not counts",
    ),
    "longer-steps": (
        (60, STAIRS),
        (60, ((0, 10), (45, 20))),
        f"{ALIKE}; from 30s on 20 users here and 10 there: what differs may be the load's doing",
    ),
    "more-users": (
        (60, STAIRS),
        (60, ((0, 10), (30, 25))),
        f"{ALIKE}; from 30s on 20 users here and 25 there: what differs may be the load's doing",
    ),
    "more-users-at-once": (
        (60, ((0, 25),)),
        (60, STAIRS),
        f"{ALIKE}; from the start on 25 users here and 10 there: what differs may be the load's "
        "doing",
    ),
    # Of what only one of them has nothing can be compared.
    "more-steps-behind-the-other-s-end": (
        (60, STAIRS),
        (120, (*STAIRS, (60, 40))),
        "Load: 1m of this run, 2m of the other one: compare rates and percentiles, not counts",
    ),
}


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("case", SAID)
def test_unlike_loads_of_two_runs_are_said(influx: Influx, case: str) -> None:
    here, there, said = SAID[case]
    boards = opened(influx, here, there)
    (row,) = boards.panel("compare", BANNER, "C", run=HERE, baseline=THERE)
    assert row["c_load"] == said


def test_of_a_range_its_own_seconds_are_compared(influx: Influx) -> None:
    boards = opened(influx, (120, STAIRS), (60, STAIRS))
    part = Opened(influx, boards.raw, "", ((T0 + 10) * 1_000, (T0 + 40) * 1_000))
    (row,) = part.panel("compare", BANNER, "C", run=HERE, baseline=THERE)
    assert row["c_load"] == "Load: 30s of either run"


def test_of_a_run_that_is_compared_with_none_no_load_is_said(influx: Influx) -> None:
    boards = opened(influx, (60, STAIRS), (60, STAIRS))
    assert boards.panel("compare", BANNER, "C", run=HERE, baseline="(none)") == []


CHANCE: dict[str, tuple[Counts, Counts, bool]] = {
    "/none": ((100, 0), (100, 0), False),
    "/one-more": ((100, 1), (100, 0), False),
    "/five-more": ((100, 5), (100, 0), False),
    "/many-more": ((100, 20), (100, 5), True),
    "/fewer": ((2_000, 10), (2_000, 100), True),
    "/one-in-a-thousand": ((50_000, 100), (50_000, 0), True),
    "/all-of-two": ((2, 2), (100, 0), True),
    "/all-of-both": ((100, 100), (100, 100), False),
}
"""Of both runs requests and failures, and whether chance alone would hardly make such a change."""


def test_a_share_of_failures_has_a_colour_where_chance_alone_does_not_change_it_so(
    influx: Influx,
) -> None:
    """From 0.1 percentage points on it had one: a single failure of a hundred requests."""
    counts = {name: (here, there) for name, (here, there, _) in CHANCE.items()}
    boards = opened(influx, (60, STAIRS), (60, STAIRS), counts)
    rows = boards.table("compare", TABLE, run=HERE, baseline=THERE)
    for name, ((requests, failures), (before, failed), coloured) in CHANCE.items():
        row = rows[name, ""]
        assert (row["requests"], row["requests before"]) == (requests, before)
        shares = (failures / requests, failed / before)
        assert (row["failed"], row["failed before"]) == pytest.approx(shares)
        assert row["failed by"] == pytest.approx(shares[0] - shares[1])
        assert json.loads(row["failed_looks"]) == ({} if coloured else {"color": "inherit"}), name
        few = min(requests, before) < 20
        assert json.loads(row["p95_looks"]) == ({"color": "inherit"} if few else {}), name


def test_an_endpoint_of_one_run_alone_has_no_change(influx: Influx) -> None:
    boards = opened(influx, (60, STAIRS), (60, STAIRS))
    influx.write(boards.raw, list(lines(HERE, T0, 1, (), {"/new": (50, 5)})))
    influx.write(boards.raw, list(lines(THERE, T0 - APART_S, 1, (), {"/old": (40, 4)})))
    rows = boards.table("compare", TABLE, run=HERE, baseline=THERE)
    new, old = rows["/new", ""], rows["/old", ""]
    assert (new["requests"], new["requests before"], new["failed by"]) == (50, None, None)
    assert (old["requests"], old["requests before"], old["failed by"]) == (None, 40, None)
    assert (new["failed"], old["failed before"]) == (0.1, 0.1)
