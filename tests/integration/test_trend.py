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
