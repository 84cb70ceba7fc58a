"""The options of commands that tell the numbers of a part of a run."""

from typing import Annotated

import typer

from swarmscope.errors import ConfigurationError
from swarmscope.settings import values

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


def warm_up_of(text: str, data: str) -> float:
    """Return the seconds that *text* says, given as --warm-up; *data* says what became of the work.

    Raises:
        ConfigurationError: it says none.

    """
    try:
        return values.duration(text) if text else 0.0
    except ValueError as error:
        raise ConfigurationError(
            f"--warm-up is {text!r}, which can't be used: {error}.",
            data=data,
            remedy="Give it as 30s.",
        ) from error
