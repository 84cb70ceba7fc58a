"""How commands that judge tell their answer: what can't be written hides it from no build."""

import json
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from tests.fixtures.commands import Command, Done

from swarmscope.errors import ExitCode

PROGRAM = "from swarmscope.cli import main; main()"
SENTENCES = [
    ("requests < 1", ExitCode.LIMIT_BROKEN),
    ("requests > 1", ExitCode.WRONG_USAGE),
    ('max of "/x" < 1s', ExitCode.INCONCLUSIVE),
]
"""The last is what each ends with where all would be well but for what can't be written."""


def words(store: Path, sentence: str) -> tuple[str, ...]:
    asked = ("check", "complete", "--wait", "0", "--data", str(store))
    return (*asked, "--fail", sentence)


@pytest.fixture
def check(command: Command, small_store: Path) -> Command:
    """Return the command about a run that broke its threshold."""

    def run(*more: str | Path) -> Done:
        return command(*words(small_store, "requests < 1"), *more)

    return run


@pytest.mark.sample(3)
@pytest.mark.parametrize(("sentence", "code"), SENTENCES)
def test_a_disk_that_is_full_by_then_hides_no_answer(
    command: Command, small_store: Path, full: Path, sentence: str, code: ExitCode
) -> None:
    done = command(*words(small_store, sentence), "--junit", full)
    assert done.code == code
    assert f"{full} can't be written (No space left on device). The answer is known" in done.err
    assert done.out.splitlines()[-1].startswith("Run complete ")


def test_a_folder_that_is_gone_by_then_hides_no_answer(check: Command) -> None:
    """Of a folder of the kernel's nobody knows before what may be made in it."""
    done = check("--markdown", "/proc/self/verdict.md")
    assert done.code in (ExitCode.LIMIT_BROKEN, ExitCode.WRONG_USAGE)
    assert "/proc/self/verdict.md can't be written" in done.err
    assert (done.code == ExitCode.LIMIT_BROKEN) == ("The answer is known" in done.err)


def test_what_can_t_be_written_is_told_before_anything_is_judged(
    check: Command, tmp_path: Path
) -> None:
    for path, why in (("no/x", "there is no folder no"), (tmp_path, "it is a folder")):
        done = check("--markdown", path)
        assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
        assert f"{path} can't be written: {why}. Nothing was judged." in done.err


def test_what_lies_on_a_read_only_disk_is_told_before_as_well(check: Command) -> None:
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    places = [Path(one[1]) for one in mounts if "ro" in one[3].split(",")]
    place = next((one for one in places if one.is_dir()), None)
    if place is None:
        pytest.skip("no file system here is read-only")
    done = check("--markdown", place / "x.md")
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "you may not write there. Nothing was judged." in done.err


@pytest.mark.parametrize("more", [("--markdown", "-", "--junit", "-"), ("--slack", "-", "--json")])
def test_one_form_alone_is_printed(check: Command, more: tuple[str, ...]) -> None:
    done = check(*more)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "Give - or --json once" in done.err


def test_beside_a_form_that_is_printed_people_are_told_elsewhere(check: Command) -> None:
    done = check("--teams", "-")
    assert json.loads(done.out)["type"] == "message"
    assert done.err.splitlines()[-1].startswith("Run complete failed")
    assert done.code == ExitCode.LIMIT_BROKEN


def ended(store: Path, sentence: str, out: IO[str], err: IO[str] | int) -> tuple[int, str]:
    """Return how a process of its own ends: Python flushes once more as it does."""
    line = [sys.executable, "-c", PROGRAM, *words(store, sentence)]
    done = subprocess.run(line, stdout=out, stderr=err, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.long
def test_output_that_can_t_be_written_hides_no_answer(small_store: Path, full: Path) -> None:
    with full.open("w") as nowhere:
        code, _ = ended(small_store, "requests < 1", nowhere, nowhere)
        assert code == ExitCode.LIMIT_BROKEN
        code, said = ended(small_store, "requests > 1", nowhere, subprocess.PIPE)
    assert code == ExitCode.WRONG_USAGE
    assert said == "swarmscope: What it printed can't be written (No space left on device).\n"


def test_a_reader_who_wants_no_more_changes_no_answer(small_store: Path) -> None:
    """In a pipeline of a shell that looks at each exit code, `| head -1` turned a run red."""
    line = [sys.executable, "-c", PROGRAM, *words(small_store, "requests > 1")]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        running.stdout.close()
        _, said = running.communicate()
    assert (running.returncode, said) == (0, b"")
