"""``swarmscope demo``: everything at once, on this machine alone.

Exit codes: 0 all was recorded, 2 wrong usage, 3 nothing was recorded, 5 data is missing, 130 ended
at once, or before anything was measured.
"""

from pathlib import Path
from typing import Annotated

import typer

from swarmscope.demo import lifecycle
from swarmscope.demo.faults.table import FAULTS, parse
from swarmscope.embedded.folder import DATA


def demo(
    *,
    duration: Annotated[int, typer.Option(min=5, help="Length of the load, seconds.")] = 120,
    workers: Annotated[int, typer.Option(min=1, max=16, help="Locust worker processes.")] = 2,
    users: Annotated[int, typer.Option(min=1, help="Users on the last step.")] = 200,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the store and its live page.")
    ] = 8086,
    web_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of Locust's own web UI.")
    ] = 8089,
    data: Annotated[
        Path, typer.Option(help="Folder for the store, the logs and the report.")
    ] = DATA,
    fault: Annotated[
        str,
        typer.Option(help=f"What the shop suffers from meanwhile: {', '.join(FAULTS)}; cliff:8."),
    ] = "",
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the live page in a browser.")
    ] = False,
) -> None:
    """Run a demo shop, a step load on it and the store; show all of it on one live page.

    A port that is taken is replaced by a free one. Ctrl-C ends the load early, with the summary
    and the report of what was measured.
    """
    options = lifecycle.Options(
        duration=duration,
        workers=workers,
        users=users,
        port=port,
        web_port=web_port,
        data=data,
        open_browser=open_browser,
        fault=parse(fault) if fault else None,
    )
    raise typer.Exit(lifecycle.demo(options, typer.echo))
