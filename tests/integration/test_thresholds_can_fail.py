"""A rule of each source turns a whole run red in both stores, and a good run keeps it.

What `swarmscope check` asks: the verdict on a run that is complete, with no doubt of it. Each kind
of sentence by itself is held by tests/unit/gate/test_each_can_fail.py.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fixtures.stores import Store
from tests.fixtures.whole_runs import T0, WholeRun, several

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.judgement import judge
from swarmscope.gate.thresholds_file import given
from swarmscope.gate.verdict import Verdict
from swarmscope.runs.audit import audit
from swarmscope.settings import Settings
from swarmscope.store.write import post

pytestmark = pytest.mark.long

BASE = several("base", 10, 0.01, seconds=30)
GOOD = WholeRun("good", T0 + 900, seconds=30)
BAD = replace(GOOD, run="bad", began=T0 + 960)
RULES = (
    'p95{region="us"} < 400ms',
    'p95 of GET "/items" < 400ms in stage "hold"',
    "max < 2s in stage 2",
    "max(app.queue) < 50",
    "avg <= +20% of baseline",
    "requests_per_second >= 75/s",
    "requests_per_second >= -10% of baseline",
    'requests_per_second of each endpoint >= 30/s in stage "hold" over 10s',
)


def lines(run: WholeRun, queue: int = 10, *, bad: bool = False) -> Iterator[str]:
    """Yield *run*, with a second worker elsewhere, two stages, and what a service writes.

    Of a *bad* one that worker's answers take seconds once the load holds, and are few.
    """
    yield from run.lines()
    elsewhere = replace(run, slower=40.0, a_second=5) if bad else run
    for line in elsewhere.lines():
        if ",worker=worker-0" in line:
            yield line.replace(",worker=worker-0", ",region=us,worker=worker-1")
    told = f"locust_run,event={{}},run={run.run},test=shop,worker=master"
    yield f'{told.format("worker_join")} message="",subject="worker-1" {run.began * 10**9 + 1}'
    for second, stage in enumerate(("ramp", "hold")):
        at = (run.began + 15 * second) * 10**9 + 2
        users = f"user_count={run.users}i,spawn_rate=100"
        yield f'{told.format("step")} message="",stage="{stage}",{users},number={second + 1}i {at}'
    for second in range(run.seconds):
        value = queue if second == 12 else 3
        yield f"app,service=shop queue={value}i {(run.began + second) * 10**9}"


@pytest.fixture(scope="module")
def store(any_store: Store) -> Store:
    settings = Settings.from_env(any_store.env)
    for run in (*BASE, GOOD):
        post(list(lines(run)), settings, what="a run", data="")
    post(list(lines(BAD, 99, bad=True)), settings, what="a run", data="")
    return any_store


@pytest.mark.parametrize("sentence", RULES)
def test_a_run_that_is_bad_in_it_fails_and_a_good_one_passes(store: Store, sentence: str) -> None:
    names = ",".join(run.run for run in BASE)
    wanted = replace(given([sentence], []), baseline=names)
    for run, outcome, verdict in (
        ("good", Outcome.KEPT, Verdict.PASSED),
        ("bad", Outcome.BROKEN, Verdict.FAILED),
    ):
        found = judge(store.reader, audit(store.reader, run), wanted)
        assert found.doubts == ()
        assert outcome in {one.result.outcome for one in found.judged}, found.sentence()
        assert found.verdict is verdict, found.sentence()
