"""`swarmscope check --confirm COMMAND`: what failed is made once more before a build is red."""

import json
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.commands import Command, Done

from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode

LIMIT = ("--fail", "requests < 11", "--wait", "0")
"""Ten requests keep it."""
Check = Callable[..., Done]
WRITES = """
import os, sys
from pathlib import Path
from swarmscope.embedded.database import Database
name = os.environ.get("SWARMSCOPE_RUN_ID", "second")
lines = Path(sys.argv[1]).read_text().replace("second", name)
with Database(Path(sys.argv[2])) as database:
    database.write("loadtest", lines)
print("Locust says something")
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return the folder of a store of one run, `first`, which has one request too many."""
    folder = tmp_path / "store"
    write(folder, "first", 11)
    return folder


def write(folder: Path, run: str, requests: int, **told: int | None) -> None:
    with Database(folder) as database:
        database.write("loadtest", "\n".join(lines_of(run, requests, **told)))


def lines_of(
    run: str, requests: int, test: str = "shop", lost: int = 0, **told: int | None
) -> list[str]:
    counters = {"seen": requests + lost, "delivered": requests, "lost": lost}
    one = Told(stored=requests, totals=requests, heard=300, counters=counters)
    lines = run_lines(run, int(time.time()), [one], **told)
    return [line.replace("test=t,", f"test={test},") for line in lines]


def command_line(tmp_path: Path, lines: list[str]) -> str:
    """Return a command that writes *lines*, as whoever has the store's file to himself."""
    program, written = tmp_path / "write.py", tmp_path / "lines"
    program.write_text(WRITES)
    written.write_text("\n".join(lines))
    return shlex.join(map(str, [sys.executable, program, written, tmp_path / "store"]))


@pytest.fixture
def check(command: Command, place: Path, tmp_path: Path) -> Check:
    """Return the command about the first run, confirmed by one that has what is given."""

    def run(lines: list[str], *words: str, **env: str) -> Done:
        confirm = ("--confirm", command_line(tmp_path, lines))
        return command("check", "first", *LIMIT, *confirm, *words, "--data", place, **env)

    return run


def test_what_the_second_run_doesn_t_confirm_is_not_red(check: Check, place: Path) -> None:
    done = check(lines_of("second", 10))
    assert done.code == ExitCode.FINE, done.err
    note, last = done.out.splitlines()[-2:]
    assert (
        note == "note  it was made to confirm run first, which failed: requests < 11 is broken: 11."
    )
    assert last == "Run second passed: 1 threshold kept."
    assert "Run first failed: requests < 11 is broken: 11. Once more, to confirm it: " in done.err
    assert place.is_dir()


def test_what_fails_twice_is_red(check: Check) -> None:
    done = check(lines_of("second", 12))
    assert done.code == ExitCode.LIMIT_BROKEN
    assert "confirm run first" in done.out
    assert done.out.splitlines()[-1] == "Run second failed: requests < 11 is broken: 12."


@pytest.mark.release
@pytest.mark.long
def test_a_second_run_that_nobody_can_judge_passes_nothing(check: Check) -> None:
    done = check(lines_of("second", 10, lost=1))
    assert done.code == ExitCode.INCONCLUSIVE
    assert "Run second is inconclusive" in done.out


@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize(
    ("command_line", "why"),
    [
        ("exit 3", "'exit 3' ended with 3"),
        ("no-such-program", "no-such-program ended with 127"),
        ("true", "true left no new run of shop"),
    ],
)
def test_what_makes_no_second_run_leaves_the_first_verdict(
    command: Command, place: Path, command_line: str, why: str
) -> None:
    done = command("check", *LIMIT, "--confirm", command_line, "--data", place)
    assert done.code == ExitCode.LIMIT_BROKEN
    note, last = done.out.splitlines()[-2:]
    assert note == f"note  no second run confirms it: {why}."
    assert last.startswith("Run first failed")


@pytest.mark.long
def test_a_run_of_another_test_confirms_nothing(check: Check) -> None:
    done = check(lines_of("second", 10, test="other"))
    assert done.code == ExitCode.LIMIT_BROKEN
    assert "left no new run of shop" in done.out


@pytest.mark.release
@pytest.mark.long
def test_of_several_new_runs_it_is_the_one_whose_name_was_handed_on(check: Check) -> None:
    """A fixed name is renewed: under the first one the two would be one run."""
    others = lines_of("somebody-elses", 12, began=350)
    done = check([*lines_of("second", 10), *others], SWARMSCOPE_RUN_ID="first")
    assert done.out.splitlines()[-1] == "Run first-confirm passed: 1 threshold kept."


@pytest.mark.release
@pytest.mark.long
def test_without_a_name_it_is_the_newest_of_the_test(check: Check) -> None:
    done = check([*lines_of("older", 12, began=500), *lines_of("second", 10)])
    assert done.out.splitlines()[-1] == "Run second passed: 1 threshold kept."


@pytest.mark.long
@pytest.mark.parametrize("limit", ["requests > 1", 'max of "/x" < 1s'])
def test_what_didn_t_fail_is_not_made_again(
    command: Command, place: Path, tmp_path: Path, limit: str
) -> None:
    words = ("check", "--wait", "0", "--fail", limit, "--confirm", "touch made", "--data", place)
    command(*words)
    assert not (tmp_path / "made").exists()


def test_beside_a_run_that_goes_on_none_is_made(command: Command, going_store: Path) -> None:
    """It has failed for certain; a second load beside it would spoil both."""
    sentence = ("--fail", "requests < 10", "--wait", "0")
    done = command("check", *sentence, "--confirm", "touch made", "--data", going_store)
    assert done.code == ExitCode.LIMIT_BROKEN
    assert "no second run confirms it: it has no end yet" in done.out
    assert not (going_store.parent / "made").exists()


@pytest.mark.release
@pytest.mark.long
def test_what_a_program_reads_is_told_of_both(check: Check, tmp_path: Path) -> None:
    """What the command prints is no part of it."""
    done = check(lines_of("second", 12), "--json", "--markdown", "verdict.md")
    told = json.loads(done.out)
    assert (told["run"], told["exit_code"]) == ("second", ExitCode.LIMIT_BROKEN)
    assert "confirm run first, which failed" in told["notes"][0]
    assert "which failed" in (tmp_path / "verdict.md").read_text()
