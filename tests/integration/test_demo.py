"""The whole demo as a user runs it: what it says is what the store has, and nothing outlives it."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.fixtures.server_process import COMMAND

from swarmscope import schema
from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode
from swarmscope.store.backend import BackendReader
from swarmscope.store.file_reader import DuckDbBackend
from swarmscope.store.question import Question

REQUESTS = re.compile(r"^Requests +([\d,]+) .*?(?:([\d,]+) failed|none failed)", re.MULTILINE)


class Demo:
    """A demo under way; its lines are read as they come."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.data = folder / "data"
        self.process = subprocess.Popen(
            [*COMMAND, "demo", "--workers=1", "--users=20", "--data", str(self.data), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            start_new_session=True,
        )
        self.output = ""

    def read_until(self, pattern: str) -> str:
        """Return the first group of *pattern* once a line matches it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if match := re.search(pattern, line):
                return match[1]
        raise AssertionError(f"no line matched {pattern}:\n{self.output}")

    def read_to_the_end(self) -> int:
        """Read what is left, and return the exit code."""
        assert self.process.stdout is not None
        self.output += self.process.stdout.read()
        return self.process.wait()

    def run_id(self) -> str:
        return self.read_until(r"/\?run=(\S+)")

    def until_it_measures(self) -> None:
        """Return when a line of progress shows requests."""
        self.read_until(r"^ +\d+:\d\d +\d+ +([1-9]\d*\.\d|0\.[1-9])")

    def rows(self, query: str, run: str) -> list[dict[str, Any]]:
        with Database(self.data) as database, database.cursor() as cursor:
            reader = BackendReader(DuckDbBackend(cursor), "loadtest")
            return reader.ask(Question(query, run=run)).records()


@contextmanager
def _demo(folder: Path, *options: str) -> Iterator[Demo]:
    demo = Demo(folder, *options)
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            os.killpg(demo.process.pid, signal.SIGKILL)
            demo.process.wait()
        if demo.process.stdout:
            demo.process.stdout.close()


def _children(run: str) -> list[psutil.Process]:
    """Return the processes of *run* that live: each has the run's id in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("SWARMSCOPE_RUN_ID") == run
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # gone meanwhile, or somebody else's
    return found


def _child(run: str, part: str) -> psutil.Process:
    return next(p for p in _children(run) if any(part in word for word in p.cmdline()))


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        signal.sigtimedwait([], 0.05)


def _number(text: str | None) -> int:
    return int((text or "0").replace(",", ""))


def _assert_summary_is_what_the_store_has(demo: Demo, run: str) -> None:
    said = REQUESTS.search(demo.output)
    assert said, demo.output
    rows = demo.rows("endpoint_totals", run)
    assert _number(said[1]) == sum(row["requests"] for row in rows) > 0
    assert _number(said[2]) == sum(row["failures"] for row in rows)
    assert "complete: " in demo.output
    (report,) = re.findall(r"^Report +(\S+\.html)$", demo.output, re.MULTILINE)
    assert run in Path(report).read_text(encoding="utf-8")


@pytest.mark.release
@pytest.mark.long
def test_a_demo_says_what_the_store_has_and_uses_other_ports_when_its_own_are_taken(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as store, socket.create_server(("", 0)) as web:
        taken = [str(s.getsockname()[1]) for s in (store, web)]
        options = ("--duration", "6", "--port", taken[0], "--web-port", taken[1])
        with _demo(tmp_path, *options) as demo:
            run = demo.run_id()
            assert demo.read_to_the_end() == ExitCode.FINE, demo.output
    assert f"Port {taken[0]} is taken" in demo.output
    assert f"Port {taken[1]} is taken" in demo.output
    assert _children(run) == []
    _assert_summary_is_what_the_store_has(demo, run)
    (worker,) = [row for row in demo.rows("delivery", run) if row["worker"] != "master"]
    assert worker["final"]
    assert worker["seen"] == worker["delivered"] == worker["stored"] == worker["totals"]
    served = (demo.data / "logs" / "shop.app.log").read_text().splitlines()
    # The shop also served what Locust cut off at the end of the load, and our health checks.
    assert worker["seen"] <= len(served)
    assert demo.rows("host_cpu", run)


@pytest.mark.long
def test_ctrl_c_ends_the_load_early_with_summary_and_report(tmp_path: Path) -> None:
    with _demo(tmp_path, "--duration", "600") as demo:
        run = demo.run_id()
        demo.until_it_measures()
        demo.process.send_signal(signal.SIGINT)
        assert demo.read_to_the_end() == ExitCode.FINE, demo.output
    assert "Stopping the load" in demo.output
    assert _children(run) == []
    _assert_summary_is_what_the_store_has(demo, run)


@pytest.mark.long
def test_ctrl_c_twice_is_none_of_the_codes_of_a_run(tmp_path: Path) -> None:
    with _demo(tmp_path, "--duration", "600") as demo:
        run = demo.run_id()
        demo.process.send_signal(signal.SIGINT)
        demo.read_until("(Once more)")
        demo.process.send_signal(signal.SIGINT)
        assert demo.read_to_the_end() == ExitCode.INTERRUPTED, demo.output
    assert _children(run) == []


@pytest.mark.long
def test_a_fault_is_marked_where_it_begins_and_ends_beside_what_the_shop_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The shell's own is no second one: it would be there from the shop's start.
    monkeypatch.setenv("FAULT", "leak")
    with _demo(tmp_path, "--duration", "20", "--fault", "errors:50") as demo:
        run = demo.run_id()
        assert demo.read_to_the_end() == ExitCode.FINE, demo.output
    assert "Fault          errors:50 from 0:05 to 0:16: Requests fail with 500" in demo.output
    assert re.search(r"^ +0:05 +fault errors:50$", demo.output, re.MULTILINE), demo.output
    marks = [(row["kind"], row["text"]) for row in demo.rows("events", run)]
    assert marks == [("fault", "errors:50 on"), ("fault", "errors off")]
    on, off = (row["time"] for row in demo.rows("events", run))
    told = {(row["gauge"], row["service"]) for row in demo.rows("app_gauges", run)}
    assert told == {(name, "shop") for name in schema.APP_GAUGES.fields}
    failing = [
        row["time"]
        for row in demo.rows("app_gauges", run)
        if row["gauge"] == "errors_per_second" and row["value"] > 0
    ]
    assert failing
    # A point says what was since the one before it.
    assert on - 1_000 <= min(failing) <= max(failing) <= off + 3_000


@pytest.mark.long
def test_a_fault_that_there_isn_t_ends_the_demo_before_it_begins(tmp_path: Path) -> None:
    with _demo(tmp_path, "--fault", "nonsense") as demo:
        assert demo.read_to_the_end() == ExitCode.WRONG_USAGE
    assert "There are linear, cliff" in demo.output
    assert not demo.data.exists()


@pytest.mark.release
@pytest.mark.long
def test_a_child_that_crashes_ends_the_demo_with_an_error_and_its_last_lines(
    tmp_path: Path,
) -> None:
    with _demo(tmp_path, "--duration", "600") as demo:
        run = demo.run_id()
        demo.until_it_measures()
        _child(run, "swarmscope.demo.shop").kill()
        assert demo.read_to_the_end() == ExitCode.INCONCLUSIVE
    assert "The shop ended with code -9. Its last lines:" in demo.output
    assert str(demo.data / "logs" / "shop.log") in demo.output
    assert _children(run) == []


@pytest.mark.release
@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_no_child_outlives_a_demo_that_is_killed_with_sigkill(tmp_path: Path) -> None:
    with _demo(tmp_path, "--duration", "600") as demo:
        run = demo.run_id()
        demo.until_it_measures()
        assert len(_children(run)) == 4, "store, shop, master, worker"
        demo.process.kill()
        demo.process.wait()
        _until(lambda: not _children(run))
    (worker,) = [row for row in demo.rows("delivery", run) if row["worker"] != "master"]
    assert worker["final"], "the store lingered until the worker had delivered"
    assert worker["seen"] == worker["delivered"] > 0
