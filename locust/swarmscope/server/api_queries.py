"""``GET /api/queries`` and ``/api/audit``: the catalogue, its answers, and the judge, as JSON."""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from duckdb import DuckDBPyConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from swarmscope.errors import ConfigurationError
from swarmscope.queries.catalogue import CATALOGUE, query
from swarmscope.runs.audit import audit
from swarmscope.schema import APDEX_T_MS
from swarmscope.server.parts import Parts
from swarmscope.server.patience import Share
from swarmscope.server.store_work import find_in_store
from swarmscope.settings.values import duration, milliseconds
from swarmscope.store.backend import BackendReader, Stream, too_much
from swarmscope.store.file_reader import DuckDbBackend
from swarmscope.store.question import Question
from swarmscope.transport.bounded import LONG_BYTES

if TYPE_CHECKING:
    from swarmscope.server.app import Context

_AUDIT_ROWS = 100_000
"""Of one question of an audit, which are all in memory at once."""
_PIECE = 2**16
"""Signs of a piece of an answer."""
_PLAIN = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)


async def list_queries(_: Request) -> Response:
    """Say what can be asked."""
    return JSONResponse(
        [
            {
                "name": each.name,
                "title": each.title,
                "columns": list(each.columns),
                "units": dict(each.columns),
                "needs_run": each.needs_run,
                "windowed": each.windowed,
            }
            for each in CATALOGUE.values()
        ]
    )


async def judge_run(request: Request) -> Response:
    """Say what the audit says of the run by now: the same judge as the command line's."""
    context: Context = request.app.state.context
    run = request.query_params.get("run", "")
    _check_named(run, "An audit")

    def judge(cursor: DuckDBPyConnection, share: Share) -> deque[bytes]:
        found = audit(_reader(context, cursor, most_rows=_AUDIT_ROWS), run)
        return _pieces(found.to_json(), share)

    return await _answered(request, judge)


async def answer_question(request: Request) -> Response:
    """Answer one question."""
    context: Context = request.app.state.context
    question = _question(request)
    if query(question.name).needs_run:
        _check_named(question.run, f"The query {question.name}")

    def find(cursor: DuckDBPyConnection, share: Share) -> deque[bytes]:
        return _parts(_reader(context, cursor).stream(question), share)

    return await _answered(request, find)


async def _answered(
    request: Request, find: Callable[[DuckDBPyConnection, Share], deque[bytes]]
) -> Response:
    """Send what *find* comes to, which takes its room from the memory for all answers."""
    context: Context = request.app.state.context
    share = Share(context.answers)
    try:
        parts = await find_in_store(request, lambda cursor: find(cursor, share))
    except BaseException:
        share.give(share.held)
        raise
    return Parts(parts, share, context.patience)


def _check_named(run: str, what: str) -> None:
    if not run:
        raise ConfigurationError(
            f"{what} is about one run, and no run was named.",
            remedy="Add run=…; the query `runs` lists them.",
        )


def _reader(
    context: "Context", cursor: DuckDBPyConnection, most_rows: int | None = None
) -> BackendReader:
    """Return a reader with a *cursor* that is somebody else's to close."""
    backend = DuckDbBackend(cursor)
    return BackendReader(backend, context.bucket, context.bucket_long, most_rows=most_rows)


def _pieces(told: Mapping[str, Any], share: Share) -> deque[bytes]:
    """Return the JSON of *told*, and no more of it than an answer may have."""
    parts: deque[bytes] = deque()
    signs = chain.from_iterable(_PLAIN.iterencode(told))
    while piece := "".join(islice(signs, _PIECE)).encode():
        _take(share, len(piece), "the audit")
        parts.append(piece)
    return parts


def _take(share: Share, size: int, name: str) -> None:
    if share.held + size > LONG_BYTES:
        raise too_much(name)
    share.take(size)


def _parts(found: Stream, share: Share) -> deque[bytes]:
    """Return the answer's JSON; what it takes of the memory for all answers is in *share*."""
    told = {
        "query": found.query,
        "columns": found.columns,
        "window": found.window,
        "from": found.start,
        "to": found.stop,
    }
    parts = deque([_json(told)[:-1] + b',"rows":['])
    for batch in found.batches:
        text = _json(batch)[1:-1]
        _take(share, len(text), found.query)
        parts += [text, b","]
    if len(parts) > 1:
        parts.pop()
    parts.append(b"]}")
    return parts


def _json(value: Any) -> bytes:
    return _PLAIN.encode(value).encode()


def _question(request: Request) -> Question:
    asked = request.query_params
    return Question(
        name=request.path_params["name"],
        run=asked.get("run", ""),
        start=_time("from", asked.get("from", "")),
        stop=_time("to", asked.get("to", "")),
        window=_window(asked.get("window", "")),
        bucket=asked.get("bucket", ""),
        believed=asked.get("believed") != "no",
        apdex_t=_apdex_t(asked.get("apdex_t", "")),
        measurement=asked.get("measurement", ""),
        field=asked.get("field", ""),
        tags=_tags(asked.get("tags", "")),
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


def _apdex_t(text: str) -> int:
    if not text:
        return APDEX_T_MS
    try:
        return milliseconds(text)
    except ValueError as error:
        raise ConfigurationError(
            f"apdex_t={text!r}: {error}.", remedy="Give ms: the response time that satisfies."
        ) from error


def _tags(text: str) -> tuple[tuple[str, str], ...]:
    try:
        tags = json.loads(text or "{}")
    except (ValueError, RecursionError):
        tags = None
    if not isinstance(tags, dict) or not all(isinstance(one, str) for one in tags.values()):
        raise ConfigurationError(
            f"tags={text!r} aren't tags.", remedy='Give JSON like {"host":"shop"}.'
        )
    return tuple(tags.items())


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
