"""Where the store is, by options and environment, and who reads it: by a server, or its file."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from swarmscope import schema
from swarmscope.embedded.folder import DATA, FILE_NAME, find_folder, owner_of
from swarmscope.embedded.server_note import server_of
from swarmscope.errors import StoreBusyError, StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Reader
from swarmscope.store.servers import open_server


def open_store(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    url: str | None = None,
    data: Path | None = None,
) -> Reader:
    """Return a reader of the store that was named: by *data*, *url*, or INFLUXDB_V2_URL.

    Where nothing is named it is the store in the folder `DATA`, and without one the server at the
    default URL.

    Raises:
        StoreBusyError: another process holds the file, and it is no server.
        StoreUnreachableError: there is no store.

    """
    folder = data_folder(environ, url=url, data=data)
    if folder is not None:
        return open_folder(
            folder,
            token=settings.token,
            bucket=settings.bucket,
            bucket_long=settings.bucket_long,
        )
    return open_server(replace(settings, url=url or settings.url))


def data_folder(
    environ: Mapping[str, str], *, url: str | None = None, data: Path | None = None
) -> Path | None:
    """Return the folder of the store that was named, or None where that is a server's.

    Raises:
        StoreUnreachableError: none is named, and somebody else made the one that is there.

    """
    named = url or environ.get("INFLUXDB_V2_URL")
    if data is None and not named and (DATA / FILE_NAME).is_file():
        other = owner_of(DATA)
        if other is not None:
            raise StoreUnreachableError(
                f"The store in {DATA} was made by another user (uid {other}).",
                data="Nothing in it was read or changed.",
                remedy=f"Name it with --data {DATA} if you trust it, or another store.",
            )
        return DATA
    return None if data is None else find_folder(data)


def open_folder(
    folder: Path,
    *,
    token: str = "",
    bucket: str = schema.BUCKET,
    bucket_long: str = schema.BUCKET_LONG,
) -> Reader:
    """Return a reader of the store in *folder*.

    The file is asked itself when nobody holds it, and else the server that does.

    Raises:
        StoreBusyError: another process holds the file, and it is no server.
        StoreUnreachableError: there is no store.

    """
    from swarmscope.store.file_reader import FileReader  # noqa: PLC0415 - no server needs DuckDB

    try:
        return FileReader(folder, bucket, bucket_long)
    except StoreBusyError as error:
        url = server_of(folder, error.holder)
        if url is None:
            raise
        return HttpReader(url, token)
