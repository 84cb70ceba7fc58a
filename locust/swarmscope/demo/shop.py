"""The demo's web shop: ``python -m swarmscope.demo.shop --port 8000``.

A JSON API over SQLite behind a bounded pool, so that response times rise with load as they do in
a real service: by waiting. Its failures are real ones too: things sold out, dead links, a full
queue.
"""

import argparse
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from swarmscope.demo import applog, goods, sales
from swarmscope.demo.pool import Pool, PoolFullError

WORKERS = 4
QUEUE_LIMIT = 60
T = TypeVar("T")
SEARCHES = ("kettle", "small workshop", "amber ribbon", "spare part")


async def _run(request: Request, job: Callable[[sqlite3.Connection], T]) -> T:
    pool: Pool = request.app.state.pool
    return await pool.run(job)


async def health(request: Request) -> Response:
    """Answer past the pool: a full shop is still alive."""
    pool: Pool = request.app.state.pool
    return JSONResponse(
        {
            "status": "ok",
            "busy": pool.busy,
            "waiting": pool.waiting,
            "longest_queue": pool.longest_queue,
            "refused": pool.refused,
        }
    )


async def front_page(_: Request) -> Response:
    """Show a human where to go."""
    links = [f"/products?category={name}" for name in goods.CATEGORIES]
    links += [f"/search?q={words}" for words in SEARCHES]
    items = "".join(f'<li><a href="{escape(link)}">{escape(link)}</a></li>' for link in links)
    return HTMLResponse(
        f"<!doctype html><html lang=en><title>The demo shop</title><h1>The demo shop</h1>"
        f"<p>{goods.PRODUCTS} made-up things; log in as {goods.email(0)} with the password"
        f" <code>{goods.PASSWORD}</code>.</p><ul>{items}</ul></html>"
    )


async def browse(request: Request) -> Response:
    """List a category."""
    category = request.query_params.get("category", goods.CATEGORIES[0])
    page = _number(request.query_params.get("page", "1"))
    rows = await _run(request, lambda db: sales.browse(db, category, page))
    return JSONResponse({"products": rows})


async def product(request: Request) -> Response:
    """Show one product."""
    number = request.path_params["number"]
    return JSONResponse(await _run(request, lambda db: sales.product(db, number)))


async def search(request: Request) -> Response:
    """Find products by words."""
    words = request.query_params.get("q", "")
    rows = await _run(request, lambda db: sales.search(db, words))
    return JSONResponse({"products": rows})


async def log_in(request: Request) -> Response:
    """Trade an address and a password for a token."""
    body = await _body(request)
    email, password = str(body.get("email", "")), str(body.get("password", ""))
    token = await _run(request, lambda db: sales.log_in(db, email, password))
    return JSONResponse({"token": token}, 201)


async def log_out(request: Request) -> Response:
    """End the session of a token."""
    token = _token(request)
    await _run(request, lambda db: sales.log_out(db, token))
    return Response(status_code=204)


async def show_basket(request: Request) -> Response:
    """List the basket."""
    token = _token(request)
    return JSONResponse({"basket": await _run(request, lambda db: sales.show_basket(db, token))})


async def put_in_basket(request: Request) -> Response:
    """Add a product to the basket."""
    token, body = _token(request), await _body(request)
    number, quantity = _number(body.get("product")), _number(body.get("quantity", 1))
    rows = await _run(request, lambda db: sales.put_in_basket(db, token, number, quantity))
    return JSONResponse({"basket": rows}, 201)


async def empty_basket(request: Request) -> Response:
    """Empty the basket."""
    token = _token(request)
    await _run(request, lambda db: sales.empty_basket(db, token))
    return Response(status_code=204)


async def check_out(request: Request) -> Response:
    """Order what lies in the basket."""
    token = _token(request)
    return JSONResponse(await _run(request, lambda db: sales.check_out(db, token)), 201)


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _number(text: object) -> int:
    try:
        number = int(str(text))
    except ValueError:
        number = 0
    if not 0 < number < 2**63:  # SQLite's integers end there
        raise sales.RefusedError(400, "not_a_number", f"{text!r} isn't a positive number.")
    return number


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise sales.RefusedError(400, "not_json", "The body must be a JSON object.")
    return body


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, sales.RefusedError)  # noqa: S101  # Starlette's table is untyped
    return JSONResponse({"code": error.code, "message": error.message}, error.status)


async def _full(_: Request, __: Exception) -> Response:
    message = "Too many customers are waiting; come back in a second."
    return JSONResponse({"code": "busy", "message": message}, 503, {"Retry-After": "1"})


def create_app(
    database: Path, log: Path, *, workers: int = WORKERS, queue_limit: int = QUEUE_LIMIT
) -> Starlette:
    """Return the shop with a new *database*, writing its log lines to *log*."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        goods.build(database)
        app.state.pool = Pool(database, workers=workers, queue_limit=queue_limit)
        with applog.writer(log) as app.state.log:
            yield
        app.state.pool.close()

    routes = [
        Route("/", front_page),
        Route("/health", health),
        Route("/products", browse),
        Route("/products/{number:int}", product),
        Route("/search", search),
        Route("/login", log_in, methods=["POST"]),
        Route("/logout", log_out, methods=["POST"]),
        Route("/basket", show_basket, methods=["GET"]),
        Route("/basket", put_in_basket, methods=["POST"]),
        Route("/basket", empty_basket, methods=["DELETE"]),
        Route("/checkout", check_out, methods=["POST"]),
    ]
    handlers: dict[Any, Any] = {sales.RefusedError: _refused, PoolFullError: _full}
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    # The writer exists only once the shop is open.
    app.add_middleware(applog.Logged, write=lambda: app.state.log)
    return app


def main() -> None:
    """Serve the shop until it is told to stop."""
    parser = argparse.ArgumentParser(prog="swarmscope.demo.shop", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--database", type=Path, default=Path(".swarmscope/demo/shop.db"))
    parser.add_argument("--log", type=Path, default=Path(".swarmscope/logs/shop.app.log"))
    parser.add_argument("--workers", type=int, default=WORKERS, help="threads with a connection")
    parser.add_argument("--queue-limit", type=int, default=QUEUE_LIMIT, help="requests that wait")
    options = parser.parse_args()
    app = create_app(
        options.database, options.log, workers=options.workers, queue_limit=options.queue_limit
    )
    uvicorn.run(
        app, host=options.host, port=options.port, log_level="warning", timeout_graceful_shutdown=3
    )


if __name__ == "__main__":
    main()
