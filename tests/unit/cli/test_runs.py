"""`swarmscope runs`: a table for people, JSON for programs."""

import json
from pathlib import Path

import pytest
from tests.fixtures import recorded
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.commands import Command

from swarmscope.cli.runs import _duration, _table
from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode
from swarmscope.line_protocol import line, series


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (59.4, "0:59"), (59.6, "0:59"), (3_600.6, "1:00:00"), (90_061, "25:01:01")],
)
def test_a_duration_is_hours_minutes_and_seconds(seconds: float, shown: str) -> None:
    assert _duration(seconds) == shown


def test_numbers_stand_at_the_right_and_a_column_of_labels_where_one_has_one() -> None:
    rows = [("RUN", "LABEL", "USERS"), ("a", "", "7"), ("long", "", "1,000")]
    assert _table(rows) == "RUN   USERS\na         7\nlong  1,000"
    labelled = [*rows, ("b", "nightly", "")]
    assert _table(labelled).splitlines() == [
        "RUN   LABEL    USERS",
        "a                  7",
        "long           1,000",
        "b     nightly",
    ]


def test_a_name_can_not_draw_a_line_of_its_own() -> None:
    assert _table([("RUN",), ("a\nb\x1b[2J",)]).splitlines() == ["RUN", "a\ufffdb\ufffd[2J"]


def test_every_run_is_a_row(command: Command, recorded_store: Path) -> None:
    done = command("runs", "--data", recorded_store)
    assert (done.code, done.err) == (ExitCode.FINE, "")
    head, *rows = done.out.splitlines()
    assert head.split() == [
        *("RUN", "TEST", "LABEL", "START", "DURATION", "USERS", "REQUESTS", "FAILURES"),
        *("EXCEPTIONS", "P95", "MS", "VERDICT", "AUDIT"),
    ]
    requests = recorded.of_run()
    failures = sum(request.failure is not None for request in requests)
    (row,) = (row for row in rows if row.startswith(recorded.RUN))
    assert f" 1:34 {recorded.USERS_WANTED:>6} {len(requests):>9} {failures:>9} " in row
    assert row.endswith(" complete")
    assert len(rows) == 2


def test_of_a_run_that_is_not_complete_its_requests_are_told(
    command: Command, small_store: Path
) -> None:
    rows = command("runs", "--data", small_store).out.splitlines()
    ends = {row.split()[0]: row for row in rows}
    assert "incomplete by 2: 10 seen = 8 delivered + 0 rejected + 2 lost + " in ends["lost"]
    assert "pending" in ends["waits"]
    assert ends["silent"].endswith("no data to judge")


def test_what_a_run_came_to_by_its_thresholds_stands_before_its_audit(
    command: Command, tmp_path: Path
) -> None:
    tags = {"run": "judged", "worker": "master", "event": "verdict"}
    verdict = line(series("locust_run", tags), {"message": "inconclusive"}, 10_009 * 10**9)
    texts = [text for run in ("judged", "not") for text in run_lines(run, 10_000, [Told()])]
    with Database(tmp_path / "store") as database:
        database.write("loadtest", "\n".join((*texts, verdict)))
    rows = command("runs", "--data", tmp_path / "store").out.splitlines()
    assert {row.split()[0]: row.split()[-2] for row in rows[1:]} == {
        "judged": "inconclusive",
        "not": "judged",
    }
    told = json.loads(command("runs", "--json", "--data", tmp_path / "store").out)
    verdicts = {run["run"]: run["verdict"] for run in told}
    assert verdicts == {"judged": "inconclusive", "not": "not judged"}


def test_so_many_are_listed_the_newest_first(command: Command, tmp_path: Path) -> None:
    texts = [text for n in range(3) for text in run_lines(f"r{n}", 10_000 + n * 9, [Told()])]
    with Database(tmp_path / "store") as database:
        database.write("loadtest", "\n".join(texts))
    done = command("runs", "--limit", "2", "--data", tmp_path / "store")
    assert [row.split()[0] for row in done.out.splitlines()[1:]] == ["r2", "r1"]
    told = json.loads(command("runs", "--json", "--data", tmp_path / "store").out)
    assert [run["run"] for run in told] == ["r2", "r1", "r0"]


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--verdict", "incomplete"), {"lost"}),
        (("--verdict", "complete", "--verdict", "no-data"), {"complete", "silent"}),
        (("--test", "t", "--label", "", "--verdict", "pending", "--limit", "1"), {"waits"}),
        (("--test", "t"), {"complete", "lost", "silent", "waits"}),
    ],
)
def test_runs_are_picked_by_test_label_and_verdict(
    command: Command, small_store: Path, options: tuple[str, ...], wanted: set[str]
) -> None:
    told = json.loads(command("runs", *options, "--json", "--data", small_store).out)
    assert {run["run"] for run in told} == wanted


def test_where_no_run_is_picked_that_is_said(command: Command, small_store: Path) -> None:
    done = command("runs", "--test", "u", "--verdict", "running", "--data", small_store)
    assert (done.code, done.out) == (ExitCode.FINE, "")
    assert "no run that was picked (--test 'u' --verdict running)" in done.err


def test_a_verdict_that_there_is_not_is_answered_with_those_there_are(
    command: Command, small_store: Path
) -> None:
    done = command("runs", "--verdict", "fine", "--data", small_store)
    assert done.code == ExitCode.WRONG_USAGE
    assert "no-data" in done.err


def test_an_empty_store_says_how_to_get_a_run(command: Command, tmp_path: Path) -> None:
    Database(tmp_path / "store").close()
    done = command("runs", "--data", tmp_path / "store")
    assert (done.code, done.out) == (ExitCode.FINE, "")
    assert done.err == "No runs yet. `swarmscope demo` records one.\n"
    assert command("runs", "--json", "--data", tmp_path / "store").out == "[]\n"


def test_a_part_is_said_above_the_table_and_holds_its_requests_alone(
    command: Command, recorded_store: Path
) -> None:
    options = ("--from", "30s", "--to", "1m")
    done = command("runs", *options, "--data", recorded_store)
    said, _, *rows = done.out.splitlines()
    assert said.startswith("Only a part of each run: --from 30s after its start")
    assert said.endswith("; VERDICT and AUDIT are about all of it.")
    count = sum(30 <= request.second < 60 for request in recorded.of_run())
    (row,) = (row for row in rows if row.startswith(recorded.RUN))
    assert f" 0:30 {recorded.USERS_WANTED:>6} {count:>9} " in row


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--from", "1h"), ExitCode.NO_DATA, "No request of these runs lies in the part"),
        (("--to", "2001-01-01"), ExitCode.NO_DATA, "lies in the part that was asked for"),
        (("--from", "10s", "--to", "10.4s"), ExitCode.NO_DATA, "lies in the part"),
        (("--from", "soon"), ExitCode.WRONG_USAGE, "--from is 'soon'"),
        (("--from", "1m", "--to", "30s"), ExitCode.WRONG_USAGE, "does not lie before"),
        (("--from", "1m", "--warm-up", "30s"), ExitCode.WRONG_USAGE, "both say where to begin"),
    ],
)
def test_a_part_without_requests_is_no_data_and_a_wrong_one_is_wrong_usage(
    command: Command, recorded_store: Path, options: tuple[str, ...], code: ExitCode, says: str
) -> None:
    done = command("runs", *options, "--data", recorded_store)
    assert (done.code, done.out) == (code, "")
    assert says in done.err


def test_numbers_past_a_table_s_usual_size_are_shown(command: Command, tmp_path: Path) -> None:
    most = 2**63 - 1
    users = line(series("locust_run", {"run": "r", "event": "start"}), {"user_count": most}, 5)
    with Database(tmp_path / "store") as database:
        database.write("loadtest", users)
    done = command("runs", "--data", tmp_path / "store")
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert f"{most:,}" in done.out


def test_it_is_found_where_no_store_is_named(command: Command, tmp_path: Path) -> None:
    with Database(tmp_path / ".swarmscope") as database:
        database.write("loadtest", "\n".join(run_lines("mine", 10_000, [Told()])))
    assert command("runs").out.splitlines()[1].startswith("mine ")
