"""``GET /api/queries`` and ``/api/audit``: the catalogue, its answers, and the judge, as JSON."""

import time
from collections.abc import Callable
from datetime import datetime

from duckdb import DuckDBPyConnection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from swarmscope.errors import ConfigurationError
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.runs.audit import audit
from swarmscope.store.asking import Question, Table, answer
from swarmscope.store.closing import Closing
from swarmscope.values import duration

_FRESH = {"Cache-Control": "no-store"}


async def list_queries(_: Request) -> Response:
    """Say what can be asked."""
    return JSONResponse(
        [
            {
                "name": query.name,
                "title": query.title,
                "columns": list(query.columns),
                "units": dict(query.columns),
                "needs_run": query.needs_run,
                "windowed": query.windowed,
            }
            for query in CATALOGUE.values()
        ]
    )


async def judge_run(request: Request) -> Response:
    """Say what the audit says of the run by now: the same judge as the command line's."""
    served = request.app.state.served
    run = request.query_params.get("run", "")
    if not run:
        raise ConfigurationError(
            "An audit is about one run, and no run was named.",
            remedy="Add run=…; the query `runs` lists them.",
        )

    def judge() -> JSONResponse:
        with served.database.cursor() as cursor, Asking(cursor, served.bucket) as reader:
            return JSONResponse(audit(reader, run).to_json(), headers=_FRESH)

    async with served.readers:
        return await run_in_threadpool(judge)


class Asking(Closing):
    """Asks the store that this server holds, with a cursor that is somebody else's to close."""

    def __init__(self, cursor: DuckDBPyConnection, bucket: str) -> None:
        self._cursor = cursor
        self._bucket = bucket

    def ask(self, question: Question) -> Table:
        """Return the answer."""
        return answer(self._cursor, question, self._bucket)


async def answer_question(request: Request) -> Response:
    """Answer one question."""
    served = request.app.state.served
    question = _question(request)

    def ask() -> Table:
        with served.database.cursor() as cursor:
            return answer(cursor, question, served.bucket, served.bucket_long)

    async with served.readers:
        return await run_in_threadpool(_as_json, ask)


def _as_json(ask: Callable[[], Table]) -> JSONResponse:
    # In the thread, too: a million rows as text would hold up everyone else.
    table = ask()
    return JSONResponse(
        {
            "query": table.query,
            "columns": table.columns,
            "rows": table.rows,
            "window": table.window,
            "from": table.start,
            "to": table.stop,
        },
        headers=_FRESH,
    )


def _question(request: Request) -> Question:
    asked = request.query_params
    return Question(
        name=request.path_params["name"],
        run=asked.get("run", ""),
        start=_time("from", asked.get("from", "")),
        stop=_time("to", asked.get("to", "")),
        window=_window(asked.get("window", "")),
        bucket=asked.get("bucket", ""),
    )


def _time(name: str, text: str) -> int | None:
    if not text:
        return None
    if text == "now":
        return time.time_ns() // 1_000_000
    try:
        # A number is ms since 1970, as in every answer.
        return int(text) if text.lstrip("-").isdecimal() else _rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise ConfigurationError(
            f"{name}={text!r} isn't a time.",
            remedy="Give ms since 1970, or RFC 3339 like 2026-01-31T12:00:00Z.",
        ) from error


def _rfc3339(text: str) -> int:
    # In an address a plus sign that isn't encoded arrives as a space.
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError("it has no time zone")
    return int(moment.timestamp() * 1_000)


def _window(text: str) -> int | None:
    if not text:
        return None
    try:
        seconds = duration(text)
    except ValueError as error:
        raise ConfigurationError(f"window={text!r}: {error}.") from error
    if seconds < 1 or seconds != int(seconds):
        raise ConfigurationError(
            f"window={text!r} isn't a whole number of seconds.", remedy="Give 1s, 10s, 1m …"
        )
    return int(seconds)
