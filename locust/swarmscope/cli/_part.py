"""The options of commands that tell the numbers of a part of a run."""

from typing import Annotated

import typer

From = Annotated[
    str,
    typer.Option(
        "--from", help="leave out what is before: 30s or 2m after the run's start, or a moment"
    ),
]
To = Annotated[
    str, typer.Option("--to", help="leave out what is after: 5m after the run's start, or a moment")
]
WarmUp = Annotated[
    str, typer.Option("--warm-up", help="leave out so much of the run's begin, its ramp-up: 30s")
]
