"""Who deletes: in an InfluxDB, in a store that is served, and in a file that nobody holds."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from swarmscope.embedded.database import Database
from swarmscope.embedded.deletion import Doomed, predicate
from swarmscope.embedded.folder import keep_private, owner_of
from swarmscope.embedded.server_note import server_of
from swarmscope.errors import (
    BucketMissingError,
    ConfigurationError,
    NoDataError,
    StoreBusyError,
    StoreUnreachableError,
)
from swarmscope.settings import Settings
from swarmscope.store.backend import EVER
from swarmscope.store.client import influx_client
from swarmscope.store.flux_reader import EARLIEST, LATEST
from swarmscope.store.location import data_folder
from swarmscope.store.question import Question, Reader
from swarmscope.transport.causes import ODD, cause, odd_answer, said

_UNKNOWN = "Whether it deleted anything isn't known."
_AGAIN = "The same command again says what is there, and deletes the rest."


class Eraser(AbstractContextManager["Eraser", None], Protocol):
    """Something that deletes points, and lets go of the store at the end of a `with`."""

    def erase(self, tags: Mapping[str, str], bucket: str) -> None:
        """Delete all that *bucket* has with each of these *tags*.

        Raises:
            ConfigurationError: the token doesn't let us.
            StoreUnreachableError: the store doesn't answer, or refuses us.

        """
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...

    def __exit__(self, *_: object) -> None:
        self.close()


def stored(reader: Reader, run: str, bucket: str) -> tuple[int, int]:
    """Return how many series and values *bucket* has of *run*; one that isn't there has none."""
    question = Question("stored", run, *EVER, bucket=bucket)
    try:
        rows = reader.ask(question).rows
    except (BucketMissingError, NoDataError):
        return 0, 0
    return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)


def open_eraser(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    url: str | None = None,
    data: Path | None = None,
) -> Eraser:
    """Return what deletes in the store that `open_store` would read.

    Raises:
        StoreBusyError: another process holds the file, and it is no server.
        StoreUnreachableError: there is no store.

    """
    folder = data_folder(environ, url=url, data=data)
    if folder is None:
        return ServerEraser(replace(settings, url=url or settings.url))
    other = owner_of(folder)
    if other is not None:
        raise StoreUnreachableError(
            f"The store in {folder} was made by another user (uid {other}).",
            data="Nothing was deleted.",
            remedy="That user can delete it, or the server that has it: name that with --url.",
        )
    try:
        return FileEraser(folder, settings)
    except StoreBusyError as error:
        server = server_of(folder, error.holder)
        if server is None:
            raise
        return ServerEraser(replace(settings, url=server))


class FileEraser(Eraser):
    """Deletes in the store's file itself, while no server holds it."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        keep_private()
        self._database = Database(folder, filter(None, (settings.bucket, settings.bucket_long)))

    def erase(self, tags: Mapping[str, str], bucket: str) -> None:
        """Delete all that *bucket* has with each of these *tags*."""
        self._database.delete(Doomed(bucket, tags))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


class ServerEraser(Eraser):
    """Deletes through a server of either kind: both take InfluxDB's request for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: InfluxDBClient = influx_client(settings)

    def erase(self, tags: Mapping[str, str], bucket: str) -> None:
        """Delete all that *bucket* has with each of these *tags*."""
        with self._store_errors(bucket):
            self._client.delete_api().delete(
                EARLIEST, LATEST, predicate(tags), bucket=bucket, org=self._settings.org
            )

    @contextmanager
    def _store_errors(self, bucket: str) -> Iterator[None]:
        where = f"The store at {self._settings.where}"
        try:
            yield
        except (ApiException, HTTPError, OSError) as error:
            # Without a status no connection could be made.
            if isinstance(error, ApiException) and error.status:
                raise self._refused(error, where, bucket) from error
            raise StoreUnreachableError(
                f"{where} does not answer ({cause(error)}).", data=_UNKNOWN, remedy=_AGAIN
            ) from error
        except ODD as error:
            raise odd_answer(
                where,
                "as a store does",
                type(error).__name__,
                data=_UNKNOWN,
                remedy="Correct INFLUXDB_V2_URL or --url; `swarmscope doctor` looks.",
            ) from error

    def _refused(self, error: ApiException, where: str, bucket: str) -> Exception:
        # A server that fails may have begun, and a proxy in between doesn't know.
        known = error.status < 500
        data = f"Nothing of {bucket} was deleted." if known else _UNKNOWN
        if error.status in (401, 403):
            return ConfigurationError(
                f"{where} doesn't let this token delete in the bucket {bucket} ({error.status}).",
                data=data,
                remedy="Set INFLUXDB_V2_TOKEN to one that may write to it.",
            )
        return StoreUnreachableError(
            f"{where} could not delete ({error.status}: {said(error.message or error.reason)}).",
            data=data,
            remedy="Its own log says more." if known else f"{_AGAIN} Its own log says more.",
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
