"""`swarmscope doctor`: how findings are shown, and what they end it with."""

import json
from pathlib import Path

import pytest
from tests.fixtures import server_thread
from tests.fixtures.commands import Command

from swarmscope.cli.doctor import _text
from swarmscope.doctor.finding import Finding, Level
from swarmscope.errors import ExitCode

TOKEN = "a-secret-token-of-a-test"


def test_each_finding_is_a_line_and_its_remedy_the_next() -> None:
    findings = [
        Finding("store", Level.FINE, "It answers."),
        Finding("clock", Level.WARNING, "It is behind.", "Set it."),
        Finding("token", Level.WRONG, "a\nb", "Get one."),
        Finding("spool", Level.UNREACHABLE, "Gone."),
    ]
    assert _text({"A": "1", "LONG": ""}, findings).splitlines() == [
        "A     1",
        "LONG",
        "",
        "ok     store: It answers.",
        "!      clock: It is behind.",
        "       Set it.",
        "WRONG  token: a\ufffdb",
        "       Get one.",
        "WRONG  spool: Gone.",
    ]


@pytest.mark.long
def test_a_setting_that_can_not_be_used_is_a_finding_among_others(
    command: Command, tmp_path: Path
) -> None:
    done = command("doctor", "--json", SWARMSCOPE_RESOLUTION="soon", INFLUXDB_V2_TOKEN=TOKEN)
    told = json.loads(done.out)
    assert (done.code, done.err, told["settings"]) == (ExitCode.WRONG_USAGE, "", {})
    assert any("SWARMSCOPE_RESOLUTION" in one["message"] for one in told["findings"])
    assert len(told["findings"]) > 1
    assert TOKEN not in done.out


@pytest.mark.long
def test_what_works_is_told_and_no_secret_is(command: Command, tmp_path: Path) -> None:
    with server_thread.running_server(tmp_path / "store", TOKEN) as server:
        env = {"INFLUXDB_V2_URL": server.url, "INFLUXDB_V2_TOKEN": TOKEN}
        done = command("doctor", **env, SWARMSCOPE_SPOOL_DIR=str(tmp_path / "spool"))
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert TOKEN not in done.out
    assert "INFLUXDB_V2_TOKEN" in done.out
    assert "ok     store: " in done.out
    assert not (tmp_path / "spool").exists()
