"""``swarmscope dashboards``: the boards, generated and brought to a Grafana.

Exit codes: 0 done, 1 generated files aren't what the generator makes (`check`), 2 wrong usage, 4
Grafana can't be reached.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.cli._plain import plain
from swarmscope.errors import ConfigurationError
from swarmscope.grafana.connection import Place, missing
from swarmscope.grafana.content import FOLDER
from swarmscope.grafana.found import found
from swarmscope.grafana.publish import SOURCE, State, Wanted
from swarmscope.grafana.publish import publish as bring
from swarmscope.settings import Settings

_ROOT = Path(__file__).parents[3]
dashboards = typer.Typer(help="Build, check and publish the boards.", no_args_is_help=True)

Grafana = Annotated[str | None, typer.Option(help="where Grafana is", show_default="$GRAFANA_URL")]


@dashboards.command()
@plain
def build() -> None:
    """Generate the boards and alert rules anew: in a clone of the repository."""
    raise typer.Exit(_generator())


@dashboards.command()
@plain
def check() -> None:
    """Say whether the generated files are what the generator makes: in a clone."""
    raise typer.Exit(_generator("--check"))


@dashboards.command()
@plain
def publish(
    *,
    grafana: Grafana = None,
    org: Annotated[int | None, typer.Option(help="id of the organization there")] = None,
    folder: Annotated[str, typer.Option(help="title or UID of the folder")] = FOLDER,
    alerts: Annotated[bool, typer.Option("--alerts", help="the alert rules too")] = False,
    with_source: Annotated[
        bool, typer.Option("--data-source/--no-data-source", help="the data source too")
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="overwrite what was edited")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change")] = False,
) -> None:
    """Bring folder, data source, boards and, if wanted, alert rules to a Grafana.

    The same command again changes only what is not as it should be. At the end it says what the
    boards find: runs, minutes, machines. A token in GRAFANA_TOKEN is
    of a service account of one organization; the data source gets the store of INFLUXDB_V2_*, and
    long ranges are read from SWARMSCOPE_BUCKET_LONG, where that has anything.
    """
    place = Place.of(os.environ, grafana, org)
    if place is None:
        raise missing()
    store = Settings.from_env()
    source = store if with_source else None
    wanted = Wanted(folder, alerts, source, store.bucket_long, force, dry_run)
    steps = bring(place, wanted)
    for step in steps:
        typer.echo(f"{step}: {step.state}")
    if dry_run:
        typer.echo("Nothing was written.")
        return
    typer.echo(f"Grafana at {place.shown} has the boards of this version.")
    changed = any(step.kind == SOURCE and step.state in (State.OLD, State.EDITED) for step in steps)
    for line in found(place, store.bucket_long, source_changed=changed):
        typer.echo(line)


def _generator(*options: str) -> int:
    if not (_ROOT / "dashboards" / "__main__.py").is_file():
        raise ConfigurationError(
            "The generator of the boards is not a part of an installed swarmscope.",
            remedy="Run this in a clone of the repository; `swarmscope dashboards publish` needs "
            "no generator.",
        )
    if find_spec("grafana_foundation_sdk") is None:
        raise ConfigurationError(
            "The generator needs grafana-foundation-sdk, which is not installed here.",
            remedy="Run `make setup`.",
        )
    command = [sys.executable, "-m", "dashboards", "build", *options]
    return subprocess.run(command, cwd=_ROOT, check=False).returncode  # noqa: S603 - our own module
