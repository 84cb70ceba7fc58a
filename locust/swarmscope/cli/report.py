"""``swarmscope report``: a run in one HTML file.

Exit codes: 0 written, 2 wrong usage, 3 no such run, or one without a request, 4 the store can't be
reached.
"""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.cli._part import From, To, WarmUp
from swarmscope.cli._store import Data, Json, Url, store
from swarmscope.errors import ConfigurationError
from swarmscope.logs.targets import is_stream, open_target
from swarmscope.own_files import replacing
from swarmscope.report.contents import contents_of
from swarmscope.report.html import file_name, page
from swarmscope.report.summary import summarize
from swarmscope.runs.audit import Verdict, audit, newest_run
from swarmscope.runs.part import Wanted
from swarmscope.schema import APDEX_T_MS
from swarmscope.settings.values import milliseconds
from swarmscope.terminal import one_line


def report(
    run: Annotated[str, typer.Argument(help="the run; by default the one that started last")] = "",
    out: Annotated[
        Path | None, typer.Option(help="the file to write; by default named after the run, here")
    ] = None,
    *,
    since: From = "",
    until: To = "",
    warm_up: WarmUp = "",
    apdex_t: Annotated[
        str, typer.Option(help="the response time that satisfies, for Apdex and ranges: 800ms, 2s")
    ] = f"{APDEX_T_MS}ms",
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write a run's page into one HTML file, which needs no server and no network, and sum it up.

    Without its ramp-up, or any other part: tables and figures are those of the part, and charts
    show the whole run with the rest shaded.
    """
    wanted, t = Wanted.of(since, until, warm_up), _satisfying(apdex_t)
    with store(url, data) as reader:
        run = run or newest_run(reader)
        contents = contents_of(reader, run, wanted, apdex_t=t)
        audited = audit(reader, run)
    path = out or Path(file_name(run))
    _write(path, page(contents, audited).encode())
    summed = summarize(contents)
    if as_json:
        told = {**summed.to_json(), "audit": audited.line(), "report": str(path)}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        typer.echo(f"{summed.render(audited.line())}\n")
        typer.echo(f"The report on {one_line(run)} is {path}")
    if audited.verdict is Verdict.NO_DATA:
        raise typer.Exit(audited.verdict.exit_code)


def _satisfying(text: str) -> int:
    try:
        return milliseconds(text)
    except ValueError as error:
        raise ConfigurationError(
            f"--apdex-t is {text!r}: {error}.", remedy="Give a duration like 800ms or 2s."
        ) from error


def _write(path: Path, document: bytes) -> None:
    try:
        if is_stream(path):
            _pass_on(path, document)
        else:
            # A report that is being read is replaced as a whole.
            with replacing(path) as file:
                file.write(document)
    except OSError as error:
        raise ConfigurationError(
            f"The report can't be written to {path} ({error.strerror}).",
            data="The run itself is safe in the store.",
            remedy="Name another file with --out.",
        ) from error


def _pass_on(path: Path, document: bytes) -> None:
    """Write to what can't be replaced: /dev/stdout, a device, or a pipe that somebody reads."""
    descriptor, _ = open_target(path)
    os.set_blocking(descriptor, True)  # it was opened so as not to wait for a reader
    with open(descriptor, "wb") as file:  # noqa: PTH123 - by its descriptor
        file.write(document)
