"""What anybody can send to the port of Locust's master, while a test runs."""

from collections.abc import Iterator
from pathlib import Path

import msgpack
import psutil
import pytest
import zmq
from tests.fixtures import stores
from tests.fixtures.agreement import assert_complete, assert_merged
from tests.fixtures.locusts import BESIDE, SCENARIOS, SHORT, locusts

RUN = "attacked"
SAYS = "the master listens again"
MESSAGES = (
    msgpack.dumps(["locustfile", None, "evil"]),
    msgpack.dumps(["exception", {}, "evil"]),
    msgpack.dumps(["one", "two", "three", "four"]),
    msgpack.dumps(7),
    b"",
)
"""Each of them ends the greenlet in which the master listens."""
QUESTIONS = tuple(
    msgpack.dumps(("swarmscope_ask", data, node))
    for data in ({"sent": 1.0}, {"sent": "1"}, {}, [1], None, 5)
    for node in (5, None, [], {}, "nobody", "x" * 2_000)
)
"""What workers ask our master, from somebody who isn't one."""
TALLY = [10**6, 0, 10**6, 5e6, 5.0, 5.0, 0, [80], [10**6]]
REPORTS = tuple(
    msgpack.dumps(("swarmscope_report", data, node))
    for data in (
        {"run": RUN, "number": 1, "windows": [[10**9, TALLY]], "start": 0, "endpoints": []},
        {"run": RUN, "number": 1, "windows": [], "start": 10**9, "endpoints": [["/quick", *TALLY]]},
        {"run": RUN, "number": float("nan"), "windows": 5},
        {},
        None,
        [[[[]]]] * 1_000,
    )
    for node in ("nobody", "", None, 5)
)
"""What workers tell our master that they counted, from somebody who isn't one."""


@pytest.fixture
def stranger() -> Iterator[zmq.Socket[bytes]]:
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        # One that is a text, else Locust stops reading there.
        socket.setsockopt(zmq.IDENTITY, b"evil")
        yield socket


@pytest.mark.long
def test_no_message_ends_a_test_or_keeps_workers_out(
    tmp_path: Path, stranger: zmq.Socket[bytes]
) -> None:
    with (
        stores.embedded(tmp_path / "store") as store,
        locusts(tmp_path, {**store.env, "SWARMSCOPE_RUN_ID": RUN}) as swarm,
    ):
        headless = ("--headless", "-u", "4", "-r", "10", "-t", "10", "--only-summary")
        master = swarm.master(*headless, "--expect-workers", "1", files=BESIDE)
        worker = swarm.worker(files=BESIDE)
        swarm.wait_for_users(master)
        stranger.connect(f"tcp://127.0.0.1:{swarm.master_port}")
        for times, message in enumerate(MESSAGES, start=1):
            stranger.send(message)
            swarm.wait_for(master, "Unhandled exception in greenlet", times=times)
        swarm.wait_for(master, SAYS)
        for message in QUESTIONS:
            stranger.send(message)
        swarm.wait_for(master, "none of its workers")
        for message in REPORTS:
            stranger.send(message)
        swarm.wait_for(master, "no worker sent it")
        # It hears whoever comes now.
        late = swarm.worker(files=BESIDE)
        swarm.wait_for(master, "2 workers connected")
        for process in (master, worker, late):
            swarm.wait(process)
        log = swarm.log(master)
        assert log.count(SAYS) == 1
        assert log.count("none of its workers") == 1
        assert log.count("A report to Locust's master is none") == 1
        for trouble in ("failed to send heartbeat", "swarmscope failed", "Retry"):
            assert trouble not in log
        assert_complete(store, RUN)
        assert_merged(store, RUN)


@pytest.mark.release
@pytest.mark.long
def test_a_message_larger_than_any_of_a_worker_s_is_not_read(
    tmp_path: Path, stranger: zmq.Socket[bytes]
) -> None:
    """One of the size of its memory ended the master, and the test."""
    with (
        stores.embedded(tmp_path / "store") as store,
        locusts(tmp_path, {**store.env, "SWARMSCOPE_RUN_ID": RUN}) as swarm,
    ):
        headless = ("--headless", "-u", "4", "-r", "10", "-t", "10", "--only-summary")
        master = swarm.master(*headless, "--expect-workers", "1", files=BESIDE)
        worker = swarm.worker(files=BESIDE)
        swarm.wait_for_users(master)
        before = psutil.Process(master.pid).memory_info().rss
        ended = stranger.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        stranger.connect(f"tcp://127.0.0.1:{swarm.master_port}")
        stranger.send(bytes(200 * 2**20), copy=False)
        assert ended.poll(60_000), "the master reads it"
        stranger.send(MESSAGES[0])
        swarm.wait_for(master, SAYS)
        assert psutil.Process(master.pid).memory_info().rss - before < 100 * 2**20
        for process in (master, worker):
            swarm.wait(process)
        assert "Unrecognized message" not in swarm.log(master)
        assert_complete(store, RUN)


@pytest.mark.long
def test_a_worker_says_that_its_message_is_too_large_and_goes_on(tmp_path: Path) -> None:
    files = (*BESIDE, SCENARIOS / "shouts.py")
    with (
        stores.embedded(tmp_path / "store") as store,
        locusts(tmp_path, {**store.env, "SWARMSCOPE_RUN_ID": RUN}) as swarm,
    ):
        master = swarm.master(*SHORT, "--expect-workers", "1", files=files)
        worker = swarm.worker(files=files)
        for process in (master, worker):
            swarm.wait(process)
        said = "Locust's message 'notes' to its master has 9.0 MiB, and a master with swarmscope"
        assert swarm.log(worker).count(said) == 1
        assert_complete(store, RUN)
