"""`swarmscope run`: what is refused before any load, and what a run's end means."""

import time
from pathlib import Path

import pytest
import typer
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.commands import Command
from tests.fixtures.ports import free_port

from swarmscope.cli._store import Keeper
from swarmscope.cli.run import _conclude, _Told, seconds
from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode
from swarmscope.gate.thresholds_file import given
from swarmscope.line_protocol import line, series
from swarmscope.store.file_reader import FileReader


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("90", 90), (90, 90), ("90s", 90), ("2m", 120), ("1h", 3600), ("1h30m5s", 5405), ("0s", 0)],
)
def test_times_are_read_as_locust_reads_them(text: str | int, wanted: int) -> None:
    assert seconds(text) == wanted


@pytest.mark.parametrize("text", ["", "s", "2 minutes", "-1", "1.5h", "5m2h", "1d"])
def test_what_locust_would_not_read_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="isn't a time like 90, 90s, 2m or 1h30m"):
        seconds(text)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "Missing option '--users'"),
        (("--users", "0"), "'--users': Input should be greater than or equal to 1"),
        (("--users", "1", "--time", "0s"), "--time must be more than 0"),
        (("--users", "1", "--rate", "0"), "'--rate': Input should be greater than or equal to"),
        (("--users", "1", "--workers", "0"), "'--workers': Input should be greater than"),
        (("--users", "1", "--time", "2 minutes"), "1h30m"),
        (("--users", "1", "--max-fail-ratio", "1"), "may be a share or a percentage: write 1%"),
        (("--users", "1", "--max-fail-ratio", "101%"), "is more than all requests"),
        (("--users", "1", "--master", "localhost"), "isn't of the form http://"),
        (("--users", "1", "--results", "/proc/results"), "No load was started."),
        (("--users", "1", "--thresholds", "nowhere.yaml"), "nowhere.yaml can't be read"),
    ],
)
def test_wrong_usage_starts_nothing(
    command: Command, tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    done = command("run", *options)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert says in done.err


def test_a_cookie_that_is_none_is_refused(command: Command) -> None:
    done = command("run", "--users", "1", SWARMSCOPE_WEB_COOKIE="forged")
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "SWARMSCOPE_WEB_COOKIE isn't a Cookie header" in done.err
    assert "forged" not in done.err


def test_who_is_away_is_named(command: Command, small_store: Path) -> None:
    master = ("--users", "1", "--master", f"http://127.0.0.1:{free_port()}")
    done = command("run", *master, "--data", small_store)
    assert (done.code, done.out) == (ExitCode.STORE_UNREACHABLE, "")
    assert f"The Locust master at {master[-1]} doesn't answer (" in done.err
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = command("run", *master, "--url", nowhere)
    assert (done.code, done.out) == (ExitCode.STORE_UNREACHABLE, "")
    assert f"Nothing answers at {nowhere} (" in done.err


def test_localhost_is_said_to_be_the_workers_own_where_the_master_is_elsewhere(
    command: Command, small_store: Path
) -> None:
    asked = ("run", "--users", "1", "--data", small_store, "--host", "http://localhost:8000")
    done = command(*asked, "--master", "http://nobody.invalid:8089")
    assert done.out.startswith("--host is 'localhost:8000': to each worker that is its own machine")
    assert "http://host.docker.internal:8000" in done.out
    assert command(*asked, "--master", f"http://127.0.0.1:{free_port()}").out == ""


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("run", "code", "says"),
    [
        ("complete", ExitCode.FINE, "Run complete is complete: 10 requests of 1 worker"),
        ("complete", ExitCode.FINE, "\nExit code 0: no request failed, and all are stored.\n"),
        ("lost", ExitCode.INCONCLUSIVE, "worker-0 lost 2 requests"),
        ("silent", ExitCode.NO_DATA, "Run silent has no data to judge"),
        ("nobody", ExitCode.INCONCLUSIVE, "is kept in their spools; `make logs` shows why."),
    ],
)
def test_the_end_of_a_run_is_told_by_the_exit_code(
    small_store: Path, capsys: pytest.CaptureFixture[str], run: str, code: ExitCode, says: str
) -> None:
    with FileReader(small_store) as reader:
        assert _conclude(Keeper(reader, None, small_store), run, _Told()) == code
    assert says in capsys.readouterr().out


def test_failed_requests_come_before_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """That they failed is known, whatever else is."""
    lost = Told(stored=8, counters={"seen": 10, "delivered": 8, "lost": 2})
    lines = run_lines("r", 10_000, [lost])
    failed = [text.replace("count=", "num_failures=1i,count=") for text in lines]
    with Database(tmp_path / "store") as database:
        database.write("loadtest", "\n".join(failed))
    with FileReader(tmp_path / "store") as reader:
        code = _conclude(Keeper(reader, None, tmp_path / "store"), "r", _Told())
    assert code == ExitCode.LIMIT_BROKEN
    said = capsys.readouterr().out
    assert " failed (" in said
    assert "Run r is incomplete by 2 of 10 requests" in said
    assert "\nExit code 1: 2 of 8 requests failed (25 %), and none may; to let" in said


def test_which_requests_failed_is_said_the_frequent_kinds_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a run in which no more failed than may is fine."""
    now = int(time.time())
    kinds = [("/a", "GET", "404", "# Client Error: Not Found for url: {url}", 3)]
    kinds += [("/pay", "POST", "409", "out of stock", 7), ("/", "GET", "", "", 1)]
    kinds += [(f"/{name}", "GET", "503", "busy", 2) for name in "xy"]
    lines = run_lines("r", now, [Told()])
    for name, method, status, reason, count in kinds:
        tags = {"run": "r", "worker": "worker-0", "name": name, "method": method}
        told = {"exception": "HTTPError", "status": status, "reason": reason}
        tags |= {key: text for key, text in told.items() if text}
        point = line(series("locust_exception_stats", tags), {"count": count}, (now - 301) * 10**9)
        lines.append(point)
    with Database(tmp_path / "store") as database:
        database.write("loadtest", "\n".join(lines))
    with FileReader(tmp_path / "store") as reader:
        assert _conclude(Keeper(reader, None, tmp_path / "store"), "r", _Told()) == ExitCode.FINE
    said = capsys.readouterr().out
    assert (
        "Failed     7 of POST /pay: out of stock (409)\n"
        "           3 of GET /a: 404 Client Error: Not Found for url: {url}\n"
        "           2 of GET /x: busy (503)\n"
        "           and 3 more\n"
    ) in said


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("run", "sentence", "undelivered", "code", "says"),
    [
        ("complete", "requests > 1", "", ExitCode.FINE, "Run complete passed: 1 threshold kept."),
        ("complete", "requests < 1", "", ExitCode.LIMIT_BROKEN, "Exit code 1: failed."),
        ("lost", "requests > 1", "", ExitCode.INCONCLUSIVE, "Exit code 5: inconclusive."),
        ("complete", "requests > 1", "all workers fell silent", ExitCode.INCONCLUSIVE, "silent"),
    ],
)
def test_with_thresholds_the_verdict_decides(
    small_store: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    run: str,
    sentence: str,
    undelivered: str,
    code: ExitCode,
    says: str,
) -> None:
    told = _Told(thresholds=given([sentence], []), undelivered=undelivered)
    with FileReader(small_store) as reader:
        assert _conclude(Keeper(reader, None, small_store), run, told) == code
    assert says in capsys.readouterr().out


def test_how_many_may_fail_is_said_in_one_place(command: Command, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("fail: [p95 < 1s]")
    done = command("run", "--users", "1", "--thresholds", "t.yaml", "--max-fail-ratio", "1%")
    assert done.code == ExitCode.WRONG_USAGE
    assert "--max-fail-ratio and --thresholds both say how many may fail" in done.err
