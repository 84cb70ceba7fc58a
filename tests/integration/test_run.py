"""`swarmscope run` with a real master, its workers and a store."""

import csv
import json
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.locusts import LISTENER, SCENARIOS, STEADY, Locusts, free_port, locusts
from tests.fixtures.server_process import COMMAND, clean_environment, write
from tests.fixtures.stores import Store

from swarmscope.cli._store import Keeper
from swarmscope.cli.run import _conclude, _keep_files, _Told
from swarmscope.errors import ConfigurationError
from swarmscope.store.question import Question
from swarmscope.webui import results
from swarmscope.webui.master import Master

_PATIENCE_S = 60
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
Process = subprocess.Popen[str]


class Stack:
    """A master with a web UI, and its workers; what is run by it, as users run it."""

    def __init__(self, swarm: Locusts, store: Store, *, workers: int, files: tuple[Path, ...]):
        self.store = store
        self.folder = swarm.folder / "results"
        self.url = f"http://127.0.0.1:{free_port()}"
        web = ("--web-host", "127.0.0.1", "--web-port", self.url.rpartition(":")[2])
        self.master = swarm.master(*web, files=files)
        swarm.wait_for(self.master, "Starting web interface")
        self._await_page()
        self.processes = [self.master, *(swarm.worker(files=files) for _ in range(workers))]

    def _await_page(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                self.state()
            except OSError:  # it says that it starts before it listens
                assert time.monotonic() < deadline
                time.sleep(0.1)
            else:
                return

    def start(self, *options: str, **env: str) -> Process:
        """Start a run by *options*."""
        command = [*COMMAND, "run", *options]
        return subprocess.Popen(
            [*command, "--results", str(self.folder), "--master", self.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean_environment(**self.store.env, **env),
        )

    def run(self, *options: str, **env: str) -> tuple[int, str]:
        """Return exit code and output of a run by *options*."""
        return finish(self.start(*options, **env))

    def state(self) -> str:
        """Return what Locust's page says of the test."""
        with urllib.request.urlopen(f"{self.url}/stats/requests", timeout=_PATIENCE_S) as response:
            return str(json.load(response)["state"])

    def await_state(self, *wanted: str) -> None:
        """Wait until Locust's page says one of *wanted*."""
        deadline = time.monotonic() + _PATIENCE_S
        while self.state() not in wanted:
            assert time.monotonic() < deadline, self.state()
            time.sleep(0.1)


def finish(process: Process) -> tuple[int, str]:
    said, _ = process.communicate(timeout=_PATIENCE_S)
    return process.returncode, said


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, store: Store) -> Iterator[Stack]:
    """A stack in whose tests no request fails."""
    with locusts(tmp_path_factory.mktemp("calm"), store.env) as swarm:
        yield Stack(swarm, store, workers=2, files=(SCENARIOS / "calm.py", LISTENER))


def test_a_run_ends_with_files_a_summary_and_the_audit(calm: Stack):
    about = ("--label", "calm", "--description", "nothing new")
    options = ("--users", "6", "--time", "7s", "--workers", "2", "--host", "http://x.y")
    code, said = calm.run(*options, *about)
    assert code == 0, said
    assert re.search(r"Label +calm\nAbout +nothing new\n", said)
    (name,) = set(_NAME.findall(said))
    stored = calm.store.reader.ask(Question("endpoint_totals", name)).records()
    assert f"Run {name} is complete: {stored[0]['requests']} requests of 2 workers" in said
    assert re.search(
        r"0:0\d +6 users +\d+\.\d requests/s +0\.0 failures/s +p95 +5 ms +workers 2", said
    )
    assert "on http://x.y" in said
    assert {path.name for path in (calm.folder / name).iterdir()} == set(results.FILES)
    with (calm.folder / name / "requests.csv").open() as file:
        rows = {row["Name"]: int(row["Request Count"]) for row in csv.DictReader(file)}
    assert rows["/calm"] == stored[0]["requests"]
    assert "<!DOCTYPE html>" in (calm.folder / name / "report.html").read_text()[:100]


@pytest.mark.long
def test_its_run_has_the_id_that_it_was_asked_for_and_the_next_one_its_own(calm: Stack):
    """So `swarmscope check --confirm 'make run …'` knows the run that it had made."""
    options = ("--users", "2", "--time", "3s", "--workers", "2")
    code, said = calm.run(*options, SWARMSCOPE_RUN_ID="red-confirm-1a2b")
    assert code == 0, said
    assert "Run red-confirm-1a2b is complete: " in said
    code, said = calm.run(*options)
    assert code == 0, said
    assert len(set(_NAME.findall(said))) == 1


@pytest.mark.long
def test_an_id_that_names_no_run_starts_none(calm: Stack):
    code, said = calm.run("--users", "2", SWARMSCOPE_RUN_ID='a"b')
    assert (code, calm.state() in ("spawning", "running")) == (2, False)
    assert "SWARMSCOPE_RUN_ID can't be used: a run's id has no" in said


@pytest.mark.long_sample(2)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.long
def test_a_signal_stops_the_test_and_its_results_are_written(calm: Stack, how: signal.Signals):
    process = calm.start("--users", "4", "--workers", "2")
    calm.await_state("running")
    time.sleep(2)
    process.send_signal(how)
    code, said = finish(process)
    assert code == 0, said
    assert "is complete" in said
    (name,) = set(_NAME.findall(said))
    assert (calm.folder / name / "report.html").is_file()
    assert calm.state() not in ("spawning", "running")


@pytest.mark.release
@pytest.mark.long
def test_a_second_run_is_refused_while_one_goes_on(calm: Stack):
    first = calm.start("--users", "4", "--workers", "2")
    calm.await_state("running")
    code, said = calm.run("--users", "9", "--time", "1s")
    assert code == 2
    assert "already running (4 users, run 2" in said
    assert calm.state() == "running"
    first.send_signal(signal.SIGTERM)
    assert finish(first)[0] == 0


@pytest.mark.long
def test_failed_requests_are_told_by_the_exit_code(tmp_path: Path, store: Store):
    with locusts(tmp_path, {**store.env, "SWARMSCOPE_RUN_ID": "../a b"}) as swarm:
        stack = Stack(swarm, store, workers=1, files=(STEADY, LISTENER))
        code, said = stack.run("--users", "4", "--time", "3")
        assert code == 1, said
        assert re.search(r"\d+ failed \(", said)
        assert re.search(r"\nFailed +\d+ of CALL /failing: order # is unknown", said), said
        assert "Run ../a b is complete" in said
        assert re.search(r"\nExit code 1: \d+ of \d+ requests failed \(.* %\), and none may", said)
        assert (stack.folder / "_a_b" / "failures.csv").read_text().count("unknown") > 0
        # The name of a second run of the same master is another one.
        code, said = stack.run("--users", "4", "--time", "2", "--max-fail-ratio", "100%")
        assert code == 0, said
        assert re.search(r"\nExit code 0: \d+ of \d+ requests failed \(.* %\), which may", said)
        assert "Run ../a b-2 is complete" in said


@pytest.mark.release
@pytest.mark.long
def test_a_shape_without_an_end_is_stopped_when_its_time_is_over(tmp_path: Path, store: Store):
    with locusts(tmp_path, store.env) as swarm:
        files = (SCENARIOS / "calm.py", SCENARIOS / "endless.py", LISTENER)
        stack = Stack(swarm, store, workers=1, files=files)
        code, said = stack.run("--users", "1", "--time", "2")
        assert code == 0, said
        assert "Stopping the test" in said
        assert stack.state() not in ("spawning", "running")


@pytest.mark.long
def test_a_signal_before_the_workers_are_there_starts_nothing(tmp_path: Path, store: Store):
    with locusts(tmp_path, store.env) as swarm:
        stack = Stack(swarm, store, workers=0, files=(SCENARIOS / "calm.py", LISTENER))
        process = stack.start("--users", "4")
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        code, said = finish(process)
        assert (code, "Ended at once" in said, "Traceback" in said) == (130, True, False), said


def test_another_runs_files_are_not_taken_for_this_ones(
    calm: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    _keep_files(Master(calm.url), "an-older-run", tmp_path)
    assert "Another test was started meanwhile" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_results_are_written_to_files_of_their_own_or_it_is_said(calm: Stack, tmp_path: Path):
    """The folder is the host's, and may be one of everybody's: links lead elsewhere."""
    master = Master(calm.url)
    run = master.run()
    (tmp_path / "mine").write_text("mine")
    (tmp_path / run).mkdir()
    for name in results.FILES:
        (tmp_path / run / name).symlink_to(tmp_path / "mine")
    assert results.save(master, run, tmp_path) == tmp_path / run
    assert (tmp_path / "mine").read_text() == "mine"
    assert {path.name for path in (tmp_path / run).iterdir()} == set(results.FILES)
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / run).write_text("mine")
    with pytest.raises(ConfigurationError, match=rf"can't be written to .*/{run}") as caught:
        results.save(master, run, tmp_path / "closed")
    assert "what was measured is in the store" in str(caught.value)
    (tmp_path / ".writable").symlink_to(tmp_path / "made")
    results.writable(tmp_path)
    assert not (tmp_path / "made").exists()


@pytest.mark.long
def test_without_workers_nothing_is_started(tmp_path: Path, store: Store):
    with locusts(tmp_path, store.env) as swarm:
        stack = Stack(swarm, store, workers=0, files=(SCENARIOS / "calm.py", LISTENER))
        code, said = stack.run("--users", "4", "--wait", "1")
        assert code == 4
        assert "0 of 1 worker(s) were ready" in said
        assert "No load was started" in said


def test_a_master_without_the_listener_is_refused(tmp_path: Path, store: Store):
    with locusts(tmp_path, store.env) as swarm:
        stack = Stack(swarm, store, workers=1, files=(SCENARIOS / "calm.py",))
        code, said = stack.run("--users", "4", "--wait", "1")
        assert code == 2
        assert "swarmscope.listener" in said
        assert stack.state() == "ready"


def alone(tmp_path: Path, env: dict[str, str], *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [*COMMAND, "run", "--results", str(tmp_path), *options],
        capture_output=True,
        text=True,
        env=clean_environment(**env),
        timeout=_PATIENCE_S,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.long
def test_who_is_away_is_named(tmp_path: Path, store: Store):
    away = ("--users", "1", "--master", "http://127.0.0.1:9")
    code, said = alone(tmp_path, dict(store.env), *away)
    assert (code, "Locust master at http://127.0.0.1:9 doesn't answer" in said) == (4, True), said
    code, said = alone(tmp_path, {"INFLUXDB_V2_URL": "http://127.0.0.1:8"}, *away)
    assert (code, "Nothing answers at http://127.0.0.1:8" in said) == (4, True), said


@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "--users"),
        (("--users", "0"), "greater than or equal to 1"),
        (("--users", "1", "--time", "0s"), "more than 0"),
        (
            ("--users", "1", "--rate", "0"),
            "greater than or equal to 0.001",
        ),
        (("--users", "1", "--time", "2 minutes"), "1h30m"),
        (("--users", "1", "--master", "localhost"), "isn't of the form http://"),
        (("--users", "1", "--results", "/proc/results"), "No load was started"),
    ],
)
def test_wrong_usage_is_told(tmp_path: Path, options: tuple[str, ...], says: str):
    code, said = alone(tmp_path, {}, *options)
    assert (code, says in said) == (2, True), said


def test_incomplete_data_is_told_by_the_exit_code(
    store: Store, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
):
    name = request.node.name
    lost = Told(stored=8, counters={"seen": 10, "delivered": 8, "lost": 2})
    url = store.env["INFLUXDB_V2_URL"]
    write(url, run_lines(name, int(time.time()), [lost]))
    assert _conclude(Keeper(store.reader, url, None), name, _Told()) == 5
    assert "lost 2 requests" in capsys.readouterr().out
    assert _conclude(Keeper(store.reader, url, None), "never-heard-of", _Told()) == 5
    assert "kept in their spools" in capsys.readouterr().out


@pytest.mark.release
@pytest.mark.long
def test_a_run_without_a_request_is_told_by_the_exit_code(tmp_path: Path, store: Store):
    """A host without its scheme: each task raises before it requests anything."""
    with locusts(tmp_path, store.env) as swarm:
        stack = Stack(swarm, store, workers=1, files=(SCENARIOS / "no_scheme.py", LISTENER))
        code, said = stack.run("--users", "2", "--time", "3", "--host", "nohost.example")
        assert code == 3, said
        nothing = (
            r"Run \S+ has no data to judge: not one request is known of; its users' own code let"
        )
        assert re.search(rf"{nothing} out \d+ exceptions\.", said)
        assert "MissingSchema" in said
        assert "in the code of Shopper, no_scheme.py:" in said
        doubt = "The host of Shopper is 'nohost.example', which has no scheme: perhaps https://"
        assert said.index(doubt) < said.index("Exit code 3: no request was answered, while the")
        for process in stack.processes:
            assert swarm.log(process).count(doubt) == 1
