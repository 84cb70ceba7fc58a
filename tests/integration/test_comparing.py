"""Comparing runs in both stores: the same answer, and the numbers that the runs were made of."""

import json
from statistics import median
from typing import Any

import pytest
from tests.fixtures.server_process import swarmscope
from tests.fixtures.stores import Store
from tests.fixtures.whole_runs import ITEMS, T0, WholeRun, several

from swarmscope.settings import Settings
from swarmscope.store.write import post

PAY = ("/pay", "POST")
RARE = 70
"""Requests of it in a run of the base."""
BASE = several("base", 10, 0.01, a_second=40, in_all={PAY: RARE})
SLOW = WholeRun("slow", T0 + 900, slower=1.4, a_second=40, in_all={PAY: RARE})
ALIKE = WholeRun("alike", T0 + 960, a_second=40, in_all={PAY: RARE})
FADED = WholeRun("faded", T0 + 1_020, a_second=40, in_all={PAY: 4})
DIED = WholeRun("died", T0 + 1_080, a_second=40)


@pytest.fixture(scope="module")
def store(any_store: Store) -> Store:
    """A store that has the runs, and a baseline of ten of them."""
    settings = Settings.from_env(any_store.env)
    for run in (*BASE, SLOW, ALIKE, FADED, DIED):
        post(run.lines(), settings, what="a run", data="")
    for run in BASE:
        done = swarmscope("baseline", "add", run.run, env=any_store.env)
        assert done.returncode == 0, done.stderr
    return any_store


def compared(store: Store, *words: str) -> dict[str, Any]:
    done = swarmscope("compare", *words, "--json", env=store.env)
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == found["exit_code"], done.stderr
    return found


@pytest.mark.release
@pytest.mark.long
def test_a_slow_run_is_worse_and_another_is_not(store: Store) -> None:
    slow = compared(store, "main", "slow")
    assert slow["answer"] == "worse"
    (row,) = (r for r in slow["rows"] if (r["endpoint"], r["metric"]) == ("GET /items", "p50"))
    assert row["answer"] == "worse"
    # A bucket is 2 % wide, and each second of a run is louder or not: 10 %, of twenty.
    assert row["ratio"] == pytest.approx(1.4, rel=0.1)
    assert row["base"] == pytest.approx(median(BASE[0].medians[ITEMS] for _ in BASE), rel=0.1)
    alike = compared(store, "main", "alike")
    assert [r for r in alike["rows"] if r["answer"] == "worse"] == []


@pytest.mark.long
def test_an_endpoint_that_is_nearly_gone_is_as_little_passed_over_as_one_that_is(
    store: Store,
) -> None:
    for run, left in (("faded", 4), ("died", 0)):
        told = compared(store, "main", run)
        (missed,) = told["missed"]
        assert missed == (
            f"run {run} has {left} requests of POST /pay, where runs of the base have {RARE} or "
            "more in as much time"
        )
        assert told["sentence"] == (
            f"Run {run} against 10 runs: can't tell: {missed}: nobody knows whether it is worse."
        )
        assert told["vanished"] == ([] if left else ["POST /pay"])
    alike = compared(store, "main", "alike")
    assert (alike["missed"], alike["exit_code"]) == ([], 0)


@pytest.mark.release
@pytest.mark.long
def test_what_is_taken_back_is_gone(store: Store) -> None:
    for words in (("add", "slow", "--name", "x"), ("remove", "slow", "--name", "x")):
        assert swarmscope("baseline", *words, env=store.env).returncode == 0
    told = json.loads(swarmscope("baseline", "list", "--json", env=store.env).stdout)
    assert {one["baseline"] for one in told} == {"main"}
    assert [one["run"] for one in told] == [run.run for run in BASE]
