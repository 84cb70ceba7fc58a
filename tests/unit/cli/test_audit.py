"""`swarmscope audit`: what each verdict ends it with, and what it says to do."""

import json
from pathlib import Path

import pytest
from tests.fixtures.audits import audited, worker
from tests.fixtures.commands import Command

from swarmscope.cli.audit import REMEDIES, _text
from swarmscope.errors import ExitCode
from swarmscope.runs.audit import MOST_LISTED, Verdict

ACCOUNT = (
    "  worker-0     seen 10 = delivered {delivered} + rejected 0 + lost {lost} "
    "+ pending {pending}; stored {stored}, totals 10"
)


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("run", "code", "says", "remedy"),
    [
        ("complete", ExitCode.FINE, "is complete: 10 requests of 1 worker", None),
        ("lost", ExitCode.INCONCLUSIVE, "is incomplete by 2 of 10", Verdict.INCOMPLETE),
        ("waits", ExitCode.INCONCLUSIVE, "is pending by 6 of 10", Verdict.PENDING),
        ("silent", ExitCode.NO_DATA, "has no data to judge", Verdict.NO_DATA),
    ],
)
def test_a_verdict_is_told_with_its_exit_code_and_what_to_do(
    command: Command,
    small_store: Path,
    run: str,
    *,
    code: ExitCode,
    says: str,
    remedy: Verdict | None,
) -> None:
    done = command("audit", run, "--wait", "0", "--data", small_store)
    assert (done.code, done.err) == (code, "")
    first, *others = done.out.splitlines()
    assert first.startswith(f"Run {run} {says}")
    assert [line for line in others if line in REMEDIES.values()] == (
        [REMEDIES[remedy]] if remedy else []
    )


def test_each_worker_has_a_line_of_what_became_of_its_requests(
    command: Command, small_store: Path
) -> None:
    lost = command("audit", "lost", "--wait", "0", "--data", small_store).out.splitlines()
    assert ACCOUNT.format(delivered=8, lost=2, pending=0, stored=8) in lost


def test_of_a_run_that_goes_on_nothing_is_to_be_done(command: Command, going_store: Path) -> None:
    going = command("audit", "going", "--wait", "0", "--data", going_store)
    assert going.code == ExitCode.INCONCLUSIVE
    assert going.out.startswith("Run going is running: 10 requests of 1 worker stored so far.")
    line = ACCOUNT.format(delivered=10, lost=0, pending=0, stored=10)
    assert f"{line}; no final marker" in going.out.splitlines()
    assert not any(remedy in going.out for remedy in REMEDIES.values())


def test_without_a_name_it_is_the_newest(command: Command, own_store: Path) -> None:
    named = command("audit", "--wait", "0", "--data", own_store)
    assert named.out.startswith("Run ")
    assert (
        named.out
        == command(
            "audit", named.out[4:].partition(" is ")[0], "--wait", "0", "--data", own_store
        ).out
    )


def test_in_json_it_is_the_same(command: Command, small_store: Path) -> None:
    done = command("audit", "lost", "--wait", "0", "--json", "--data", small_store)
    told = json.loads(done.out)
    assert done.code == ExitCode.INCONCLUSIVE
    assert (told["verdict"], told["run"]) == ("incomplete", "lost")
    assert [(one["worker"], one["missing"]) for one in told["workers"]] == [("worker-0", 2)]


def test_a_run_that_nobody_knows_is_no_data(command: Command, small_store: Path) -> None:
    done = command("audit", "nobody", "--wait", "0", "--data", small_store)
    assert (done.code, done.out) == (ExitCode.NO_DATA, "")
    assert "nobody" in done.err


def test_of_very_many_workers_a_part_is_listed_and_the_rest_counted() -> None:
    names = [f"worker-{number}" for number in range(MOST_LISTED + 2)]
    lines = _text(audited(*(worker(name) for name in names))).splitlines()
    assert sum(" seen 10 = " in line for line in lines) == MOST_LISTED
    assert "  and 2 more" in lines


def test_a_worker_s_name_is_one_line() -> None:
    lines = _text(audited(worker("a\n::error::b"))).splitlines()
    assert not any(line.startswith("::") for line in lines)
