"""What the commands that read a store have in common."""

import os
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.errors import ConfigurationError, StoreUnreachableError
from swarmscope.runs.audit import Audit
from swarmscope.runs.record import corrected, keep_record
from swarmscope.settings import Settings, values
from swarmscope.settings.environment import shown
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.location import data_folder, open_store
from swarmscope.store.question import Reader
from swarmscope.store.write import post, write_nothing

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


def written_to(reader: Reader, url: str | None, data: Path | None) -> Settings | None:
    """Return the settings of the server of the store that *reader* asks, or None without one."""
    settings = configured(url)
    if isinstance(reader, HttpReader):
        return replace(settings, url=reader.url)
    return settings if data_folder(os.environ, url=url, data=data) is None else None


def keep(reader: Reader, found: Audit, url: str | None, data: Path | None) -> None:
    """Keep what an audit *found* where boards read it, if that is news and a server has the store.

    Where the run's summary says something else than its points, it is put right. A token that may
    only read is no error of the audit: what it found is said all the same.
    """
    settings = written_to(reader, url, data)
    if settings is None:
        return  # nobody reads boards from a file that no server holds
    what, data_is = "the verdict", "It is not on the boards; they show the one before, if any."
    try:
        keep_record(reader, found, lambda lines: post(lines, settings, what=what, data=data_is))
        why, lines = corrected(reader, found)
        if lines:
            keep_summary(lines, settings)
            if why:
                typer.echo(
                    f"Its summary is written anew from the workers' points: {why}.", err=True
                )
    except StoreUnreachableError as error:
        typer.echo(f"swarmscope: {error}", err=True)


def keep_summary(lines: list[str], settings: Settings) -> None:
    """Write a run's final summary to both buckets; not everybody has the long one.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses it.

    """
    what, data = "the summary", "What is stored is as it was; boards count the points themselves."
    post(lines, settings, what=what, data=data)
    long = settings.bucket_long
    if long and write_nothing(settings, long) != HTTPStatus.NOT_FOUND:
        post(lines, replace(settings, bucket=long), what=what, data=f"{long} has the older one.")
