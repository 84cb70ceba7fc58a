"""What the commands that read a store have in common."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.errors import ConfigurationError, StoreUnreachableError
from swarmscope.runs.audit import Audit
from swarmscope.runs.record import keep_record
from swarmscope.settings import Settings, values
from swarmscope.settings.environment import shown
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.location import data_folder, open_store
from swarmscope.store.question import Reader
from swarmscope.store.write import post

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
    if not url:
        return settings
    try:
        return replace(settings, url=values.url(url))
    except ValueError as error:
        raise ConfigurationError(
            f"--url is {shown(url)!r}, which can't be used: {error}.",
            remedy="Give it as http://host:8086 or https://host:8086.",
        ) from error


def store(url: str | None, data: Path | None) -> Reader:
    """Open the store that the options *url* and *data*, or the environment, name.

    Raises:
        ConfigurationError: both are given, or one can't be used.
        StoreUnreachableError: there is no store.

    """
    if url and data:
        raise ConfigurationError("--url and --data name two stores.", remedy="Give one of them.")
    return open_store(configured(url), os.environ, url=url, data=data)


def keep(reader: Reader, found: Audit, url: str | None, data: Path | None) -> None:
    """Keep what an audit *found* where boards read it, if that is news and a server has the store.

    A token that may only read is no error of the audit: what it found is said all the same.
    """
    settings = configured(url)
    if isinstance(reader, HttpReader):
        settings = replace(settings, url=reader.url)
    elif data_folder(os.environ, url=url, data=data) is not None:
        return  # nobody reads boards from a file that no server holds
    try:
        keep_record(
            reader,
            found,
            lambda lines: post(
                lines,
                settings,
                what="the verdict",
                data="It is not on the boards; they show the one before, if there was any.",
            ),
        )
    except StoreUnreachableError as error:
        typer.echo(f"swarmscope: {error}", err=True)
