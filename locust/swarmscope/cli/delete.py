"""``swarmscope delete``: a run that nobody needs any more, and the room that it takes.

Exit codes: 0 deleted, 2 wrong usage, a run that goes on, or a no, 3 no such run, 4 the store can't
be reached.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.cli._store import Data, Url, configured, store
from swarmscope.errors import ConfigurationError, NoDataError, StoreUnreachableError
from swarmscope.runs.audit import audit
from swarmscope.runs.judge import is_recent
from swarmscope.settings import Settings
from swarmscope.store.eraser import open_eraser, stored
from swarmscope.store.question import Reader
from swarmscope.terminal import one_line
from swarmscope.words import count_of

Stored = Mapping[tuple[str, str], tuple[int, int]]
"""Run and bucket to how many series and values are there."""


def delete(
    runs: Annotated[list[str], typer.Argument(help="ids of runs, as `swarmscope runs` lists them")],
    url: Url = None,
    data: Data = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="without asking")] = False,
    force: Annotated[bool, typer.Option("--force", help="also a run that goes on")] = False,
) -> None:
    """Delete all that the store has of these runs, from both buckets.

    Deploys and other events that name the run go with it; metrics of the machines stay. What still
    waits in a worker's spool is stored when it comes.
    """
    settings = configured(url)
    with store(url, data) as reader:
        there = _look(reader, runs, settings)
        going = [] if force else [run for run in runs if _is_running(reader, run)]
    if going:
        raise ConfigurationError(
            f"Still running: {', '.join(going)}.",
            data="Nothing was deleted.",
            remedy="Stop it first. With --force what it wrote so far is deleted, and what follows "
            "is stored.",
        )
    typer.echo(_text(there))
    if not yes:
        _ask()
    _erase(there, settings, url, data)
    with store(url, data) as reader:
        left = _look(reader, runs, settings, may_be_gone=True)
    typer.echo(f"Freed: {_sum(there, left)}.")
    if any(values for _, values in left.values()):
        typer.echo(f"Written meanwhile, and there again: {_sum(left, {})}.")


def _look(
    reader: Reader, runs: Sequence[str], settings: Settings, *, may_be_gone: bool = False
) -> Stored:
    buckets = [bucket for bucket in (settings.bucket, settings.bucket_long) if bucket]
    there = {(run, bucket): stored(reader, run, bucket) for run in runs for bucket in buckets}
    unknown = [run for run in runs if not any(there[run, bucket][1] for bucket in buckets)]
    if unknown and not may_be_gone:
        raise NoDataError(
            f"The store has nothing of {', '.join(unknown)} in {' or '.join(buckets)}.",
            data="Nothing was deleted.",
            remedy="`swarmscope runs` lists the runs that it has.",
        )
    return there


def _is_running(reader: Reader, run: str) -> bool:
    try:
        found = audit(reader, run)
    except NoDataError:
        return False  # its seconds are gone already, and minutes alone are left
    except (ConfigurationError, StoreUnreachableError) as error:
        # Whoever may write can make more of a run than an answer holds.
        raise type(error)(
            f"Whether {run} still runs can't be found out: {error.happened}",
            data="Nothing was deleted.",
            remedy="With --force it is deleted without being looked at.",
        ) from error
    # What waits in the spool of a worker that is gone keeps a run open; nobody measures any more.
    heard = [account.last for account in found.accounts if account.last is not None]
    now = time.time_ns() // 1_000_000
    return found.running and (not heard or is_recent(max(heard), now))


def _ask() -> None:
    if not sys.stdin.isatty():
        raise ConfigurationError(
            "Nobody is there to be asked.",
            data="Nothing was deleted.",
            remedy="Add --yes to delete them without asking.",
        )
    if not typer.confirm("Delete that for good?"):
        typer.echo("Nothing was deleted.")
        raise typer.Exit(ConfigurationError.exit_code)


def _erase(there: Stored, settings: Settings, url: str | None, data: Path | None) -> None:
    with open_eraser(settings, os.environ, url=url, data=data) as eraser:
        for (run, bucket), (_, values) in there.items():
            if values:
                eraser.erase({"run": run}, bucket)


def _text(there: Stored) -> str:
    return "\n".join(
        f"{one_line(run)} in {bucket}: {series:,} series, {count_of(values, 'value')}."
        for (run, bucket), (series, values) in there.items()
        if values
    )


def _sum(there: Stored, left: Stored) -> str:
    series = sum(n for n, _ in there.values()) - sum(n for n, _ in left.values())
    values = sum(n for _, n in there.values()) - sum(n for _, n in left.values())
    return f"{series:,} series, {count_of(values, 'value')}"
