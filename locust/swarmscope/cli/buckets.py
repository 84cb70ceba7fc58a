"""``swarmscope buckets``: the two buckets that workers write to.

Exit codes: 0 they are there, 2 wrong usage, 4 the store can't be reached, or doesn't let us.
"""

from typing import Annotated

import typer

from swarmscope.cli._plain import plain
from swarmscope.cli._store import Url, configured
from swarmscope.errors import ConfigurationError
from swarmscope.settings.values import retention as seconds_of
from swarmscope.store.buckets import Bucket
from swarmscope.store.buckets import create as make

buckets = typer.Typer(help="The buckets that workers write to.", no_args_is_help=True)


@buckets.callback()
def _root() -> None:
    """Keep typer from merging a lone subcommand into the command."""


@buckets.command()
@plain
def create(
    url: Url = None,
    retention: Annotated[
        str, typer.Option(help="how long the points of each second are kept: 30d, 12h, forever")
    ] = "30d",
    retention_long: Annotated[
        str, typer.Option(help="how long those of each minute are kept")
    ] = "forever",
) -> None:
    """Make the buckets INFLUXDB_V2_BUCKET and SWARMSCOPE_BUCKET_LONG where they aren't there yet.

    Buckets that are there stay as they are. It takes a token that may make some: an all-access
    token, or one with the right to write an organization's buckets.
    """
    settings = configured(url)
    raw = Bucket(settings.bucket, _seconds("--retention", retention))
    long = Bucket(settings.bucket_long, _seconds("--retention-long", retention_long))
    for bucket, state in make(settings, [raw, long] if long.name else [raw]):
        typer.echo(f"{bucket.name}: {state}; {bucket.kept}.")


def _seconds(option: str, text: str) -> int:
    try:
        return seconds_of(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{option} is {text!r}, which can't be used: {error}.", data="Nothing was changed."
        ) from error
