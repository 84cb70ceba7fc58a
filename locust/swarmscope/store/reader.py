"""One way to ask a store, whether a server holds it or its file lies there by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from swarmscope import schema
from swarmscope.closing import Closing
from swarmscope.embedded import tables
from swarmscope.embedded.checks import check_format, check_views
from swarmscope.embedded.database import connect
from swarmscope.embedded.folder import FILE_NAME, check_regular
from swarmscope.embedded.held import server_of
from swarmscope.errors import StoreBusyError, StoreUnreachableError
from swarmscope.store.asking import answer
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question, Reader, Table

__all__ = ["FileReader", "HttpReader", "Reader", "open_reader"]


class FileReader(Closing):
    """Asks the store's file itself, while no server holds it."""

    def __init__(
        self, folder: Path, bucket: str = schema.BUCKET, bucket_long: str = schema.BUCKET_LONG
    ) -> None:
        path = folder / FILE_NAME
        if not path.is_file():
            raise StoreUnreachableError(
                f"There is no store in {folder}.",
                remedy="Name its folder with --data, or a running server with INFLUXDB_V2_URL.",
            )
        check_regular(folder)
        self._bucket, self._bucket_long = bucket, bucket_long
        self._path = path
        self._connection = connect(path, read_only=True)
        with self._telling():
            check_views(self._connection, path)
            check_format(self._connection, path)
            self._connection.execute(tables.READ)

    def ask(self, question: Question) -> Table:
        """Return the answer."""
        with self._telling():
            return answer(self._connection, question, self._bucket, self._bucket_long)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell of a damaged file, or one of something else, as of any store that can't answer."""
        try:
            yield
        except duckdb.Error as error:
            raise StoreUnreachableError(
                f"{self._path} could not be read ({str(error).partition(chr(10))[0]}).",
                data="Nothing was changed.",
                remedy="Is it a store of swarmscope, and is the disk in order? Another folder is "
                "named with --data.",
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def open_reader(
    where: Path | str,
    *,
    token: str = "",
    bucket: str = schema.BUCKET,
    bucket_long: str = schema.BUCKET_LONG,
) -> FileReader | HttpReader:
    """Return a reader of the store at *where*: a server's URL, or a data folder.

    The file is asked itself when nobody holds it, and else the server that does.

    Raises:
        StoreBusyError: another process holds the file, and it is no server.
        StoreUnreachableError: there is no store.

    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        return HttpReader(where, token)
    folder = Path(where)
    try:
        return FileReader(folder, bucket, bucket_long)
    except StoreBusyError:
        url = server_of(folder)
        if url is None:
            raise
        return HttpReader(url, token)
