"""``swarmscope export``: a run as files for other programs.

Exit codes: 0 written, 2 wrong usage, 3 no such run, 4 the store can't be reached, 130 interrupted,
and nothing is left of it.
"""

from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from swarmscope.cli._store import Data, Url, store
from swarmscope.runs.export import Format
from swarmscope.runs.export import export as write_files
from swarmscope.signals import handled


def export(
    run: Annotated[str, typer.Argument(help="the run's id")],
    kind: Annotated[Format, typer.Option("--format", help="what the files are")] = Format.CSV,
    out: Annotated[Path, typer.Option(help="folder; the run gets one of its own in it")] = Path(
        "results"
    ),
    url: Url = None,
    data: Data = None,
    *,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV: texts as they are, formulas in them too")
    ] = False,
) -> None:
    """Write all points of a run, and the hosts' metrics of that time, to files."""
    # What it wrote so far is taken away again, whoever ends it.
    with handled(_interrupt), store(url, data) as reader:
        written = write_files(reader, run, kind, out, raw=raw)
    for path, rows in written.rows.items():
        typer.echo(f"{path}: {rows:,} rows")
    if written.changed:
        typer.echo(
            "What a spreadsheet would calculate in a text has a ' before it in them. "
            "For programs that want them exact: --raw",
            err=True,
        )


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
