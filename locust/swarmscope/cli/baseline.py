"""``swarmscope baseline``: names under which runs are kept, to compare others with.

Exit codes: 0 done, 2 wrong usage, 3 no such run or baseline, 4 the store can't be reached, 5 others
shouldn't be compared with the run.
"""

import json
import os
import time
from datetime import datetime
from typing import Annotated

import typer

from swarmscope.baselines.kept import KeptRun, kept_runs, line_of, tags_of
from swarmscope.baselines.named import Named
from swarmscope.cli._plain import plain
from swarmscope.cli._store import Data, Json, Run, Url, configured, store, written_to
from swarmscope.comparison.comparing import NotComparableError
from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.runs.audit import newest_run
from swarmscope.runs.doubts import doubts_of_run
from swarmscope.store.eraser import open_eraser
from swarmscope.store.file_writer import write_to_file
from swarmscope.store.location import data_folder
from swarmscope.store.write import post
from swarmscope.terminal import one_line
from swarmscope.words import count_of

baseline = typer.Typer(help="Keep runs, to compare others with.", no_args_is_help=True)

Name = Annotated[str, typer.Option(help="the baseline's name: main, release-2")]


@baseline.command()
@plain
def add(
    run: Run = None,
    name: Name = "main",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="also a run that failed, or that nobody can judge")
    ] = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Keep a run under a name; ten of them tell how far runs of one service lie apart."""
    _refuse_odd(name)
    with store(url, data) as reader:
        known = Named(reader)
        made = known.made(run or newest_run(reader))
        if name in known.conditions:
            raise ConfigurationError(
                f"{name} is the id of a run.",
                data="Nothing was kept.",
                remedy="Give the baseline another name.",
            )
        against = one_line("; ".join(_whys(known, made.run)))
        if against and not anyway:
            raise _refused(against)
        server = written_to(reader, url, data)
        there = {one.run for one in known.kept if one.baseline == name} | {made.run}
    lines = [line_of(name, made, time.time_ns(), against)]
    folder = data_folder(os.environ, url=url, data=data)
    if server is None and folder is not None:
        write_to_file(folder, {configured(url).bucket: lines})  # a file that nobody holds
    else:
        post(lines, server or configured(url), what="the baseline", data="Nothing was kept.")
    typer.echo(f"{made.run} is kept under {name}, which has {count_of(len(there), 'run')} now.")


@baseline.command("list")
@plain
def list_(url: Url = None, data: Data = None, as_json: Json = False) -> None:
    """List baselines, and the runs that each of them has."""
    with store(url, data) as reader:
        known = Named(reader)
        kept = known.kept
    if as_json:
        rows = [{**vars(one), "there": one.run in known.conditions} for one in kept]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not kept:
        typer.echo(
            "No baseline yet. `swarmscope baseline add RUN --name main` keeps a run.", err=True
        )
    for one in kept:
        gone = "" if one.run in known.conditions else "  (its data is gone)"
        typer.echo(f"{_line(one)}{gone}")


@baseline.command()
@plain
def remove(
    run: Annotated[str, typer.Argument(help="a run of it; without one, all of it")] = "",
    name: Name = "main",
    url: Url = None,
    data: Data = None,
) -> None:
    """Take a run out of a baseline, or forget the baseline; the runs themselves stay."""
    settings = configured(url)
    with store(url, data) as reader:
        gone = [one for one in kept_runs(reader) if one.baseline == name and run in ("", one.run)]
    if not gone:
        what = f"no run {run} in a baseline {name}" if run else f"no baseline {name}"
        raise NoDataError(
            f"The store has {what}.",
            data="Nothing was removed.",
            remedy="`swarmscope baseline list` lists what it has.",
        )
    with open_eraser(settings, os.environ, url=url, data=data) as eraser:
        eraser.erase(tags_of(name, run), settings.bucket)
    typer.echo(f"{count_of(len(gone), 'run')} taken out of {name}; their data stays.")


def _refuse_odd(name: str) -> None:
    if not name.strip() or "," in name or name != name.strip():
        raise ConfigurationError(
            f"--name is {name!r}, which can't be used: a name has no comma, and no blank at its "
            "ends.",
            data="Nothing was kept.",
            remedy="Call it main, or release-2.",
        )


def _whys(known: Named, run: str) -> list[str]:
    """Return why nobody should be compared with *run*."""
    spoiled = known.conditions[run].spoiled
    return [*filter(None, [spoiled]), *doubts_of_run(known.reader, run)]


def _refused(against: str) -> NotComparableError:
    return NotComparableError(
        f"Others shouldn't be compared with this run: {against}.",
        data="Nothing was kept.",
        remedy="Keep a run that is complete and passed, or say --anyway.",
    )


def _line(one: KeptRun) -> str:
    when = f"{datetime.fromtimestamp(one.time / 1_000).astimezone():%Y-%m-%d %H:%M}"
    told = (one.baseline, one.run, when, one.test, one.commit[:12], one.environment, one.load)
    return "  ".join(one_line(text) for text in told if text)
