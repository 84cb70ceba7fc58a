"""The live page and its assets, and plotly's script out of the installed package."""

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

PAGES = Path(str(files("swarmscope"))) / "pages"
_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
"""What is served: nothing else in the folder is."""


def page_routes(folder: Path) -> list[BaseRoute]:
    """Return the routes of the page in *folder*."""

    async def index(request: Request) -> Response:
        return await _file(request, folder / "index.html")

    async def static(request: Request) -> Response:
        return await _file(request, folder / request.path_params["name"])

    return [
        Route("/", index),
        Route("/static/plotly.min.js", _plotly),
        Route("/static/{name}", static),
    ]


async def _file(request: Request, path: Path) -> Response:
    media_type = _MEDIA_TYPES.get(path.suffix)
    # By its name in the folder: what is asked for may be no name of a file at all.
    if media_type is None or path.name not in {file.name for file in path.parent.iterdir()}:
        raise HTTPException(404, f"there is no page {request.url.path}")
    body = await run_in_threadpool(path.read_bytes)
    return _cached(request, body, media_type)


async def _plotly(request: Request) -> Response:
    body = await run_in_threadpool(_packed_plotly)
    return _cached(request, body, _MEDIA_TYPES[".js"], {"Content-Encoding": "gzip"})


@cache
def _packed_plotly() -> bytes:
    # Takes a second to import: not before someone looks at a page.
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    return gzip.compress(get_plotlyjs().encode(), 6, mtime=0)


def _cached(
    request: Request, body: bytes, media_type: str, headers: dict[str, str] | None = None
) -> Response:
    """Answer with *body*, or with 304 when the browser has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    sent = {**_HEADERS, "ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=sent)
    return Response(body, headers=sent, media_type=media_type)
