"""`swarmscope baseline`: runs that are kept, and those that aren't taken."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.fixtures.commands import Command, Done
from tests.fixtures.many_runs import stored
from tests.fixtures.whole_runs import T0, WholeRun, several

from swarmscope.errors import ExitCode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a store of two good runs, one that failed, and one that lost a request."""
    lost = WholeRun("lost", T0 + 200, seconds=6)
    runs: Sequence[WholeRun] = [
        *several("base", 2, seconds=6),
        WholeRun("failed", T0 + 300, seconds=6, verdict="failed"),
    ]
    with stored(tmp_path, runs) as reader:
        text = "\n".join(lost.lines()).replace("requests_seen=240i", "requests_seen=241i")
        reader.database.write("loadtest", text)
    return tmp_path


@pytest.fixture
def baseline(command: Command, folder: Path) -> Command:
    """Return the command about that store."""

    def run(*words: str | Path, **env: str) -> Done:
        return command("baseline", *words, "--data", folder, **env)

    return run


@pytest.mark.long
def test_runs_are_kept_listed_and_taken_back(baseline: Command) -> None:
    assert baseline("list").err.startswith("No baseline yet.")
    done = baseline("add", "base-0")
    assert (done.code, done.out) == (0, "base-0 is kept under main, which has 1 run now.\n")
    assert baseline("add", "base-1").out == "base-1 is kept under main, which has 2 runs now.\n"
    assert baseline("add", "base-1").out == "base-1 is kept under main, which has 2 runs now.\n"
    assert baseline("add", "base-1", "--name", "other").code == 0
    listed = baseline("list").out.splitlines()
    assert [line.split()[:2] for line in listed] == [
        ["main", "base-0"],
        ["main", "base-1"],
        ["other", "base-1"],
    ]
    assert listed[0].endswith("shop  3f2a91c  5 users for 6 s")
    done = baseline("remove", "base-0")
    assert (done.code, done.out) == (0, "1 run taken out of main; their data stays.\n")
    told = json.loads(baseline("list", "--json").out)
    assert [(one["baseline"], one["run"], one["there"]) for one in told] == [
        ("main", "base-1", True),
        ("other", "base-1", True),
    ]
    assert baseline("remove", "--name", "other").code == 0
    assert len(json.loads(baseline("list", "--json").out)) == 1


def test_a_run_that_is_gone_is_said_to_be(
    baseline: Command, command: Command, folder: Path
) -> None:
    baseline("add", "base-0")
    told = json.loads(baseline("list", "--json").out)
    assert told[0]["there"] is True
    assert command("delete", "base-0", "--yes", "--data", folder).code == 0
    # Who deletes a run deletes what names it.
    assert json.loads(baseline("list", "--json").out) == []


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("failed", "its thresholds came to: failed"),
        ("lost", "its data is incomplete by 1 of 241 requests"),
    ],
)
def test_what_others_would_pass_beside_too_easily_is_refused(
    baseline: Command, run: str, why: str
) -> None:
    done = baseline("add", run)
    assert done.code == ExitCode.INCONCLUSIVE
    assert why in done.err
    assert "Nothing was kept." in done.err
    assert baseline("list").out == ""
    assert baseline("add", run, "--anyway").code == 0
    assert baseline("list").out.split()[:2] == ["main", run]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "nobody"), ExitCode.NO_DATA, "no start of a run nobody"),
        (("add", "base-0", "--name", "a,b"), ExitCode.WRONG_USAGE, "a name has no comma"),
        (("add", "base-0", "--name", " "), ExitCode.WRONG_USAGE, "a name has no comma"),
        (("add", "base-0", "--name", "base-1"), ExitCode.WRONG_USAGE, "is the id of a run"),
        (("remove", "base-0"), ExitCode.NO_DATA, "no run base-0 in a baseline main"),
        (("remove", "--name", "x"), ExitCode.NO_DATA, "no baseline x"),
    ],
)
def test_what_can_t_be_done_is_said(
    baseline: Command, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    done = baseline(*words)
    assert done.code == code
    assert said in done.err
    assert baseline("list").out == ""
