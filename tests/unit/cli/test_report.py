"""`swarmscope report`: where the page is written, and what is said beside it."""

import json
import os
import re
from pathlib import Path

import pytest
from tests.fixtures import expected_ranges, recorded
from tests.fixtures.commands import Command
from tests.fixtures.recorded import RUN

from swarmscope.cli.report import _write
from swarmscope.errors import ConfigurationError, ExitCode


def test_the_page_is_named_after_the_run_and_summed_up(
    command: Command, recorded_store: Path, tmp_path: Path
) -> None:
    done = command("report", RUN, "--data", recorded_store)
    assert (done.code, done.err) == (ExitCode.FINE, "")
    (page,) = tmp_path.glob("*.html")
    assert done.out.splitlines()[-1] == f"The report on {RUN} is {page.name}"
    assert re.search(rf"(?m)^Requests +{len(recorded.of_run())}\b", done.out)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_of_a_part_it_says_which_and_in_json_the_same(
    command: Command, recorded_store: Path, tmp_path: Path
) -> None:
    out = tmp_path / "part.html"
    options = ("--from", "30s", "--to", "1m", "--out", out, "--json", "--data", recorded_store)
    told = json.loads(command("report", RUN, *options).out)
    assert told["requests"] == sum(30 <= one.second < 60 for one in recorded.of_run())
    assert (told["part"]["seconds"], told["report"]) == (30, str(out))
    assert told["audit"].startswith("complete")
    assert " · part of a run · swarmscope</title>" in out.read_text(encoding="utf-8")


def test_the_response_time_that_satisfies_is_the_user_s(
    command: Command, recorded_store: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    options = ("--apdex-t", "2s", "--out", out, "--json", "--data", recorded_store)
    told = json.loads(command("report", RUN, *options).out)["ranges"]
    (right,) = (r for r in expected_ranges.response_ranges(1, t=2_000) if r[0] == "Aggregated")
    assert tuple(told.values()) == (2_000, *right[2:-1], pytest.approx(right[-1]))
    assert '"apdex_t":2000' in out.read_text(encoding="utf-8")


def test_of_a_run_without_a_request_there_is_a_page_and_no_data(
    command: Command, small_store: Path, tmp_path: Path
) -> None:
    done = command("report", "silent", "--data", small_store)
    assert done.code == ExitCode.NO_DATA
    assert [path.name for path in tmp_path.glob("*.html")] == [done.out.split()[-1]]


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("nobody",), ExitCode.NO_DATA, "nobody"),
        ((RUN, "--from", "1h"), ExitCode.NO_DATA, "part that was asked for"),
        ((RUN, "--from", "10s", "--to", "10.4s"), ExitCode.NO_DATA, "lies in the part"),
        ((RUN, "--apdex-t", "soon"), ExitCode.WRONG_USAGE, "--apdex-t is 'soon'"),
        ((RUN, "--from", "soon"), ExitCode.WRONG_USAGE, "--from is 'soon'"),
        ((RUN, "--from", "1m", "--to", "30s"), ExitCode.WRONG_USAGE, "does not lie before"),
    ],
)
def test_what_can_not_be_told_writes_no_page(
    command: Command,
    recorded_store: Path,
    tmp_path: Path,
    *,
    options: tuple[str, ...],
    code: ExitCode,
    says: str,
) -> None:
    done = command("report", *options, "--data", recorded_store)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_can_not_be_written_to_costs_the_report_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _write(tmp_path / "none" / "r.html", b"x")
    assert str(caught.value) == (
        f"The report can't be written to {tmp_path / 'none' / 'r.html'} (No such file or "
        "directory). The run itself is safe in the store. Name another file with --out."
    )


def test_a_report_that_is_there_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    path.write_bytes(b"an older and longer one")
    before = path.open("rb")
    _write(path, b"new")
    assert path.read_bytes() == b"new"
    with before:
        assert before.read() == b"an older and longer one"


def test_what_is_no_file_is_written_into(tmp_path: Path) -> None:
    """As in `--out /dev/stdout`, which nothing may take the place of."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    _write(path, b"the page")
    assert os.read(reader, 99) == b"the page"
    os.close(reader)
    assert path.is_fifo()
