"""``swarmscope init``: a starter folder for a test of one's own."""

import re
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.errors import ConfigurationError
from swarmscope.starter.files import Place, contents
from swarmscope.starter.folder import write
from swarmscope.starter.source import DEMO, DEMO_HOST, Source

_HOST = re.compile(
    r"https?://(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?(?:/[\w./%-]*)?", re.ASCII | re.IGNORECASE
)
"""Neither a shell nor a workflow sees more in it than an address."""


def init(
    folder: Annotated[Path, typer.Argument(help="the folder to make")] = Path("load-test"),
    *,
    host: Annotated[
        str | None, typer.Option(help="the target", show_default="the demo shop's")
    ] = None,
) -> None:
    """Write a starter folder for a test of your own: locustfile, settings, workflow."""
    source = DEMO
    place = Place.of(folder)
    write(contents(source, _target(host, source), place))
    typer.echo(f"Written: {place.folder}")
    typer.echo(f"         {place.workflow}")
    typer.echo(f"How to run it is in {folder / 'README.md'}")


def _target(given: str | None, source: Source) -> str:
    if given is not None and not _HOST.fullmatch(given):
        raise ConfigurationError(
            f"--host is {given!r}, which is no address of a web service.",
            data="Nothing was written.",
            remedy="Give one like https://staging.example or http://127.0.0.1:8000.",
        )
    return (given or source.host or DEMO_HOST).rstrip("/")
