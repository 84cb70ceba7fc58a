"""``swarmscope init``: a starter folder for a test of one's own.

Exit codes: 0 written, 2 wrong usage, or a folder that has such files.
"""

from pathlib import Path
from typing import Annotated

import typer

from swarmscope.errors import ConfigurationError
from swarmscope.starter.files import Place, contents
from swarmscope.starter.folder import write
from swarmscope.starter.hosts import is_host
from swarmscope.starter.reading import read
from swarmscope.starter.refusal import NOTHING, refused
from swarmscope.starter.source import DEMO, DEMO_HOST, Source
from swarmscope.terminal import one_line
from swarmscope.words import count_of


def init(
    folder: Annotated[Path, typer.Argument(help="the folder to make")] = Path("load-test"),
    *,
    described: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="what to test: OpenAPI or Swagger (.yaml, .json), a recording (.har), URLs (.txt)",
            show_default="the demo shop",
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="the target", show_default="the file's, or the demo shop's")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="also send what may change something: POST and the like")
    ] = False,
) -> None:
    """Write a starter folder for a test of your own: locustfile, settings, workflow."""
    if host is not None and not is_host(host):
        raise ConfigurationError(
            f"--host is {host!r}, which is no address of a web service.",
            data=NOTHING,
            remedy="Give one like https://staging.example or http://127.0.0.1:8000.",
        )
    source = read(described, host or "") if described else DEMO
    if not everything and not any(call.reads for call in source.calls):
        raise refused(
            str(described),
            "has nothing but requests that may change something",
            "With --all they are sent; look at their data first.",
        )
    target = (host or source.host or DEMO_HOST).rstrip("/")
    place = Place.of(folder)
    write(contents(source, target, place, writing=everything))
    _tell(source, target, place, everything=everything, named=host is not None)
    typer.echo(f"How to run it is in {folder / 'README.md'}")


def _tell(source: Source, target: str, place: Place, *, everything: bool, named: bool) -> None:
    typer.echo(f"Written: {place.folder}")
    typer.echo(f"         {place.workflow}")
    waiting = 0 if everything else sum(not call.reads for call in source.calls)
    kinds = count_of(len(source.calls) - waiting, "kind of request", "kinds of requests")
    typer.echo(f"It sends {kinds} to {target}")
    if not named and not source.host:
        typer.echo("The file names no host, and the demo shop's stands there: --host names yours.")
    if waiting:
        typer.echo(
            f"{waiting} more may change something, and {'waits' if waiting == 1 else 'wait'} for "
            "data and a weight (@task(0)); --all sends all of them."
        )
    for credential in source.credentials:
        typer.echo(
            one_line(
                f"The {credential.place} {credential.name} is taken from {credential.variable}."
            )
        )
    for notice in source.notices:
        typer.echo(one_line(notice))
