"""One way to ask a store, whether a server holds it or its file lies there by itself."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import duckdb

from swarmscope import schema
from swarmscope.errors import (
    ConfigurationError,
    NoDataError,
    StoreBusyError,
    StoreUnreachableError,
    SwarmscopeError,
)
from swarmscope.queries.catalogue import Query, query
from swarmscope.store.asking import Question, Table, answer
from swarmscope.store.closing import Closing
from swarmscope.store.database import FILE_NAME, check_format, connect
from swarmscope.store.held import server_of
from swarmscope.store.http import send
from swarmscope.store.shapes import OddAnswerError, check_rows, whole

_TIMEOUT_S = 60
_ERRORS: dict[int, type[SwarmscopeError]] = {400: ConfigurationError, 404: NoDataError}


class Reader(AbstractContextManager["Reader", None], Protocol):
    """Something that answers questions, and lets go of the store at the end of a `with`."""

    def ask(self, question: Question) -> Table:
        """Return the answer.

        Raises:
            ConfigurationError: it can't be asked like this.
            NoDataError: there is no such run.
            StoreUnreachableError: the store doesn't answer, or refuses us.

        """
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


class FileReader(Closing):
    """Asks the store's file itself, while no server holds it."""

    def __init__(self, folder: Path, bucket: str = schema.BUCKET) -> None:
        path = folder / FILE_NAME
        if not path.is_file():
            raise StoreUnreachableError(
                f"There is no store in {folder}.",
                remedy="Name its folder with --data, or a running server with INFLUXDB_V2_URL.",
            )
        self._bucket = bucket
        self._path = path
        self._connection = connect(path, read_only=True)
        with self._telling():
            check_format(self._connection, path)

    def ask(self, question: Question) -> Table:
        """Return the answer."""
        with self._telling():
            return answer(self._connection, question, self._bucket)

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


class HttpReader(Closing):
    """Asks the server that holds the store."""

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Token {token}"} if token else {}

    def ask(self, question: Question) -> Table:
        """Return the answer."""
        asked = query(question.name)  # an unknown name is said here, with those there are
        wanted = {
            "run": question.run,
            "from": question.start,
            "to": question.stop,
            "window": question.window,
            "bucket": question.bucket,
        }
        parameters = urlencode({k: v for k, v in wanted.items() if v not in (None, "")})
        found = self._get(f"/api/queries/{quote(question.name)}?{parameters}")
        try:
            return _table(asked, found)
        except (KeyError, TypeError, OddAnswerError) as error:
            raise self._no_server(f"{type(error).__name__}: {error}") from error

    def _get(self, path: str) -> Any:
        request = urllib.request.Request(self._url + path, headers=self._headers)  # noqa: S310 - checked by open_reader
        try:
            with send(request, _TIMEOUT_S) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise self._refused(error) from error
        except (OSError, HTTPException) as error:
            raise StoreUnreachableError(
                f"The store at {self._url} does not answer ({getattr(error, 'reason', error)}).",
                remedy="Start it with `swarmscope serve`, or correct INFLUXDB_V2_URL.",
            ) from error
        except (ValueError, RecursionError) as error:
            raise self._no_server("its answer is no JSON") from error

    def _refused(self, error: urllib.error.HTTPError) -> SwarmscopeError:
        if error.code == 401:
            return StoreUnreachableError(
                f"The store at {self._url} refused the token (401).",
                remedy="Set INFLUXDB_V2_TOKEN to the one that the server was started with.",
            )
        try:
            message = str(json.load(error)["message"])
        except (OSError, HTTPException, ValueError, LookupError, TypeError, RecursionError):
            return self._no_server(f"HTTP {error.code}, without a reason")
        kind = _ERRORS.get(error.code, StoreUnreachableError)
        return kind(message)

    def _no_server(self, why: str) -> StoreUnreachableError:
        return StoreUnreachableError(
            f"{self._url} answers, but not as `swarmscope serve` of this version does ({why}).",
            data="What is stored is untouched.",
            remedy="Correct INFLUXDB_V2_URL, or start the server of the same version as this "
            "command.",
        )


def _table(asked: Query, found: Any) -> Table:
    if found["query"] != asked.name or found["columns"] != list(asked.columns):
        raise OddAnswerError(f"it isn't an answer to {asked.name}")
    rows = [tuple(row) for row in found["rows"]]
    check_rows(asked, rows)
    return Table(
        asked.name,
        tuple(asked.columns),
        rows,
        whole(found, "window"),
        whole(found, "from"),
        whole(found, "to"),
    )


def open_reader(
    where: Path | str, *, token: str = "", bucket: str = schema.BUCKET
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
        return FileReader(folder, bucket)
    except StoreBusyError:
        url = server_of(folder)
        if url is None:
            raise
        return HttpReader(url, token)
