"""The HTTP application: which path is answered by what, and how errors look."""

import asyncio
import logging
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from swarmscope import schema
from swarmscope.embedded.database import Database, UnknownBucketError
from swarmscope.embedded.deletion import PredicateError
from swarmscope.embedded.parser import ParseError, TooLargeError
from swarmscope.errors import ConfigurationError, NoDataError, SwarmscopeError
from swarmscope.server.access import AccessControl
from swarmscope.server.api_delete import delete
from swarmscope.server.api_queries import answer_question, judge_run, list_queries
from swarmscope.server.api_write import write
from swarmscope.server.envelope import Envelope
from swarmscope.server.pages import PAGES, page_routes
from swarmscope.server.patience import READERS, WRITERS, Patience, Room
from swarmscope.server.refusals import refusal
from swarmscope.transport.causes import said
from swarmscope.transport.write_api import PATH

_log = logging.getLogger(__name__)

_REFUSALS: tuple[tuple[type[SwarmscopeError], int, str], ...] = (
    (ParseError, 400, "invalid"),
    (PredicateError, 400, "invalid"),
    (TooLargeError, 413, "request too large"),
    (UnknownBucketError, 404, "not found"),
    (NoDataError, 404, "not found"),
    (ConfigurationError, 400, "invalid"),
)
_CODES = {
    400: "invalid",
    401: "unauthorized",
    404: "not found",
    405: "method not allowed",
    408: "request timeout",
    413: "request too large",
    503: "unavailable",
}


@dataclass(frozen=True)
class Context:
    """What the handlers work with: ``request.app.state.context``."""

    database: Database
    bucket: str
    org: str
    bucket_long: str = schema.BUCKET_LONG
    patience: Patience = field(default_factory=Patience)
    writers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WRITERS))
    readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READERS))

    @cached_property
    def room(self) -> Room:
        """Memory for bodies, which all requests share."""
        return Room(self.patience.bodies, "writes")

    @cached_property
    def answers(self) -> Room:
        """Memory for answers."""
        return Room(self.patience.answers, "questions")


def application(context: Context, *, token: str = "", pages: Path = PAGES) -> ASGIApp:
    """Return the application over *context*; an empty *token* lets this machine's programs in."""
    app = Starlette(
        routes=[
            Route(PATH, write, methods=["POST"]),
            Route("/api/v2/delete", delete, methods=["POST"]),
            Route("/api/v2/query", _no_flux, methods=["POST"]),
            Route("/api/audit", judge_run),
            Route("/api/queries", list_queries),
            Route("/api/queries/{name}", answer_question),
            Route("/ping", _ping),
            Route("/health", _health),
            *page_routes(pages),
        ],
        middleware=[Middleware(AccessControl, token=token)],
        exception_handlers={
            SwarmscopeError: _explain,
            HTTPException: _refuse,
            Exception: _fail,
        },
    )
    app.state.context = context
    # Its redirects to a path without a slash would be made of the Host, whatever that is.
    app.router.redirect_slashes = False
    return Envelope(app)


async def _ping(_: Request) -> Response:
    # The version tells clients which API this is: that of InfluxDB 2.
    headers = {"X-Influxdb-Version": "v2.9.1", "X-Influxdb-Build": "swarmscope"}
    return Response(status_code=204, headers=headers)


async def _health(_: Request) -> Response:
    return JSONResponse(
        {
            "name": "swarmscope",
            "message": "ready for queries and writes",
            "status": "pass",
            "checks": [],
            "version": version("swarmscope"),
        }
    )


async def _no_flux(_: Request) -> Response:
    return refusal(
        501,
        "not implemented",
        "The embedded store doesn't speak Flux. Ask GET /api/queries for what it answers, or use "
        "an InfluxDB 2.",
    )


async def _explain(_: Request, error: Exception) -> Response:
    for kind, status, code in _REFUSALS:
        if isinstance(error, kind):
            return refusal(status, code, str(error))
    _log.error("%s", said(str(error)))
    return refusal(503, "unavailable", str(error))


async def _refuse(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    answer = refusal(error.status_code, _CODES.get(error.status_code, "error"), error.detail)
    answer.headers.update(error.headers or {})
    return answer


async def _fail(_: Request, __: Exception) -> Response:
    # What a stranger gets to read says nothing of the inside.
    told = "An internal error has occurred; the server's log has it."
    return refusal(500, "internal error", told)
