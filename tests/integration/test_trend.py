"""The history of a test in both stores: of runs of which the seconds are gone, and of real ones."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.fixtures.histories import Summarised, history, lines
from tests.fixtures.server_process import swarmscope
from tests.fixtures.stores import Store
from tests.fixtures.whole_runs import WholeRun

from swarmscope.settings import Settings
from swarmscope.store.write import post

STEP = 12
OLD = history("old", 20, slower={STEP: 1.3}, like=Summarised("", verdict="failed"))
GONE = [
    replace(one, endpoints=("GET /items", "GET /gone") if i < 10 else ("GET /items",))
    for i, one in enumerate(history("gone", 12, like=Summarised("", test="gone")))
]
LEFT_OUT = history("spoiled", 14, like=Summarised("", test="spoiled", begun=True))
SPOILED = [replace(LEFT_OUT[-2], said="incomplete by 4"), replace(LEFT_OUT[-1], said="")]
WHOLE = WholeRun("whole", test="whole", conditions={"environment": "ci"})


@pytest.fixture(scope="module")
def store(any_store: Store) -> Store:
    """A store with runs in its long bucket alone, and two that the other one has as well."""
    settings = Settings.from_env(any_store.env)
    long = replace(settings, bucket=settings.bucket_long)
    post(lines(OLD[:-2]), long, what="runs", data="")
    post(lines(OLD[-3:]), settings, what="runs", data="")
    post(lines(GONE), long, what="runs", data="")
    post(lines([*LEFT_OUT[:-2], *SPOILED]), settings, what="runs", data="")
    post(WHOLE.lines(), settings, what="a run", data="")
    return any_store


def told(store: Store, *words: str) -> dict[str, Any]:
    done = swarmscope("trend", *words, "--json", env=store.env)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == found["exit_code"]
    return found


def spoiled(run: str) -> tuple[WholeRun, list[str]]:
    """Return a run whose data is complete, and more lines of it, which make it doubtful."""
    whole = WholeRun(run, test=run, conditions={"environment": "ci"})
    second = f"{(whole.began + 3) * 10**9}"
    more = {
        "off": ["locust_worker,run=off,worker=worker-0,host=box clock_error_ms=-212.0"],
        "full": ["locust_arrivals,run=full,worker=worker-0 due=100i,dropped=7i,late=0i"],
        "ramp": [],
    }
    if run == "ramp":
        whole = replace(whole, users=50, spawn_rate=1.0)
    return whole, [f"{line} {second}" for line in more[run]]


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("off", "a worker's clock was up to 212 ms off"),
        ("full", "7 of 100 iterations (7 %) were never begun"),
        ("ramp", "of 50 users no more than 20 ever ran"),
    ],
)
def test_what_makes_a_verdict_doubtful_leaves_a_run_out_by_the_same_words(
    store: Store, run: str, why: str
) -> None:
    whole, more = spoiled(run)
    settings = Settings.from_env(store.env)
    post([*whole.lines(), *more], settings, what="a run", data="")
    checked = swarmscope(
        *("check", run, "--wait", "0", "--fail", "p95 < 9s", "--json"), env=store.env
    )
    assert checked.returncode == 5, checked.stderr
    (doubt,) = json.loads(checked.stdout)["doubts"]
    assert doubt.startswith(why)
    gone = {**store.env, "INFLUXDB_V2_BUCKET": settings.bucket_long, "SWARMSCOPE_BUCKET_LONG": ""}
    for one in (store, replace(store, env=gone)):
        found = told(one, run)
        assert found["exit_code"] == 5
        assert found["left_out"] == [f"1 run: {doubt} ({run})"]


@pytest.mark.long
def test_a_step_is_found_in_runs_whose_seconds_are_gone(store: Store) -> None:
    found = told(store, "shop", "--each")
    assert (found["runs"], found["exit_code"], found["made_otherwise"]) == (20, 1, [])
    changes = {(row["endpoint"], row["metric"]): row["changes"] for row in found["rows"]}
    for key in ((None, "p95"), ("GET /items", "p95"), ("GET /items", "p50")):
        (change,) = changes[key]
        assert (change["run"], change["commit"]) == (OLD[STEP].run, OLD[STEP].commit)
        assert change["after"] / change["before"] == pytest.approx(1.3, rel=0.03)


def test_what_is_audited_is_kept_for_long_with_how_it_was_made_and_judged(store: Store) -> None:
    done = swarmscope(
        *("check", "whole", "--wait", "0", "--fail", "p95 < 9s"),
        env={**store.env, "INFLUXDB_V2_BUCKET": store.env.get("INFLUXDB_V2_BUCKET", "")},
    )
    assert done.returncode == 0, done.stderr
    # As if the seconds, and all that stands beside them, were gone.
    gone = {**store.env, "INFLUXDB_V2_BUCKET": Settings.from_env(store.env).bucket_long}
    gone["SWARMSCOPE_BUCKET_LONG"] = ""
    found = told(replace(store, env=gone), "whole")
    assert (found["runs"], found["missing_runs"], found["left_out"]) == (1, 9, [])


def test_an_endpoint_that_the_newest_runs_have_no_more_is_no_level_that_stayed(
    store: Store,
) -> None:
    assert told(store, "gone", "--endpoint", "/items")["exit_code"] == 0
    for words in (("--endpoint", "/gone"), ("--each",)):
        found = told(store, "gone", *words)
        assert found["exit_code"] == 5
        said = "GET /gone has no request in the newest 2 runs, since run gone-010,"
        assert said in found["sentence"]


def test_newest_runs_that_are_left_out_or_nobody_audited_say_that_nobody_can_tell(
    store: Store,
) -> None:
    found = told(store, "spoiled")
    assert (found["exit_code"], found["runs"]) == (5, 12)
    assert found["sentence"].endswith(
        "can't tell: the newest 2 runs of it can't be judged: 1 run: incomplete by 4 "
        "(spoiled-012); 1 run: not audited (spoiled-013)."
    )
