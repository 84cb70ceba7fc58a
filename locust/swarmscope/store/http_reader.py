"""Asks the server that holds an embedded store: needs no DuckDB."""

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from swarmscope.errors import (
    ConfigurationError,
    NoDataError,
    StoreUnreachableError,
    SwarmscopeError,
)
from swarmscope.queries.catalogue import Query, query
from swarmscope.schema import APDEX_T_MS
from swarmscope.settings import Settings
from swarmscope.store.backend import MAX_ROWS, too_much
from swarmscope.store.question import Question, Reader, Table
from swarmscope.store.shapes import OddAnswerError, check_rows, moment, whole
from swarmscope.transport.bounded import BRIEF_BYTES, TooLongError
from swarmscope.transport.causes import cause, odd_answer, said
from swarmscope.transport.http import send

_TIMEOUT_S = 60
_MOST_PARTS = 4 * MAX_ROWS
_ERRORS: dict[int, type[SwarmscopeError]] = {400: ConfigurationError, 404: NoDataError}


class HttpReader(Reader):
    """Asks the server that holds the store; *settings* say what is on the way to it."""

    def __init__(self, url: str, token: str = "", settings: Settings | None = None) -> None:
        self._url = self.url = url.rstrip("/")
        self.where = f"the store at {self.url}"
        self._settings = settings
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
            "believed": None if question.believed else "no",
            "apdex_t": None if question.apdex_t == APDEX_T_MS else question.apdex_t,
            "measurement": question.measurement,
            "field": question.field,
            "tags": json.dumps(dict(question.tags)) if question.tags else None,
        }
        parameters = urlencode({k: v for k, v in wanted.items() if v not in (None, "")})
        found = self._get(f"/api/queries/{quote(question.name)}?{parameters}")
        try:
            return _table(asked, found)
        except (KeyError, TypeError, OddAnswerError) as error:
            raise self._no_server(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Let go of nothing: each question has a connection of its own."""

    def _get(self, path: str) -> Any:
        request = urllib.request.Request(self._url + path, headers=self._headers)  # noqa: S310 - a URL of the settings, or of the note
        try:
            with send(request, _TIMEOUT_S, self._settings) as response:
                return _parsed(response.read())
        except urllib.error.HTTPError as error:
            raise self._refused(error) from error
        except TooLongError as error:
            raise too_much(path.partition("?")[0].rpartition("/")[2]) from error
        except (OSError, HTTPException) as error:
            raise StoreUnreachableError(
                f"The store at {self._url} does not answer ({cause(error)}).",
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
            message = str(json.loads(error.read(BRIEF_BYTES))["message"])
        except (OSError, HTTPException, ValueError, LookupError, TypeError, RecursionError):
            return self._no_server(f"HTTP {error.code}, without a reason")
        kind = _ERRORS.get(error.code, StoreUnreachableError)
        return kind(said(message))

    def _no_server(self, why: str) -> SwarmscopeError:
        return odd_answer(
            self._url,
            "as `swarmscope serve` of this version does",
            why,
            data="What is stored is untouched.",
            remedy="Correct INFLUXDB_V2_URL, or start the server of the same version as this "
            "command.",
        )


def _parsed(text: bytes) -> Any:
    # Three bytes of an empty list become 64 in memory: ours hold a list for each row, and names.
    if text.count(b"[") + text.count(b"{") > _MOST_PARTS:
        raise ValueError("it isn't a table")
    return json.loads(text)


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
        moment(found, "from"),
        moment(found, "to"),
    )
