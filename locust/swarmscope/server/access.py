"""Who may talk to the server: holders of the token, or without one this machine's programs."""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN_PATHS = frozenset({"/ping", "/health"})
"""Answered to anyone, as InfluxDB does: monitors ask there."""
COOKIE = "swarmscope_token"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Access:
    """Middleware that answers 401 or 403 to whom the server isn't for."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        send = _sealed(send)
        if scope["type"] == "http":
            refusal = self._judge(HTTPConnection(scope))
            if refusal:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _judge(self, request: HTTPConnection) -> Response | None:
        if request.url.path in OPEN_PATHS:
            return None
        if _is_foreign(request.headers):
            return _refuse(403, "forbidden", "Requests from other web sites are not answered.")
        if not self._token:
            return self._judge_host(request)
        given = request.query_params.get("token", "")
        if given and request.url.path == "/" and self._matches(given):
            return self._remember(request, given)
        if self._matches(_token_of(request)):
            return None
        return _refuse(401, "unauthorized", "unauthorized access")

    def _judge_host(self, request: HTTPConnection) -> Response | None:
        # Without a token a web site could reach this server by pointing its own name at
        # 127.0.0.1; its requests still carry that name.
        if _host_name(request.headers.get("host", "")) in _LOOPBACK_NAMES:
            return None
        return _refuse(
            403,
            "forbidden",
            "This server has no token, so it answers to localhost and 127.0.0.1 alone. "
            "Start it with a token to use another name.",
        )

    def _matches(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token)

    def _remember(self, request: HTTPConnection, given: str) -> Response:
        """Let a browser in: the token moves from the address to a cookie that no script reads."""
        response = RedirectResponse(str(request.url.remove_query_params("token")), 303)
        response.set_cookie(COOKIE, given, httponly=True, samesite="strict")
        return response


def _sealed(send: Send) -> Send:
    """Make every answer inert: what isn't a page of ours, a browser neither guesses at nor runs."""

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Content-Security-Policy", "default-src 'none'; sandbox")
        await send(message)

    return sealed


def _token_of(request: HTTPConnection) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("token", "bearer"):
        return given.strip()
    return request.cookies.get(COOKIE, "")


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser sends this for a page of another site."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _host_name(host: str) -> str | None:
    return urlsplit(f"//{host}").hostname


def _refuse(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
