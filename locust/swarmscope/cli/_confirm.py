"""A second run before a build turns red: ``swarmscope check --confirm 'make run …'``.

Machines have bad minutes. A run that failed is made once more by the command that made it, and
judged by the same thresholds; what failed twice is red. Whatever keeps the second from being judged
leaves the first verdict as it is: nothing passes because its confirmation broke.
"""

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Annotated, Any

import typer

from swarmscope.cli._store import store
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import RunVerdict, Verdict
from swarmscope.store.question import Question
from swarmscope.terminal import one_line

Confirm = Annotated[
    str,
    typer.Option(
        metavar="COMMAND", help="a shell's line that makes the run once more, if it failed"
    ),
]
Runs = Mapping[str, Mapping[str, Any]]
"""What a list of runs has of each, by their ids."""
_STDERR = 2
_RUN_ID = "SWARMSCOPE_RUN_ID"


def confirmed(
    first: RunVerdict,
    command: str,
    judge: Callable[[str], RunVerdict],
    url: str | None,
    data: Path | None,
) -> RunVerdict:
    """Return the verdict that counts: the first, or that of the run that a *command* makes.

    The store isn't open meanwhile: the command may need to hold its file.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    if not command or first.verdict is not Verdict.FAILED:
        return first
    why = first.reasons(Severity.FAIL)[0]
    before = _runs(url, data)
    test = before[first.run]["test"] if first.run in before else None
    if before.get(first.run, {}).get("stop") is None:
        return _unconfirmed(first, "it has no end yet, and one beside it would disturb it")
    fresh = _fresh(os.environ.get(_RUN_ID, ""), before)
    typer.echo(f"{first.sentence()} Once more, to confirm it: {one_line(command)}", err=True)
    code = _made(command, fresh)
    if code:
        return _unconfirmed(first, f"{shlex.quote(command)} ended with {code}")
    new = {run: row for run, row in _runs(url, data).items() if run not in before}
    run = _of_test(new, test, fresh)
    if run is None:
        return _unconfirmed(first, f"{shlex.quote(command)} left no new run of {test}")
    second = judge(run)
    note = f"it was made to confirm run {first.run}, which failed: {why}"
    return replace(second, notes=(*second.notes, note))


def _unconfirmed(first: RunVerdict, why: str) -> RunVerdict:
    return replace(first, notes=(*first.notes, f"no second run confirms it: {why}"))


def _runs(url: str | None, data: Path | None) -> dict[str, dict[str, Any]]:
    with store(url, data) as reader:
        return {row["run"]: row for row in reader.ask(Question("runs")).records()}


def _fresh(fixed: str, there: Runs) -> str:
    """Return an id for the second run where the first had a *fixed* one: two would be one run."""
    names = chain([f"{fixed}-confirm"], (f"{fixed}-confirm-{n}" for n in count(2)))
    return next(name for name in names if name not in there) if fixed else ""


def _made(command: str, run: str) -> int:
    """Run *command* in a shell, and return its exit code; what it prints goes to stderr."""
    env = {**os.environ, **({_RUN_ID: run} if run else {})}
    # The user's own line, as a shell reads it.
    return subprocess.run(command, shell=True, check=False, env=env, stdout=_STDERR).returncode  # noqa: S602


def _of_test(new: Runs, test: object, fresh: str) -> str | None:
    """Return which of the *new* runs it is: others may write to the store at the same time."""
    if fresh in new:
        return fresh
    own = [run for run, row in new.items() if row["test"] == test]
    return max(own, key=lambda run: new[run]["start"] or 0, default=None)
