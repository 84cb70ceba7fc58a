"""``swarmscope serve``: the embedded store and its live page.

Exit codes: 0 stopped by Ctrl-C or SIGTERM, 2 wrong usage, 4 the folder of the store can't be used.
"""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from swarmscope import schema
from swarmscope.embedded.folder import DATA
from swarmscope.errors import ConfigurationError
from swarmscope.server import process
from swarmscope.settings import Settings, environment


def serve(
    data: Annotated[Path, typer.Option(help="folder that holds the store")] = DATA,
    host: Annotated[
        str, typer.Option(help="address to listen on; any but loopback needs a token")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 picks a free one")] = 8086,
    token_file: Annotated[
        Path | None,
        typer.Option(help="file with the token that clients must give; also INFLUXDB_V2_TOKEN"),
    ] = None,
    host_metrics: Annotated[
        bool, typer.Option(help="record this machine's CPU, memory, disk and network")
    ] = True,
) -> None:
    """Keep what is written in a DuckDB file, and show it on a live page."""
    settings = Settings.from_env()
    token = _read_token(token_file) if token_file else settings.token

    def tell(url: str, folder: Path) -> None:
        typer.echo(f"Live page: {url}/" + ("?token=…  (with your token)" if token else ""))
        typer.echo("For Locust's processes:")
        typer.echo(f"  export INFLUXDB_V2_URL={url}")
        org, bucket = quote(settings.org), quote(settings.bucket)
        typer.echo(f"  export INFLUXDB_V2_ORG={org} INFLUXDB_V2_BUCKET={bucket}")
        if settings.bucket_long != schema.BUCKET_LONG:
            typer.echo(f"  export SWARMSCOPE_BUCKET_LONG={quote(settings.bucket_long)}")
        if token_file:
            typer.echo(f"  export INFLUXDB_V2_TOKEN_FILE={quote(str(token_file.absolute()))}")
        typer.echo(f"The store is {folder}; Ctrl-C stops the server.")

    process.serve(process.Options(data, host, port, token, host_metrics), settings, tell)


def _read_token(path: Path) -> str:
    token = environment.read_token(path, "--token-file")
    if not token:
        raise ConfigurationError(
            f"The token file {path} is empty.", remedy="Write the token into it."
        )
    return token
