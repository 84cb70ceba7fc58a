"""`swarmscope runs` and `swarmscope audit` as a user meets them: text, JSON, exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import encoded, recorded
from tests.fixtures.influxd import Influx, free_port
from tests.fixtures.server_process import store_process, swarmscope, write

from swarmscope.errors import ExitCode


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the store lies."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """A server that holds the recorded runs."""
    with store_process(folder) as url:
        write(url, encoded.lines())
        yield url


def test_runs_lists_each_run_with_its_numbers(url: str) -> None:
    done = swarmscope("runs", "--url", url)
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    head, *rows = done.stdout.splitlines()
    assert head.split()[:5] == ["RUN", "TEST", "LABEL", "START", "DURATION"]
    requests = len(recorded.of_run())
    failures = sum(r.failure is not None for r in recorded.of_run())
    row = next(row for row in rows if row.startswith(recorded.RUN))
    assert f"  {recorded.LABEL}  " in row
    row = row.replace(recorded.LABEL, "").split()
    assert row[1] == recorded.TEST
    assert row[4:8] == ["1:34", str(recorded.USERS_WANTED), str(requests), str(failures)]
    assert row[-1] == "complete"


def test_runs_in_json_hold_the_same(url: str) -> None:
    done = swarmscope("runs", "--url", url, "--json")
    listed = {run["run"]: run for run in json.loads(done.stdout)}
    assert listed.keys() == {recorded.RUN, recorded.OTHER_RUN}
    assert listed[recorded.RUN]["requests"] == len(recorded.of_run())
    assert listed[recorded.RUN]["label"] == recorded.LABEL
    assert listed[recorded.RUN]["description"] == recorded.DESCRIPTION
    assert listed[recorded.OTHER_RUN]["stop"] is None
    assert listed[recorded.OTHER_RUN]["label"] == ""


def test_data_folder_is_read_while_a_server_holds_it(url: str, folder: Path) -> None:
    done = swarmscope("audit", recorded.RUN, "--data", str(folder))
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    assert done.stdout.startswith(f"Run {recorded.RUN} is complete: ")


@pytest.mark.long
def test_data_folder_is_read_without_a_server(tmp_path: Path) -> None:
    with store_process(tmp_path / ".swarmscope") as url:
        write(url, encoded.lines())
    done = swarmscope("audit", recorded.RUN, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")


def test_url_may_come_from_the_environment(url: str, tmp_path: Path) -> None:
    done = swarmscope("audit", recorded.RUN, "--json", cwd=tmp_path, env={"INFLUXDB_V2_URL": url})
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"]) == (ExitCode.FINE, "complete")
    assert told["stored"] == len(recorded.of_run())


def test_same_commands_read_an_influxdb(influx: Influx) -> None:
    influx.make_bucket("cli")
    influx.write("cli", encoded.lines())
    settings = {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_TOKEN": influx.token,
        "INFLUXDB_V2_ORG": influx.org,
        "INFLUXDB_V2_BUCKET": "cli",
    }
    listed = swarmscope("runs", env=settings)
    assert recorded.RUN in listed.stdout
    audited = swarmscope("audit", recorded.RUN, env=settings)
    assert (audited.returncode, audited.stderr) == (ExitCode.FINE, "")


@pytest.mark.long
@pytest.mark.parametrize(
    "command",
    [
        ["runs"],
        ["audit"],
        ["audit", "a-run"],
    ],
)
def test_absent_store_is_its_own_exit_code(command: list[str]) -> None:
    done = swarmscope(*command, "--url", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == ExitCode.STORE_UNREACHABLE
    assert done.stderr.startswith("swarmscope: Nothing answers at")


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["audit", "no-such-run"], ExitCode.NO_DATA, "no run 'no-such-run'"),
        (["audit", "--data", "x"], ExitCode.WRONG_USAGE, "name two stores"),
        (["runs", "--limit", "0"], ExitCode.WRONG_USAGE, "--limit"),
    ],
)
def test_wrong_question_says_what_is_wrong(
    url: str, words: list[str], code: ExitCode, says: str
) -> None:
    done = swarmscope(*words, "--url", url)
    assert done.returncode == code
    assert says in done.stderr


@pytest.mark.long
def test_address_that_is_no_url_is_wrong_usage() -> None:
    done = swarmscope("runs", "--url", "influxdb:8086")
    assert done.returncode == ExitCode.WRONG_USAGE
    assert "which can't be used" in done.stderr
