"""Somebody who asks a process to end, again and again, until it has."""

import signal
import subprocess
from collections.abc import Sequence

import pytest
from tests.fixtures.agreement import assert_complete, assert_store_agrees
from tests.fixtures.locusts import BESIDE, LISTENER, SCENARIOS, Locusts
from tests.fixtures.stores import Store

from swarmscope.runs.audit import Verdict, audit_when_settled

INT, TERM = signal.SIGINT, signal.SIGTERM
_EVERY_S = 0.1
_LONG = ("--headless", "-u", "2", "-r", "9", "--only-summary")


def ask_until_it_ends(process: "subprocess.Popen[str]", signals: Sequence[signal.Signals]) -> None:
    """Send *signals* in turn; the process's own limits end it long before our patience does."""
    for number in range(600):
        process.send_signal(signals[number % len(signals)])
        try:
            process.wait(timeout=_EVERY_S)
        except subprocess.TimeoutExpired:
            continue
        return
    raise AssertionError("it did not end")


def assert_no_traceback_of_ours(log: str) -> None:
    assert "Exception ignored in" not in log
    assert "agent/agent.py" not in log


@pytest.mark.parametrize("signals", [(INT,), (TERM,), (INT, TERM)], ids=["int", "term", "both"])
def test_all_is_stored_and_the_log_has_no_traceback(
    swarm: Locusts, store: Store, run: str, signals: tuple[signal.Signals, ...]
):
    local = swarm.start(*_LONG, files=BESIDE)
    swarm.wait_for_users(local)
    ask_until_it_ends(local, signals)
    assert_no_traceback_of_ours(swarm.log(local))
    assert_store_agrees(store, run, swarm.witnessed())
    assert_complete(store, run)


@pytest.mark.long
@pytest.mark.parametrize("signals", [(INT,), (TERM,)], ids=["int", "term"])
def test_no_marker_is_false_where_requests_go_on(
    swarm: Locusts, store: Store, run: str, signals: tuple[signal.Signals, ...]
):
    files = (SCENARIOS / "goes_on.py", LISTENER)
    local = swarm.start(*_LONG, files=files, env={"SCENARIO_PAUSE_S": "0.05"})
    swarm.wait_for_users(local)
    ask_until_it_ends(local, signals)
    assert_no_traceback_of_ours(swarm.log(local))
    assert audit_when_settled(store.reader, run, 0).verdict is not Verdict.COMPLETE
