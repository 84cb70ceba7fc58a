"""The shop's pages: what is asked for, what the database does for it, and how the shop says no."""

from collections.abc import Mapping
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from swarmscope.demo import goods, sales
from swarmscope.demo.parts import Parts
from swarmscope.demo.payments import PaymentTimeoutError
from swarmscope.demo.pool import PoolFullError, PoolTimeoutError

SEARCHES = ("kettle", "small workshop", "amber ribbon", "spare part")


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def health(request: Request) -> Response:
    """Answer past the pool: a full shop is still alive."""
    gauges = request.app.state.gauges
    pool = _parts(request).pool
    told = {"busy": pool.busy, "waiting": pool.waiting, "longest_queue": pool.longest_queue}
    counted = {**gauges.levels(), **gauges.totals()}
    return JSONResponse({"status": "ok", **told, "refused": pool.refused, "gauges": counted})


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
    """List a category, from the cache where it was listed before."""
    category = request.query_params.get("category", goods.CATEGORIES[0])
    page = _number(request.query_params.get("page", "1"))
    rows = await _parts(request).cached(
        (category, page), lambda db: sales.browse(db, category, page)
    )
    return JSONResponse({"products": rows})


async def product(request: Request) -> Response:
    """Show one product."""
    number = request.path_params["number"]
    return JSONResponse(await _parts(request).run(lambda db: sales.product(db, number)))


async def search(request: Request) -> Response:
    """Find products by words."""
    words = request.query_params.get("q", "")
    rows = await _parts(request).run(lambda db: sales.search(db, words))
    return JSONResponse({"products": rows})


async def log_in(request: Request) -> Response:
    """Trade an address and a password for a token."""
    body = await _body(request)
    email, password = str(body.get("email", "")), str(body.get("password", ""))
    token = await _parts(request).run(lambda db: sales.log_in(db, email, password))
    return JSONResponse({"token": token}, 201)


async def log_out(request: Request) -> Response:
    """End the session of a token."""
    token = _token(request)
    await _parts(request).run(lambda db: sales.log_out(db, token))
    return Response(status_code=204)


async def show_basket(request: Request) -> Response:
    """List the basket."""
    token = _token(request)
    rows = await _parts(request).run(lambda db: sales.show_basket(db, token))
    return JSONResponse({"basket": rows})


async def put_in_basket(request: Request) -> Response:
    """Add a product to the basket."""
    token, body = _token(request), await _body(request)
    number, quantity = _number(body.get("product")), _number(body.get("quantity", 1))
    rows = await _parts(request).run(lambda db: sales.put_in_basket(db, token, number, quantity))
    return JSONResponse({"basket": rows}, 201)


async def empty_basket(request: Request) -> Response:
    """Empty the basket."""
    token = _token(request)
    await _parts(request).run(lambda db: sales.empty_basket(db, token))
    return Response(status_code=204)


async def check_out(request: Request) -> Response:
    """Order and pay what lies in the basket; no connection is held while the payment takes."""
    token, parts = _token(request), _parts(request)
    customer = await parts.run(lambda db: sales.look_over(db, token))
    await parts.payments.charge()
    order = await parts.run(lambda db: sales.place_order(db, token, customer))
    return JSONResponse(order, 201)


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


async def _no_connection(_: Request, __: Exception) -> Response:
    message = "No database connection became free in time."
    return JSONResponse({"code": "pool_timeout", "message": message}, 503, {"Retry-After": "1"})


async def _unpaid(_: Request, __: Exception) -> Response:
    message = "The payment service took too long; nothing was ordered."
    return JSONResponse({"code": "payment_timeout", "message": message}, 504)


HANDLERS: Mapping[Any, Any] = {
    sales.RefusedError: _refused,
    PoolFullError: _full,
    PoolTimeoutError: _no_connection,
    PaymentTimeoutError: _unpaid,
}
"""How the shop answers to what its pages raise."""


def routes() -> list[BaseRoute]:
    """Return the way to each page."""
    return [
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
