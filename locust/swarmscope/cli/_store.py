"""What the commands that read a store have in common."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings
from swarmscope.store.opening import open_store
from swarmscope.store.reader import Reader

Url = Annotated[
    str | None,
    typer.Option(
        help="the store's server, an InfluxDB 2 or `swarmscope serve`",
        show_default="$INFLUXDB_V2_URL",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        help="folder of an embedded store, served or not", show_default=".swarmscope, without a URL"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="answer in JSON, for programs")]


def configured(url: str | None = None) -> Settings:
    """Return the environment's settings, with *url* in place of its own.

    Raises:
        ConfigurationError: they can't be used.

    """
    settings = Settings.from_env()
    if url and not url.startswith(("http://", "https://")):
        raise ConfigurationError(
            f"--url is {url!r}, which is not a URL.",
            remedy="Give it as http://host:8086 or https://host:8086.",
        )
    return replace(settings, url=url) if url else settings


def store(url: str | None, data: Path | None) -> Reader:
    """Open the store that the options *url* and *data*, or the environment, name.

    Raises:
        ConfigurationError: both are given, or one can't be used.
        StoreUnreachableError: there is no store.

    """
    if url and data:
        raise ConfigurationError("--url and --data name two stores.", remedy="Give one of them.")
    return open_store(configured(url), os.environ, url=url, data=data)
