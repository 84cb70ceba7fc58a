"""`swarmscope check --confirm COMMAND`: what failed is made once more before a build is red."""

import json
import re
import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.commands import Command, Done
from tests.fixtures.whole_runs import T0, WholeRun

from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode
from swarmscope.settings.values import run_id

LIMIT = ("--fail", "requests < 11", "--wait", "0")
"""Ten requests keep it."""
Check = Callable[..., Done]
WRITES = """
import os, sys, time
from pathlib import Path
from swarmscope.embedded.database import Database
lines = Path(sys.argv[1]).read_text()
lines = lines.replace("second", os.environ["SWARMSCOPE_RUN_ID"])
lines = lines.replace("JUST_NOW", str(time.time_ns()))
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


def just_now(lines: list[str]) -> list[str]:
    """Return *lines* of a run that begins and ends in the moment in which they are written."""
    parted = [line.rpartition(" ")[0] if "event=st" in line else line for line in lines]
    return [one if one in lines else f"{one} JUST_NOW" for one in parted]


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
    assert re.fullmatch(r"Run first-confirm-[0-9a-f]{4} passed: 1 threshold kept\.", last)
    assert "Run first failed: requests < 11 is broken: 11. Once more, to confirm it: " in done.err
    assert place.is_dir()


def test_what_fails_twice_is_red(check: Check) -> None:
    done = check(lines_of("second", 12))
    assert done.code == ExitCode.LIMIT_BROKEN
    assert "confirm run first" in done.out
    assert done.out.splitlines()[-1].endswith(" failed: requests < 11 is broken: 12.")


@pytest.mark.release
@pytest.mark.long
def test_a_second_run_that_nobody_can_judge_passes_nothing(check: Check) -> None:
    done = check(lines_of("second", 10, lost=1))
    assert done.code == ExitCode.INCONCLUSIVE
    assert re.search("Run first-confirm-.... is inconclusive", done.out)


@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize(
    ("command_line", "why"),
    [
        ("exit 3", "'exit 3' ended with 3"),
        ("no-such-program", "no-such-program ended with 127"),
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


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "left no new run of shop"),
        (lines_of("somebodys", 10, test="other"), "left no new run of shop"),
        (lines_of("second", 10, test="other"), "made a run of other, not of shop"),
    ],
)
def test_where_no_run_of_it_was_made_nobody_can_tell(
    check: Check, lines: list[str], why: str
) -> None:
    """Nor does it pass: what failed is known, and that it was confirmed is not."""
    done = check(lines)
    assert done.code == ExitCode.INCONCLUSIVE
    last = done.out.splitlines()[-1]
    assert last.startswith("Run first is inconclusive: no second run confirms what failed: ")
    assert f"{why} (and 1 further reason)." in last
    assert "FAIL  requests < 11" in done.out


def test_the_newest_run_of_the_test_is_somebody_else_s(check: Check) -> None:
    """Two people confirm on one bucket: neither takes what the other one made."""
    others = just_now(lines_of("somebody-elses", 10))
    done = check([*lines_of("second", 12), *others])
    assert done.code == ExitCode.LIMIT_BROKEN
    assert re.fullmatch(r"Run first-confirm-.{4} failed: .*", done.out.splitlines()[-1])


def test_a_command_that_hands_no_name_on_is_told_by_its_time(check: Check) -> None:
    """As of `docker exec` without -e, or ssh: there is one run that it can be."""
    done = check(just_now(lines_of("unnamed", 10)))
    assert done.code == ExitCode.FINE, done.err
    note, last = done.out.splitlines()[-2:]
    assert "; it isn't called first-confirm-" in note
    assert "it is taken for that because no other one of its test began while" in note
    assert last == "Run unnamed passed: 1 threshold kept."


@pytest.mark.parametrize(
    "lines",
    [
        lines_of("one", 10),
        [*just_now(lines_of("one", 10)), *just_now(lines_of("two", 10))],
        [*just_now(lines_of("one", 10)), *lines_of("two", 10, stopped=None)],
        just_now(lines_of("one", 10, stopped=None)),
    ],
    ids=["began before", "two", "one beside it", "without an end"],
)
def test_what_may_be_somebody_else_s_confirms_nothing(check: Check, lines: list[str]) -> None:
    done = check(lines)
    assert done.code == ExitCode.INCONCLUSIVE
    assert re.search(r"left no run first-confirm-.{4}, and whose one", done.out)
    assert "nobody knows: hand SWARMSCOPE_RUN_ID on to what it starts" in done.out


@pytest.mark.release
@pytest.mark.long
def test_of_several_new_runs_it_is_the_one_whose_name_was_handed_on(check: Check) -> None:
    """A fixed name is renewed: under the first one the two would be one run."""
    others = lines_of("somebody-elses", 12, began=350)
    done = check([*lines_of("second", 10), *others], SWARMSCOPE_RUN_ID="first")
    assert done.out.splitlines()[-1] == "Run first-confirm passed: 1 threshold kept."


@pytest.mark.parametrize("fixed", ["", "f" * 200], ids=["drawn", "fixed"])
def test_an_id_has_room_for_what_comes_behind_it(
    command: Command, tmp_path: Path, fixed: str
) -> None:
    """One of 208 signs was dropped by whoever records, and handing it on was no remedy."""
    write(tmp_path / "store", "r" * 200, 11)
    made = command_line(tmp_path, lines_of("second", 10))
    words = ("check", *LIMIT, "--confirm", made, "--data", tmp_path / "store")
    done = command(*words, **({"SWARMSCOPE_RUN_ID": fixed} if fixed else {}))
    found = re.fullmatch(r"Run ([rf]+-confirm\S*) passed: .*", done.out.splitlines()[-1])
    assert found, done.out
    assert run_id(found[1]) == found[1]
    assert len(found[1]) == 200


@pytest.mark.long
@pytest.mark.parametrize("limit", ["requests > 1", 'max of "/x" < 1s'])
def test_what_didn_t_fail_is_not_made_again(
    command: Command, place: Path, tmp_path: Path, limit: str
) -> None:
    words = ("check", "--wait", "0", "--fail", limit, "--confirm", "touch made", "--data", place)
    command(*words)
    assert not (tmp_path / "made").exists()


@pytest.mark.long
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
    assert told["run"].startswith("first-confirm-")
    assert told["exit_code"] == ExitCode.LIMIT_BROKEN
    assert "confirm run first, which failed" in told["notes"][0]
    assert "which failed" in (tmp_path / "verdict.md").read_text()


BROKEN = WholeRun("broken", seconds=6, users=9, slower=20)
AGAIN = replace(BROKEN, run="second", began=T0 + 60, slower=1)
OTHERWISE = [
    (replace(AGAIN, users=1), r"had 1 user for 6 s, broken 9 users for 6 s"),
    (replace(AGAIN, seconds=20), r"had 9 users for 20 s, broken 9 users for 6 s"),
    (replace(AGAIN, conditions={"host": "http://b"}), "was about http://b, broken about http://s"),
    (replace(AGAIN, conditions={"environment": "x"}), "was made in x, broken in none that has a n"),
    (replace(AGAIN, conditions={"locustfile_hash": "0"}), r"isn't what it was when broken was mad"),
]


@pytest.fixture
def confirm(command: Command, tmp_path: Path) -> Callable[..., Done]:
    """Return the command about a run, confirmed by another one."""

    def run(first: WholeRun, second: WholeRun, *ended: str) -> Done:
        told = {run.run: run.lines() for run in (first, second)}
        for run in ended:
            at = next(line for line in told[run] if "event=stop" in line)
            told[run].append(at.replace("event=stop", "event=abort"))
        with Database(tmp_path / "store") as database:
            database.write("loadtest", "\n".join(told[first.run]))
        made = command_line(tmp_path, told[second.run])
        limit = ("--fail", "avg < 500ms", "--wait", "0", "--no-generators")
        return command("check", "broken", *limit, "--confirm", made, "--data", tmp_path / "store")

    return run


@pytest.mark.parametrize(
    ("second", "why"), OTHERWISE, ids=["users", "time", "host", "environment", "locustfile"]
)
def test_another_load_or_another_service_confirms_nothing(
    confirm: Callable[..., Done], second: WholeRun, why: str
) -> None:
    """One user for eight seconds cleared what ten broke."""
    done = confirm(BROKEN, second)
    assert done.code == ExitCode.INCONCLUSIVE, done.out
    last = done.out.splitlines()[-1]
    assert last.startswith("Run broken is inconclusive: no second run confirms what failed: ")
    assert why in last
    assert "confirm with the options that made broken" in last


def test_nor_does_it_make_a_build_red(confirm: Callable[..., Done]) -> None:
    done = confirm(BROKEN, replace(AGAIN, users=90, slower=20))
    assert done.code == ExitCode.INCONCLUSIVE, done.out


def test_nor_where_it_is_taken_by_its_time(check: Check) -> None:
    lines = just_now(lines_of("unnamed", 10))
    done = check([re.sub(r"(event=start\S* )", r'\1host="http://b",', one) for one in lines])
    assert done.code == ExitCode.INCONCLUSIVE, done.out
    assert "unnamed was about http://b, first about none" in done.out


def test_another_commit_is_said_and_compared(confirm: Callable[..., Done]) -> None:
    done = confirm(BROKEN, replace(AGAIN, conditions={"commit": "0000"}))
    assert done.code == ExitCode.FINE, done.out
    assert "note  it is of commit 0000, and broken of 3f2a91c.\n" in done.out


@pytest.mark.parametrize(
    ("users", "code"), [(9, ExitCode.FINE), (1, ExitCode.INCONCLUSIVE)], ids=["same", "fewer"]
)
def test_a_run_that_a_threshold_ended_is_held_against_the_begin_of_another(
    confirm: Callable[..., Done], users: int, code: ExitCode
) -> None:
    """It lasted less than the one that breaks nothing, by the same options."""
    done = confirm(BROKEN, replace(AGAIN, seconds=20, users=users), "broken")
    assert done.code == code, done.out


def test_a_run_that_ended_by_failing_sooner_confirms(confirm: Callable[..., Done]) -> None:
    done = confirm(replace(BROKEN, seconds=20), replace(AGAIN, slower=20), "second")
    assert done.code == ExitCode.LIMIT_BROKEN, done.out
