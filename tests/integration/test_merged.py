"""What a master makes of its workers' reports, held against the workers' own points."""

import signal
import urllib.request
from pathlib import Path

import pytest
from tests.fixtures.agreement import (
    assert_complete,
    assert_merged,
    assert_summary,
    points_of,
)
from tests.fixtures.locusts import BESIDE, SCENARIOS, SHORT, Locusts, free_port, locusts
from tests.fixtures.patience import wait_until
from tests.fixtures.stores import Store

from swarmscope import schema

FILES = (*BESIDE, SCENARIOS / "ends_when_told.py")
HEADLESS = ("--headless", "-u", "24", "-r", "24", "--only-summary")


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_what_is_merged_is_what_the_workers_wrote_also_of_one_that_comes_late(
    tmp_path: Path, any_store: Store, request: pytest.FixtureRequest
) -> None:
    run = f"merged-{request.node.callspec.id}"
    ended = tmp_path / "ended"
    env = {**any_store.env, "SWARMSCOPE_RUN_ID": run, "SCENARIO_END": str(ended)}
    with locusts(tmp_path, env) as swarm:
        master = swarm.master(*HEADLESS, "--expect-workers", "2", files=FILES)
        workers = [swarm.worker(files=FILES) for _ in range(2)]
        swarm.wait_for_users(master)
        swarm.wait_for_requests(400)
        workers.append(swarm.worker(files=FILES))
        swarm.wait_for(master, "(index 2) reported as ready")
        swarm.wait_for_requests(2_000)
        ended.touch()
        for process in (*workers, master):
            swarm.wait(process)
        assert_complete(any_store, run)
        assert_merged(any_store, run)
        whole = points_of(any_store, run, schema.LOCUST_SUMMARY.name)["master", "Aggregated"]
        assert len(whole) >= 2, "while it went on, too"
        counts = [whole[time]["count"] for time in sorted(whole)]
        assert counts == sorted(counts)
        long = any_store.env.get("SWARMSCOPE_BUCKET_LONG", "")
        if long:
            assert_summary(any_store, run, long)
            minutes = points_of(any_store, run, schema.LOCUST_MERGED_STATS.name, long)
            told = sum(of["count"] for of in minutes["master", "Aggregated"].values())
            assert told == counts[-1]


@pytest.mark.long
def test_a_summary_never_tells_of_more_than_the_workers_wrote_up_to_its_moment(
    swarm: Locusts, store: Store, run: str
) -> None:
    """Boards believe one that tells of as much; less is one of a worker that was late."""
    short = ("--headless", "-u", "12", "-r", "12", "-t", "24", "--only-summary")
    master = swarm.master(*short, "--expect-workers", "2", files=BESIDE)
    workers = [swarm.worker(files=BESIDE) for _ in range(2)]
    for process in (master, *workers):
        swarm.wait(process)
    summaries = points_of(store, run, schema.LOCUST_SUMMARY.name)["master", "Aggregated"]
    own = points_of(store, run, schema.LOCUST_STATS.name)
    assert len(summaries) >= 3
    for until, fields in sorted(summaries.items()):
        told = sum(
            of["count"]
            for (_, name), by_time in own.items()
            for time, of in by_time.items()
            if name == "Aggregated" and time <= until
        )
        assert fields["count"] <= told
    assert fields["count"] == told


@pytest.mark.release
@pytest.mark.long
def test_children_of_processes_are_merged_by_their_parent(
    swarm: Locusts, store: Store, run: str
) -> None:
    swarm.wait(swarm.forked(*SHORT, files=BESIDE))
    assert_complete(store, run)
    assert_merged(store, run)


@pytest.mark.long
def test_a_local_run_has_a_summary_and_no_merged_series(
    swarm: Locusts, store: Store, run: str
) -> None:
    swarm.wait(swarm.start(*SHORT, files=BESIDE))
    assert_complete(store, run)
    assert_summary(store, run)
    assert not points_of(store, run, schema.LOCUST_MERGED_STATS.name)


@pytest.mark.release
@pytest.mark.long
def test_a_reset_of_locusts_statistics_changes_nothing_that_is_merged(
    swarm: Locusts, store: Store, run: str
) -> None:
    short = (*SHORT, "--reset-stats")
    master = swarm.master(*short, "--expect-workers", "2", files=BESIDE)
    workers = [swarm.worker(files=BESIDE) for _ in range(2)]
    for process in (master, *workers):
        swarm.wait(process)
    assert_complete(store, run)
    assert_merged(store, run)


@pytest.mark.release
@pytest.mark.long
def test_what_is_merged_ends_where_a_killed_worker_told_last(
    tmp_path: Path, store: Store, run: str
) -> None:
    """What it had then may be stored, and the master knows nothing of it."""
    ended = tmp_path / "ended"
    env = {**store.env, "SWARMSCOPE_RUN_ID": run, "SCENARIO_END": str(ended)}
    with locusts(tmp_path, env) as swarm:
        master = swarm.master(*HEADLESS, "--expect-workers", "2", files=FILES)
        first, second = (swarm.worker(files=FILES) for _ in range(2))
        swarm.wait_for_users(master)
        wait_until(lambda: points_of(store, run, schema.LOCUST_MERGED_STATS.name))
        first.send_signal(signal.SIGKILL)
        first.wait()
        swarm.wait_for_requests(400)
        ended.touch()
        for process in (second, master):
            swarm.wait(process)
        assert "told the master too late" not in swarm.log(master)
        assert "didn't tell the master to the end what it counted (worker-" in swarm.log(master)
    _assert_merged_to_its_end(store, run)


def _assert_merged_to_its_end(store: Store, run: str) -> None:
    own = points_of(store, run, schema.LOCUST_STATS.name)
    merged = points_of(store, run, schema.LOCUST_MERGED_STATS.name)["master", "Aggregated"]
    workers_own = [of for (_, name), of in own.items() if name == "Aggregated"]
    assert len(workers_own) == 2
    assert max(max(of) for of in workers_own) > max(merged), "one went on"
    for time, fields in merged.items():
        assert fields["count"] == sum(of[time]["count"] for of in workers_own if time in of)


@pytest.mark.long
def test_a_killed_master_leaves_what_it_merged_and_its_workers_all_they_had(
    swarm: Locusts, store: Store, run: str
) -> None:
    master = swarm.master(*HEADLESS, "--expect-workers", "2", files=BESIDE)
    workers = [swarm.worker(files=BESIDE) for _ in range(2)]
    swarm.wait_for_users(master)
    swarm.wait_for_requests(400)
    wait_until(lambda: points_of(store, run, schema.LOCUST_MERGED_STATS.name))
    master.kill()
    master.wait()
    swarm.wait_for_requests(400)
    for process in workers:
        process.send_signal(signal.SIGTERM)
        swarm.wait(process)
    _assert_merged_to_its_end(store, run)


@pytest.mark.long
def test_two_runs_one_right_after_the_other_are_merged_apart(
    swarm: Locusts, store: Store, run: str
) -> None:
    page = f"http://127.0.0.1:{free_port()}"
    web = ("--web-host", "127.0.0.1", "--web-port", page.rpartition(":")[2])
    master = swarm.master(*web, files=BESIDE)
    workers = [swarm.worker(files=BESIDE) for _ in range(2)]
    swarm.wait_for(master, "(index 1) reported as ready")
    wait_until(lambda: _answers(page))
    for _ in range(2):
        _ask(f"{page}/swarm", b"user_count=8&spawn_rate=8")
        swarm.wait_for_requests(300)
        _ask(f"{page}/stop", b"")
    for process in (master, *workers):
        process.send_signal(signal.SIGTERM)
        swarm.wait(process)
    for name in (run, f"{run}-2"):
        assert_complete(store, name)
        assert_merged(store, name)


def _answers(url: str) -> bool:
    try:
        _ask(url)
    except OSError:
        return False
    return True


def _ask(url: str, data: bytes | None = None) -> None:
    with urllib.request.urlopen(url, data, timeout=60) as answer:
        assert answer.status == 200
