"""Rows of a file over real workers: each once, however these come and go, or a clear error."""

import signal
from pathlib import Path

import pytest
from tests.fixtures.locusts import ORACLE, SCENARIOS, Locusts, locusts

FILES = (SCENARIOS / "feeds.py", ORACLE)
ROWS = 300
USERS = ("--headless", "--only-summary", "-u", "12", "-r", "100", "--stop-timeout", "5")


@pytest.fixture
def swarm(tmp_path: Path, request: pytest.FixtureRequest):
    """Processes without a store: a feeder needs no listener."""
    with locusts(tmp_path, {"FEEDER_AT_END": "quit"}) as started:
        yield started


def rows(folder: Path, *, count: int = ROWS, columns: str = "id,kind") -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    path = folder / "rows.csv"
    path.write_text(f"{columns}\n" + "".join(f"row {i},csv\n" for i in range(count)))
    return {"FEEDER_FILE": str(path)}


def used(swarm: Locusts) -> dict[str, int]:
    return {name: len(seen.times) for (name, _), seen in swarm.witnessed().items()}


@pytest.mark.long
def test_workers_use_each_row_once_and_the_test_ends_with_the_last(swarm: Locusts, tmp_path: Path):
    """One of them comes late, and no worker has the file."""
    gate = tmp_path / "gate"
    env, nowhere = rows(tmp_path / "master"), {"FEEDER_FILE": str(tmp_path / "rows.csv")}
    nowhere["FEEDER_GATE"] = str(gate)
    options = (*USERS, "--expect-workers", "2", "--enable-rebalancing")
    master = swarm.master(*options, files=FILES, env=env)
    workers = [swarm.worker(files=FILES, env=nowhere) for _ in range(2)]
    swarm.wait_for_users(master)
    late = swarm.worker(files=FILES, env=nowhere)
    workers.append(late)
    swarm.wait_for_requests_of(late)
    gate.touch()
    assert [swarm.wait(process) for process in (master, *workers)] == [0] * 4
    assert used(swarm) == {f"row {i}": 1 for i in range(ROWS)}
    log = swarm.log(master)
    assert "rows.csv is at its end: all 300 rows are dealt. The test ends, as at_end says." in log
    assert "300 rows of rows.csv were dealt in this run; it has 300." in log


@pytest.mark.long
def test_rows_of_a_worker_that_is_lost_are_dealt_to_nobody_else(swarm: Locusts, tmp_path: Path):
    env = rows(tmp_path / "all")
    master = swarm.master(*USERS, "--expect-workers", "2", files=FILES, env=env)
    stays, lost = (swarm.worker(files=FILES, env=env) for _ in range(2))
    swarm.wait_for_requests(ROWS // 10)
    lost.send_signal(signal.SIGKILL)
    assert [swarm.wait(process) for process in (master, stays)] == [0, 0]
    counts = used(swarm)
    assert set(counts.values()) == {1}
    # Of what the worker had been given a few may not have been used; each of the others was.
    assert ROWS - 12 <= len(counts) <= ROWS


@pytest.mark.long
def test_a_worker_whose_file_has_other_columns_is_refused_its_rows(swarm: Locusts, tmp_path: Path):
    env, other = rows(tmp_path / "master"), rows(tmp_path / "worker", columns="id,name")
    master = swarm.master(*USERS, "--expect-workers", "2", files=FILES, env=env)
    fits, differs = (swarm.worker(files=FILES, env=one) for one in (env, other))
    for process in (master, fits, differs):
        swarm.wait(process)
    assert used(swarm) == {f"row {i}": 1 for i in range(ROWS)}
    assert (
        "rows.csv has the columns id, name on this worker, and id, kind on its master. The users "
        "of this worker are given no rows." in swarm.log(differs)
    )


@pytest.mark.long
def test_a_file_begins_again_where_that_was_wanted(swarm: Locusts, tmp_path: Path):
    env = {**rows(tmp_path, count=7), "FEEDER_AT_END": "again"}
    swarm.wait(swarm.start(*USERS, "-t", "2", files=FILES, env=env))
    counts = used(swarm)
    assert counts.keys() == {f"row {i}" for i in range(7)}
    assert max(counts.values()) - min(counts.values()) <= 2, "Locust ends users in their work"
    assert min(counts.values()) > 1


@pytest.mark.long
def test_users_stop_for_whom_there_is_no_row(swarm: Locusts, tmp_path: Path):
    env = {**rows(tmp_path, count=7), "FEEDER_AT_END": "stop"}
    process = swarm.start(*USERS, "-t", "3", files=FILES, env=env)
    assert swarm.wait(process) == 0
    assert used(swarm) == {f"row {i}": 1 for i in range(7)}
    assert "all 7 rows are dealt. Users that ask for one more stop" in swarm.log(process)


@pytest.mark.long
def test_a_missing_file_is_told_before_anything_starts(swarm: Locusts, tmp_path: Path):
    process = swarm.start(*USERS, files=FILES, env={"FEEDER_FILE": str(tmp_path / "no.csv")})
    assert swarm.wait(process) == 2
    said = swarm.log(process)
    assert f"{tmp_path / 'no.csv'} can't be read (No such file or directory)." in said
    assert "Traceback" not in said
