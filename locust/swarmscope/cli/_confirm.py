"""A second run before a build turns red: ``swarmscope check --confirm 'make run …'``.

Machines have bad minutes. A run that failed is made once more by the command that made it, and
judged by the same thresholds; what failed twice is red. A command that breaks leaves the first
verdict as it is. Others may write to the store meanwhile: the second run is told by an id that the
command is given, and where none has it nobody can tell. One of another load, or against another
service, says nothing of the first. Nothing passes because its confirmation broke.
"""

import os
import secrets
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from time import time
from typing import Annotated, Any

import typer

from swarmscope import schema
from swarmscope.baselines.comparable import Made, unlike
from swarmscope.baselines.named import Named
from swarmscope.cli._store import store
from swarmscope.errors import NoDataError
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import RunVerdict, Verdict
from swarmscope.store.question import Question, Reader
from swarmscope.terminal import one_line
from swarmscope.words import are, some_of

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
    asked = _fresh(os.environ.get(_RUN_ID, ""), first.run, before)
    typer.echo(f"{first.sentence()} Once more, to confirm it: {one_line(command)}", err=True)
    made = _made(command, asked)
    if made.code:
        return _unconfirmed(first, f"{shlex.quote(command)} ended with {made.code}")
    new = {run: row for run, row in _runs(url, data).items() if run not in before}
    run, how = _second(new, test, asked, made)
    if not run:
        return _undecided(first, f"{shlex.quote(command)} {how}")
    second = judge(run)
    otherwise, notes = _compared(first, second, url, data)
    if otherwise:
        return _undecided(first, otherwise)
    note = f"it was made to confirm run {first.run}, which failed: {why}{how}"
    return replace(second, notes=(*second.notes, *notes, note))


def _unconfirmed(first: RunVerdict, why: str) -> RunVerdict:
    return replace(first, notes=(*first.notes, f"no second run confirms it: {why}"))


def _undecided(first: RunVerdict, why: str) -> RunVerdict:
    """Return that nobody can tell whether what *first* broke is confirmed."""
    judged = tuple(replace(one, certain=False) for one in first.judged)
    doubt = f"no second run confirms what failed: {why}"
    return replace(first, judged=judged, doubts=(doubt, *first.doubts))


def _runs(url: str | None, data: Path | None) -> dict[str, dict[str, Any]]:
    with store(url, data) as reader:
        return {row["run"]: row for row in reader.ask(Question("runs")).records()}


def _fresh(fixed: str, first: str, there: Runs) -> str:
    """Return an id for the second run: under that of the *first* the two would be one.

    By a *fixed* one it is known before; else two people may confirm the same run at once.
    """
    if not fixed:
        return _behind(first, f"-confirm-{secrets.token_hex(2)}")
    ends = chain(["-confirm"], (f"-confirm-{n}" for n in count(2)))
    names = (_behind(fixed, end) for end in ends)
    return next(name for name in names if name not in there)


def _behind(front: str, end: str) -> str:
    """Return *front* and *end*; of one too long for an id, which no run gets, less of its front."""
    return f"{front[: schema.MAX_TAG_LENGTH - len(end)]}{end}"


@dataclass(frozen=True)
class _Made:
    """How the command ended, and from when to when it ran, ms since 1970."""

    code: int
    began: float
    ended: float


def _made(command: str, run: str) -> _Made:
    """Run *command* in a shell that names the *run*; what it prints goes to stderr."""
    began = time()
    # The user's own line, as a shell reads it.
    done = subprocess.run(  # noqa: S602
        command, shell=True, check=False, env={**os.environ, _RUN_ID: run}, stdout=_STDERR
    )
    return _Made(done.returncode, began * 1_000, time() * 1_000)


def _second(new: Runs, test: object, asked: str, made: _Made) -> tuple[str, str]:
    """Return which of the *new* runs it is, or nothing; and how that is known, or why it isn't."""
    if asked in new:
        told = new[asked]["test"]
        return (asked, "") if told == test else ("", f"made a run of {told}, not of {test}")
    own = [run for run, row in new.items() if row["test"] == test]
    if not own:
        return "", f"left no new run of {test}"
    remedy = f"hand {_RUN_ID} on to what it starts"
    if len(own) == 1 and _is_within(new[own[0]], made):
        taken = "it is taken for that because no other one of its test began while the command ran"
        return own[0], f"; it isn't called {asked}: {taken} ({remedy})"
    return "", (
        f"left no run {asked}, and whose {', '.join(some_of(sorted(own), 3))} "
        f"{are(len(own))} nobody knows: {remedy}"
    )


def _is_within(row: Mapping[str, Any], made: _Made) -> bool:
    start, stop = row["start"], row["stop"]
    return None not in (start, stop) and made.began <= start and stop <= made.ended


def _compared(
    first: RunVerdict, second: RunVerdict, url: str | None, data: Path | None
) -> tuple[str, tuple[str, ...]]:
    """Return why *second* isn't *first* made once more, or ""; and what else differs."""
    with store(url, data) as reader:
        known = Named(reader)
        try:
            was, now = known.made(first.run), known.made(second.run)
        except NoDataError as error:
            return f"how they were made can't be compared: {error.happened.rstrip('.')}", ()
        if _was_ended(reader, first.run) and was.load.is_begin_of(now.load):
            was = replace(was, load=now.load)
        # It breaks what the first did, and would have had more of the same load.
        failed = second.verdict is Verdict.FAILED
        if failed and _was_ended(reader, second.run) and now.load.is_begin_of(was.load):
            now = replace(now, load=was.load)
    differences = "; ".join(unlike(was, now))
    if differences:
        return f"{differences}: confirm with the options that made {first.run}", ()
    return "", tuple(_noted(was, now))


def _was_ended(reader: Reader, run: str) -> bool:
    """Whether *run* lasted less than it was to: a threshold, or somebody, ended it."""
    events = {row["event"] for row in reader.ask(Question("run_events", run)).records()}
    return "stop" not in events or bool(events & {"abort", "cut_short"})


def _noted(was: Made, now: Made) -> Iterator[str]:
    commit, other = was.conditions.commit, now.conditions.commit
    if commit and other and commit != other:
        yield f"it is of commit {other}, and {was.run} of {commit}"
