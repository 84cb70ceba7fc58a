"""The master's own verdict, while a run goes on and at its end: what `check` says afterwards."""

import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures import stores
from tests.fixtures.locusts import (
    BESIDE,
    LISTENER,
    ORACLE,
    SCENARIOS,
    SHORT,
    STEADY,
    Locusts,
    locusts,
)
from tests.fixtures.locusts_page import get_when_up, post
from tests.fixtures.ports import free_port
from tests.fixtures.server_process import swarmscope
from tests.fixtures.stores import Store

from swarmscope import schema
from swarmscope.errors import ExitCode
from swarmscope.gate.verdict import Verdict
from swarmscope.store.question import Question

pytest.importorskip("yaml", reason="PyYAML is not installed")

CALM = (SCENARIOS / "calm.py", LISTENER)
STAGED = (STEADY, SCENARIOS / "two_stages.py", LISTENER)
LONG = ("--headless", "-u", "4", "-r", "10", "-t", "90", "--only-summary")
UNTIL_CTRL_C = ("--headless", "-u", "4", "-r", "10", "--only-summary")
BUSY = "generators: off\nwarn: [dropped_arrivals < 9999]\n"
"""A test's machine is full, and its users late: that isn't what is judged here."""
ALL_KINDS = """\
generators: off
warm_up: 2s
fail:
  - p95 < 10s
  - failure_rate < 5%
  - failures < 1000
  - requests >= 10
  - 'max of "/failing" < 1s'
  - max < 100ms of each endpoint
  - requests_per_second > 1/s for 4s
  - failures < 1 within 5s
  - 'p50 of CALL "/quick" < 1s within 6s'
  - requests > 5 in stage "few"
  - p50 < 1ms in stage 2
  - failures < 1 in stage "many" over 4s
  - 'p95{worker="worker-0"} < 10s of each endpoint'
  - max(locust_users.count) < 999
  - increase(orders.lost or 0) == 0
warn:
  - 99% under 5s
  - apdex(5ms) > 0.9
  - avg of glob "/s*" < 100ms in the last 5s
  - p99.9 < 10s
  - 'max of "/nowhere" < 1s'
  - dropped_arrivals < 9999
"""


def thresholds(folder: Path, text: str) -> dict[str, str]:
    """Return the settings of a master that judges by *text*."""
    path = folder / "thresholds.yaml"
    path.write_text(text)
    return {"SWARMSCOPE_THRESHOLDS": str(path), "SWARMSCOPE_EXIT_CODE": "on"}


def kept(store: Store, run: str) -> list[dict[str, Any]]:
    """Return the thresholds of *run* as boards have them."""
    rows = store.reader.ask(Question("thresholds", run)).records()
    return [{name: value for name, value in row.items() if name != "judged_at"} for row in rows]


def verdicts(store: Store, run: str) -> list[tuple[int, str]]:
    """Return when and with which words *run* was judged."""
    rows = store.reader.ask(Question("run_events", run)).records()
    return [(row["time"], row["message"]) for row in rows if row["event"] == "verdict"]


def assert_check_agrees(store: Store, run: str, env: dict[str, str], code: int) -> None:
    """Let `swarmscope check` judge *run* anew: all is as its master left it."""
    live, before = kept(store, run), verdicts(store, run)
    assert live
    assert len(before) == 1
    done = swarmscope(
        "check", run, "--thresholds", env["SWARMSCOPE_THRESHOLDS"], env=dict(store.env)
    )
    for before_it, after in zip(live, kept(store, run), strict=True):
        assert after == before_it, done.stdout
    assert verdicts(store, run) == before, done.stdout
    assert done.returncode == code, done.stdout


@pytest.mark.long
def test_live_and_afterwards_agree_on_every_kind_of_threshold(
    swarm: Locusts, store: Store, run: str, tmp_path: Path
) -> None:
    env = {**thresholds(tmp_path, ALL_KINDS), "SWARMSCOPE_LATENCY_RESOLUTION": "2s"}
    headless = ("--headless", "--only-summary", "--expect-workers", "2")
    master = swarm.master(*headless, files=STAGED, env=env)
    resolution = {"SWARMSCOPE_LATENCY_RESOLUTION": "2s"}
    workers = [swarm.worker(files=STAGED, env=resolution) for _ in range(2)]
    code = swarm.wait(master)
    for worker in workers:
        swarm.wait(worker)
    assert code == ExitCode.LIMIT_BROKEN, swarm.log(master)
    outcomes = {row["threshold"]: row["outcome"] for row in kept(store, run)}
    assert set(outcomes.values()) == {"passed", "broken", "can't tell"}
    assert len(outcomes) == ALL_KINDS.count("  - ")
    assert_check_agrees(store, run, env, code)


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize(("severity", "code"), [("fail", 5), ("warn", 0)])
def test_what_is_relative_to_a_baseline_is_left_to_check_and_all_else_agrees(
    swarm: Locusts, store: Store, run: str, tmp_path: Path, *, severity: str, code: int
) -> None:
    relative = "p95 <= +10% of baseline"
    rules = {"fail": ["max < 1s"], "warn": ["dropped_arrivals < 9999"]}
    rules[severity].append(relative)
    lists = "".join(f"{key}: {json.dumps(some)}\n" for key, some in rules.items())
    env = thresholds(tmp_path, f"generators: off\nbaseline: nobody\n{lists}")
    local = swarm.start(*SHORT, files=CALM, env=env)
    assert swarm.wait(local) == ExitCode.FINE, swarm.log(local)
    assert [said for _, said in verdicts(store, run)] == ["passed"]
    live = {row["threshold"]: row for row in kept(store, run)}
    path = env["SWARMSCOPE_THRESHOLDS"]
    done = swarmscope("check", run, "--thresholds", path, env=dict(store.env))
    assert done.returncode == code, done.stdout
    after = {row["threshold"]: row for row in kept(store, run)}
    for each in (live, after):
        assert each.pop(relative)["outcome"] == "can't tell"
    assert after == live


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("code", "word", "files", "text"),
    [
        # Of these requests some fail, for which Locust alone would end with 1.
        (0, "passed", BESIDE, f"{BUSY}fail: [p95 < 10s, failure_rate < 50%]"),
        (0, "warning", CALM, BUSY.replace("[", "[max < 1ms, ")),
        (1, "failed", CALM, f"{BUSY}fail: [max < 1ms]"),
        (5, "inconclusive", CALM, f"{BUSY}fail: ['max of \"/nowhere\" < 1s']"),
    ],
)
def test_the_verdict_is_locust_s_exit_code(
    store: Store, tmp_path: Path, *, code: int, word: str, files: tuple[Path, ...], text: str
) -> None:
    env = thresholds(tmp_path, text)
    run = f"ends-{word}"
    with locusts(tmp_path, {**store.env, "SWARMSCOPE_RUN_ID": run}) as swarm:
        local = swarm.start(*SHORT, files=files, env=env)
        assert swarm.wait(local) == code, swarm.log(local)
    assert [said for _, said in verdicts(store, run)] == [word]
    # And is kept with what else is known of the run when its seconds are gone.
    asked = Question("run_history", bucket=schema.BUCKET_LONG)
    (past,) = (row for row in store.reader.ask(asked).records() if row["run"] == run)
    assert (past["verdict"], past["audit"], past["final"]) == (word, "complete", True)
    assert past["machine"]
    assert past["locustfile_hash"]
    assert_check_agrees(store, run, env, code)


@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize(("theirs", "limit", "code"), [(0, "1ms", 1), (1, "1s", 1), (3, "1ms", 1)])
def test_a_locustfile_s_own_exit_code_hides_no_verdict_and_is_hidden_by_none_that_passed(
    swarm: Locusts, tmp_path: Path, *, theirs: int, limit: str, code: int
) -> None:
    env = thresholds(tmp_path, f"{BUSY}fail: [max < {limit}]")
    files = (*CALM, SCENARIOS / "settles_exit_code.py")
    local = swarm.start(*SHORT, files=files, env={**env, "SCENARIO_EXIT_CODE": str(theirs)})
    assert swarm.wait(local) == code, swarm.log(local)


@pytest.mark.long
def test_each_run_from_the_page_is_judged_by_what_the_file_says_when_it_starts(
    swarm: Locusts, store: Store, run: str, tmp_path: Path
) -> None:
    env = thresholds(tmp_path, "fail: [p95 < 3]")
    port = free_port()
    files = (CALM[0], ORACLE, LISTENER)
    local = swarm.start("--web-host", "127.0.0.1", "--web-port", str(port), files=files, env=env)
    page = f"http://127.0.0.1:{port}/"
    get_when_up(page)
    assert "SWARMSCOPE_THRESHOLDS can't be used" in swarm.log(local)
    for number, text in enumerate(("fail: [p95 < 3]", "fail: [max < 1s]", "fail: [max < 1ms]"), 1):
        Path(env["SWARMSCOPE_THRESHOLDS"]).write_text(BUSY + text)
        post(f"{page}swarm", user_count="2", spawn_rate="2")
        swarm.wait_for(local, "All users spawned", times=number)
        swarm.wait_for_requests(10)
        post(f"{page}stop")
    local.send_signal(signal.SIGTERM)
    assert swarm.wait(local) == ExitCode.LIMIT_BROKEN, swarm.log(local)
    found = [verdicts(store, name) for name in (run, f"{run}-2", f"{run}-3")]
    assert [[said for _, said in each] for each in found] == [
        ["inconclusive"],
        ["passed"],
        ["failed"],
    ], swarm.log(local)


def test_a_broken_threshold_ends_the_test_and_fails_it_whatever_comes_later(
    swarm: Locusts, store: Store, run: str, tmp_path: Path
) -> None:
    text = f"{BUSY}fail:\n  - {{threshold: failures < 3, abort: true, delay: 2s}}\n"
    env = thresholds(tmp_path, text)
    local = swarm.start(*LONG, files=BESIDE, env=env)
    assert swarm.wait(local) == ExitCode.LIMIT_BROKEN, swarm.log(local)
    assert "The test is ended: failures < 3 is broken" in swarm.log(local)
    events = store.reader.ask(Question("run_events", run)).records()
    order = [row["event"] for row in events if row["event"] in ("start", "abort", "stop")]
    assert order == ["start", "abort", "stop"]
    times = {row["event"]: row["time"] for row in events}
    assert 2_000 <= times["abort"] - times["start"] < 30_000
    assert_check_agrees(store, run, env, ExitCode.LIMIT_BROKEN)


@pytest.mark.sample(3)
@pytest.mark.parametrize("text", ["fail: [p95 < 3", "fail: [p95 < 3]", None])
def test_a_file_that_can_t_be_used_starts_no_test_without_a_page(
    swarm: Locusts, store: Store, run: str, tmp_path: Path, text: str | None
) -> None:
    env = thresholds(tmp_path, text or "")
    if text is None:
        Path(env["SWARMSCOPE_THRESHOLDS"]).unlink()
    local = swarm.start(*SHORT, files=CALM, env=env)
    assert swarm.wait(local) == ExitCode.WRONG_USAGE, swarm.log(local)
    log = swarm.log(local)
    assert "SWARMSCOPE_THRESHOLDS can't be used, and the test doesn't start." in log
    assert "Traceback" not in log
    assert run not in {row["run"] for row in store.reader.ask(Question("runs")).records()}


def test_an_exit_code_without_a_file_to_judge_by_starts_no_test_without_a_page(
    swarm: Locusts,
) -> None:
    local = swarm.start(*SHORT, files=CALM, env={"SWARMSCOPE_EXIT_CODE": "on"})
    assert swarm.wait(local) == ExitCode.WRONG_USAGE, swarm.log(local)
    assert "SWARMSCOPE_THRESHOLDS names no file: there would be no verdict" in swarm.log(local)


@pytest.mark.parametrize("text", ["fail: [requests > 1]", None])
def test_an_exit_code_that_is_neither_on_nor_off_starts_no_test_without_a_page(
    swarm: Locusts, store: Store, run: str, tmp_path: Path, text: str | None
) -> None:
    """Off would be green by Locust's own word, and nobody had looked."""
    env = thresholds(tmp_path, text) if text else {}
    local = swarm.start(*SHORT, files=CALM, env={**env, "SWARMSCOPE_EXIT_CODE": "yes please"})
    assert swarm.wait(local) == ExitCode.WRONG_USAGE, swarm.log(local)
    log = swarm.log(local)
    assert "SWARMSCOPE_EXIT_CODE is 'yes please', which can't be used: it isn't one of on" in log
    assert "the test doesn't start. Nothing was requested or recorded. Set SWARMSCOPE_EXIT" in log
    assert "Traceback" not in log
    assert "taken for on" not in log
    assert run not in {row["run"] for row in store.reader.ask(Question("runs")).records()}


@pytest.mark.long
def test_with_a_page_an_exit_code_that_is_mistyped_is_the_verdict_s(
    swarm: Locusts, tmp_path: Path
) -> None:
    env = {**thresholds(tmp_path, "fail: [requests < 1]"), "SWARMSCOPE_EXIT_CODE": "onn"}
    page = ("--web-host", "127.0.0.1", "--web-port", str(free_port()), "--autostart")
    short = [word for word in SHORT if word != "--headless"]
    local = swarm.start(*short, *page, "--autoquit", "0", files=CALM, env=env)
    assert swarm.wait(local) == ExitCode.LIMIT_BROKEN, swarm.log(local)
    assert "SWARMSCOPE_EXIT_CODE is 'onn', which can't be used" in swarm.log(local)
    assert "It is taken for on: the exit code is the verdict's." in swarm.log(local)


def test_a_judge_that_breaks_down_lets_no_run_pass(swarm: Locusts, tmp_path: Path) -> None:
    env = thresholds(tmp_path, "fail: [max < 1s]")
    local = swarm.start(*SHORT, files=(*CALM, SCENARIOS / "judge_breaks_down.py"), env=env)
    assert swarm.wait(local) == ExitCode.INCONCLUSIVE, swarm.log(local)
    log = swarm.log(local)
    assert "RuntimeError: the judge broke down" in log
    assert "has no verdict, and SWARMSCOPE_EXIT_CODE is on: the exit code is 5" in log


@pytest.mark.long
def test_a_dead_store_blinds_no_master(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = f"{BUSY}fail: [{{threshold: max < 1ms, abort: on, delay: 6s}}, requests > 10]\n"
    env = thresholds(tmp_path, text)
    with stores.embedded(tmp_path / "store") as store:
        more = {**store.env, **env, "SWARMSCOPE_RUN_ID": request.node.name}
        with locusts(tmp_path, {**more, "SWARMSCOPE_FLUSH_TIMEOUT": "2s"}) as swarm:
            master = swarm.forked(*LONG, files=CALM)
            swarm.wait_for_users(master)
            os.kill(store.pid, signal.SIGKILL)
            assert swarm.wait(master) == ExitCode.LIMIT_BROKEN, swarm.log(master)
            assert "failed: max < 1ms is broken: 5" in swarm.log(master)
            assert "The test is ended: max < 1ms is broken" in swarm.log(master)


@pytest.mark.long
def test_who_ends_a_test_by_hand_has_its_verdict(
    swarm: Locusts, store: Store, run: str, tmp_path: Path
) -> None:
    """Of one without a time that is how it ends."""
    env = thresholds(tmp_path, f"{BUSY}fail: [max < 1s]\n")
    local = swarm.start(*UNTIL_CTRL_C, files=CALM, env=env)
    swarm.wait_for_users(local)
    time.sleep(3)  # where nothing was due yet nobody can tell what of it was dropped
    local.send_signal(signal.SIGINT)
    assert swarm.wait(local) == ExitCode.FINE, swarm.log(local)
    assert [said for _, said in verdicts(store, run)] == ["passed"]
    assert_check_agrees(store, run, env, ExitCode.FINE)


@pytest.mark.long
@pytest.mark.parametrize(
    ("how", "verdict"),
    [
        (signal.SIGINT, Verdict.INCONCLUSIVE),
        (signal.SIGTERM, Verdict.INCONCLUSIVE),
        (signal.SIGINT, Verdict.FAILED),
    ],
)
def test_a_signal_that_ends_a_test_long_before_its_time_lets_it_not_pass(
    swarm: Locusts, any_store: Store, tmp_path: Path, how: signal.Signals, verdict: Verdict
) -> None:
    """Three seconds of 90 are not the load that was asked for; what was broken in them was."""
    run, limit = f"cut-{how.name}-{verdict}", "1ms" if verdict is Verdict.FAILED else "1s"
    env = {**thresholds(tmp_path, f"{BUSY}fail: [max < {limit}]\n"), **any_store.env}
    local = swarm.start(*LONG, files=CALM, env={**env, "SWARMSCOPE_RUN_ID": run})
    swarm.wait_for_users(local)
    time.sleep(3)
    local.send_signal(how)
    code = verdict.exit_code
    assert swarm.wait(local) == code, swarm.log(local)
    assert "swarmscope failed" not in swarm.log(local)
    said = r"Locust's process was told to end after 0:00:\d\d of 0:01:30: the load that was asked"
    if verdict is Verdict.INCONCLUSIVE:
        assert re.search(f"Run {run} is inconclusive: {said}", swarm.log(local))
    assert [found for _, found in verdicts(any_store, run)] == [verdict]
    assert_check_agrees(any_store, run, env, code)


@pytest.mark.long
def test_who_ends_a_test_on_the_page_before_its_time_has_its_verdict_with_a_note(
    swarm: Locusts, store: Store, run: str, tmp_path: Path
) -> None:
    env = thresholds(tmp_path, f"{BUSY}fail: [max < 1s]\n")
    port = free_port()
    page = f"http://127.0.0.1:{port}/"
    local = swarm.start("--web-host", "127.0.0.1", "--web-port", str(port), files=CALM, env=env)
    get_when_up(page)
    for number, time_of_it in enumerate(({"run_time": "90s"}, {}), 1):
        post(f"{page}swarm", user_count="2", spawn_rate="2", **time_of_it)
        swarm.wait_for(local, "All users spawned", times=number)
        time.sleep(3)
        post(f"{page}stop")
        swarm.wait_for(local, "2 thresholds kept", times=number)
    local.send_signal(signal.SIGTERM)
    assert swarm.wait(local) == ExitCode.FINE, swarm.log(local)
    notes = re.findall(r"note  it was ended after 0:00:\d\d of 0:01:30\.", swarm.log(local))
    assert len(notes) == 1, "of the second nobody said how long it was to last"
    file = env["SWARMSCOPE_THRESHOLDS"]
    done = swarmscope("check", run, "--thresholds", file, env=dict(store.env))
    assert done.returncode == ExitCode.FINE, done.stdout
    assert "note  it was ended after 0:00:0" in done.stdout


@pytest.mark.long
def test_a_worker_that_is_killed_leaves_the_run_inconclusive(
    swarm: Locusts, store: Store, run: str, tmp_path: Path
) -> None:
    env = thresholds(tmp_path, f"{BUSY}fail: [max < 1s]\n")
    master = swarm.master(*LONG[:-3], "-t", "12", "--expect-workers", "2", files=CALM, env=env)
    workers = [swarm.worker(files=CALM) for _ in range(2)]
    swarm.wait_for_users(master)
    swarm.wait_for(master, "is recorded")
    workers[0].kill()
    assert swarm.wait(master) == ExitCode.INCONCLUSIVE, swarm.log(master)
    assert [said for _, said in verdicts(store, run)] == ["inconclusive"]
