"""What the commands that read a store have in common."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.errors import ConfigurationError, StoreBusyError, StoreUnreachableError
from swarmscope.runs.audit import Audit, audit_when_settled, newest_run
from swarmscope.runs.record import corrected, is_final, keep_record
from swarmscope.settings import Settings, values
from swarmscope.settings.environment import shown
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.location import data_folder, open_store
from swarmscope.store.question import Reader
from swarmscope.store.write import post, write_nothing

_SUMMARY = "the summary"
_AS_IT_WAS = "What is stored is as it was; boards count the points themselves."
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
Run = Annotated[str | None, typer.Argument(help="the run's id", show_default="the newest")]
Wait = Annotated[float, typer.Option(min=0, help="seconds to wait for data that is on its way")]
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


def settled(reader: Reader, run: str | None, wait: float) -> Audit:
    """Audit *run*, or the newest, when all of it is there, or *wait* seconds are over.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """

    def waits(found: Audit) -> None:
        typer.echo(f"Waiting up to {wait:g} s for the run's last data: {found.line()}.", err=True)

    return audit_when_settled(reader, run or newest_run(reader), wait, waits=waits)


def written_to(reader: Reader, url: str | None, data: Path | None) -> Settings | None:
    """Return the settings of the server of the store that *reader* asks, or None without one."""
    settings = configured(url)
    if isinstance(reader, HttpReader):
        return replace(settings, url=reader.url)
    return settings if data_folder(os.environ, url=url, data=data) is None else None


class Keeper:
    """Keeps what a command finds where boards and lists read it, in the store that it asked.

    A server is sent it at once. A file that no server holds is written to when *reader* has let go
    of it.
    """

    def __init__(self, reader: Reader, url: str | None, data: Path | None) -> None:
        self.reader = reader
        self._server = written_to(reader, url, data)
        self._settings = self._server or configured(url)
        self._folder = data_folder(os.environ, url=url, data=data)
        self._later: list[tuple[list[str], bool]] = []

    def write(self, lines: list[str], *, what: str, data: str, final: bool = True) -> None:
        """Keep *lines*, which say *what*, for as long as there is a bucket if they are *final*.

        Raises:
            StoreUnreachableError: a server doesn't answer, or refuses them; *data* is as it was.

        """
        if self._server is None:
            self._later.append((lines, final))
            return
        post(lines, self._server, what=what, data=data)
        if final:
            keep_for_long(lines, self._server, what=what)

    def close(self) -> None:
        """Write to the file what is kept in it; a verdict is none the less one if that fails."""
        if not self._later or self._folder is None:
            return
        # DuckDB takes a tenth of a second: who asks a server needs none.
        from swarmscope.store.file_writer import write_to_file  # noqa: PLC0415

        own = self._settings
        lines = {
            own.bucket: [one for some, _ in self._later for one in some],
            own.bucket_long: [one for some, final in self._later if final for one in some],
        }
        try:
            write_to_file(self._folder, lines)
        except (StoreBusyError, StoreUnreachableError) as error:
            typer.echo(f"swarmscope: {error} What was found isn't kept in the store.", err=True)


@contextmanager
def kept_store(url: str | None, data: Path | None) -> Iterator[Keeper]:
    """Open the store as `store` does, to keep in it what is found."""
    with store(url, data) as reader:
        keeper = Keeper(reader, url, data)
        yield keeper
    keeper.close()


def keep(keeper: Keeper, found: Audit) -> None:
    """Keep what an audit *found*, if that is news.

    Where the run's summary says something else than its points, it is put right. A token that may
    only read is no error of the audit: what it found is said all the same.
    """

    def write(lines: list[str]) -> None:
        data = "It is not on the boards; they show the one before, if any."
        keeper.write(lines, what="the verdict", data=data, final=is_final(found))

    try:
        keep_record(keeper.reader, found, write)
        why, lines = corrected(keeper.reader, found)
        if lines:
            keeper.write(lines, what=_SUMMARY, data=_AS_IT_WAS)
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
    post(lines, settings, what=_SUMMARY, data=_AS_IT_WAS)
    keep_for_long(lines, settings, what=_SUMMARY)


def keep_for_long(lines: list[str], settings: Settings, *, what: str) -> None:
    """Write *lines*, which say *what*, to the bucket that outlives the seconds, if there is one.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses them.

    """
    long = settings.bucket_long
    if long and write_nothing(settings, long) != HTTPStatus.NOT_FOUND:
        post(lines, replace(settings, bucket=long), what=what, data=f"{long} is as it was.")
