"""The demo's child processes: they are watched, and none outlives its parent."""

import os
import signal
import site
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from swarmscope.demo import ports, processes
from swarmscope.demo.processes import (
    ChildError,
    Family,
    PortTakenError,
    environment,
    wait_until_ready,
)
from swarmscope.errors import ExitCode

PROGRAMS = """
import os, signal, site, sys, time

def patient():
    print("ready", flush=True)
    time.sleep(600)

def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("ready", flush=True)
    time.sleep(600)

def polite():
    def end(*_):
        os.write(1, b"flushed\\n")  # print can't be entered twice
        sys.exit(0)
    signal.signal(signal.SIGTERM, end)
    os.write(1, b"ready\\n")
    while True:
        time.sleep(0.05)  # a signal that comes just before a sleep is heard only after it

def broken():
    print("about to fail", flush=True)
    sys.exit("the disk is full")

def show():
    print(sys.argv, os.environ.get("INFLUXDB_V2_URL"), os.environ.get("LOCUST_HOST"))
    print("stdin:", repr(sys.stdin.read()))

def home():
    print(os.listdir("."), os.listdir(os.path.expanduser("~")), site.getuserbase())
"""


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Family:
    (tmp_path / "programs.py").write_text(PROGRAMS)
    monkeypatch.setenv("LOCUST_HOST", "http://elsewhere")
    env = {"PYTHONPATH": str(tmp_path), "INFLUXDB_V2_URL": "http://here"}
    return Family(tmp_path / "logs", environment(env))


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        signal.sigtimedwait([], 0.01)


def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_leaving_the_family_ends_each_child(family: Family) -> None:
    with family:
        children = [family.start(f"child-{i}", "programs:patient") for i in range(3)]
        assert [child.exit_code for child in children] == [None] * 3
    assert all(_gone(child.pid) for child in children)


def test_a_child_is_asked_before_it_is_killed(family: Family) -> None:
    with family:
        child = family.start("child", "programs:polite")
        _until(lambda: "ready" in child.log.read_text())
    assert child.exit_code == 0
    assert "flushed" in child.log.read_text()


def test_an_exception_ends_the_children_too(family: Family) -> None:
    def fail() -> None:
        with family:
            family.start("child", "programs:patient")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _gone(family.children[0].pid)


def test_a_second_ctrl_c_does_not_wait_for_the_stubborn(family: Family) -> None:
    def interrupt() -> None:
        with family:
            child = family.start("child", "programs:stubborn")
            _until(lambda: "ready" in child.log.read_text())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert family.children[0].exit_code == -signal.SIGKILL


def test_a_child_that_fails_is_told_with_its_last_lines_and_a_bad_exit_code(
    family: Family,
) -> None:
    with family:
        child = family.start("shop", "programs:broken")
        child.wait(60)
        with pytest.raises(ChildError, match="The shop ended with code 1") as caught:
            family.check()
        assert "about to fail" in str(caught.value)
        assert "the disk is full" in str(caught.value)
        assert str(child.log) in str(caught.value)
        assert caught.value.exit_code is not ExitCode.FINE
        family.check(but=[child])


def test_waiting_for_a_server_that_dies_tells_why_at_once(family: Family) -> None:
    with family:
        child = family.start("store", "programs:broken")
        with pytest.raises(ChildError, match="the disk is full"):
            wait_until_ready(family, child, "http://127.0.0.1:1/health", patience=3600)


def test_waiting_for_a_server_that_never_answers_ends(family: Family) -> None:
    with family:
        child = family.start("store", "programs:patient")
        with pytest.raises(ChildError, match="did not answer"):
            wait_until_ready(family, child, "http://127.0.0.1:1/health", patience=0)


def test_children_see_our_settings_and_not_those_of_the_shell(family: Family) -> None:
    with family:
        child = family.start("child", "programs:show", "--port", "1")
        child.wait(60)
        assert child.log.read_text().splitlines() == [
            "['programs', '--port', '1'] http://here None",
            "stdin: ''",
        ]


def test_a_child_finds_no_settings_of_the_user_s_at_home_or_here(
    family: Family, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locust reads ~/.locust.conf: the demo's users bought nothing."""
    (tmp_path / ".locust.conf").write_text("tags = none")
    monkeypatch.setenv("HOME", str(tmp_path))
    with family:
        child = family.start("child", "programs:home")
        child.wait(60)
        # Packages that were installed for the user alone are found all the same.
        assert child.log.read_text() == f"[] [] {site.getuserbase()}\n"


def test_a_child_that_had_no_room_to_say_why_it_ended_is_told_so(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    with family:
        child = family.start("store", "programs:polite")
        assert child.tail() in ("    (its log is empty)", "    ready")
        monkeypatch.setattr(processes, "_LITTLE", 2**62)
        assert f"KiB are left on the disk of {child.log.parent}: free" in child.tail()


def test_a_port_that_somebody_took_meanwhile_is_told_from_other_ends(family: Family) -> None:
    with family:
        store = family.start("store", "programs:patient", ports=[1])
        with socket.create_server((ports.HOST, 0)) as other:
            taken = int(other.getsockname()[1])
            shop = family.start("shop", "programs:broken", ports=[1, taken])
            shop.wait(60)
            with pytest.raises(PortTakenError, match="The shop ended, because somebody") as caught:
                wait_until_ready(family, store, "http://127.0.0.1:1/health")
            assert (caught.value.name, caught.value.port) == ("shop", taken)
        with pytest.raises(ChildError, match="the disk is full"):
            wait_until_ready(family, store, "http://127.0.0.1:1/health")


PARENT = """
    import sys, time
    from pathlib import Path
    from swarmscope.demo.processes import Family, environment
    folder = Path(sys.argv[1])
    family = Family(folder / "logs", environment({"PYTHONPATH": str(folder)}))
    with family:
        print(*(family.start(name, f"programs:{name}").pid for name in ("patient", "polite")))
        sys.stdout.flush()
        while not all("ready" in c.log.read_text() for c in family.children):
            time.sleep(0.01)
        print("ready", flush=True)
        time.sleep(600)
"""


def test_children_end_when_their_parent_is_killed_with_sigkill(
    tmp_path: Path, family: Family
) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert parent.stdout.readline() == "ready\n"
    assert len(pids) == 2
    assert not any(_gone(pid) for pid in pids)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    _until(lambda: all(_gone(pid) for pid in pids))
    assert "flushed" in (tmp_path / "logs" / "polite.log").read_text()
