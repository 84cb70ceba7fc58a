"""``swarmscope report``: a run in one HTML file."""

from pathlib import Path
from typing import Annotated

import typer

from swarmscope.cli._store import Data, Url, store
from swarmscope.errors import ConfigurationError
from swarmscope.report.collect import collect
from swarmscope.report.html import file_name, page
from swarmscope.runs.audit import audit, newest_run


def report(
    run: Annotated[str, typer.Argument(help="the run; by default the one that started last")] = "",
    out: Annotated[
        Path | None, typer.Option(help="the file to write; by default named after the run, here")
    ] = None,
    url: Url = None,
    data: Data = None,
) -> None:
    """Write a run's page into one HTML file, which needs no server and no network."""
    with store(url, data) as reader:
        run = run or newest_run(reader)
        document = page(collect(reader, run), audit(reader, run))
    path = out or Path(file_name(run))
    _write(path, document)
    typer.echo(f"The report on {run} is {path}")


def _write(path: Path, document: str) -> None:
    # A report that is being read is replaced as a whole.
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.write_text(document, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise ConfigurationError(
            f"The report can't be written to {path} ({error.strerror}).",
            data="The run itself is safe in the store.",
            remedy="Name another file with --out.",
        ) from error
