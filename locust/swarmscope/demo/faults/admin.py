"""The admin path by which faults are switched while the shop runs: ``/faults``.

It is there in a shop that was started with it, for this machine's own programs alone: not for
others on the network, and not for pages of the web that are open in a browser here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from swarmscope.demo.faults.switchboard import Switchboard
from swarmscope.demo.faults.table import FAULTS, parse
from swarmscope.errors import ConfigurationError

PATH = "/faults"
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_OF_A_PAGE = ("origin", "sec-fetch-site")
"""Headers that a browser sends for a page, and no program by itself."""


_WAYS = (
    f"GET {PATH} says what is on, PUT {PATH}/cliff?size=8 switches one on, DELETE {PATH}/cliff one "
    f"off, and DELETE {PATH} all."
)


Handler = Callable[[Request, Switchboard], Awaitable[None]]


def routes() -> list[BaseRoute]:
    """Return the admin path's routes."""
    return [
        Route(PATH, _guarded(_list)),
        Route(PATH, _guarded(_all_off), methods=["DELETE"]),
        Route(f"{PATH}/{{name}}", _guarded(_on), methods=["PUT"]),
        Route(f"{PATH}/{{name}}", _guarded(_off), methods=["DELETE"]),
        # Behind the others, which come first where their methods fit.
        *_all_of_it(_no_such_way),
    ]


def none() -> list[BaseRoute]:
    """Return the routes of a shop that was started without the admin path: they say so."""
    return _all_of_it(_not_here)


def _all_of_it(answer: Callable[[Request], Awaitable[Response]]) -> list[BaseRoute]:
    return [Route(path, answer, methods=_METHODS) for path in (PATH, f"{PATH}/{{name:path}}")]


async def _no_such_way(_: Request) -> Response:
    message = f"Nothing was changed. {_WAYS}"
    return JSONResponse({"code": "no_such_way", "message": message}, 405)


async def _not_here(_: Request) -> Response:
    message = (
        "This shop was started without a way to switch faults. Nothing was changed. A demo has it "
        "with any fault, make demo FAULT=cliff, and a shop of your own with --faults."
    )
    return JSONResponse({"code": "no_faults_here", "message": message}, 404)


async def _list(_: Request, __: Switchboard) -> None:
    """Change nothing: the answer says which faults there are, and which of them are on."""


async def _on(request: Request, switches: Switchboard) -> None:
    others = [f"?{name}=" for name in request.query_params if name != "size"]
    if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
        others.append("a body")
    if others:
        # Left alone, the fault would have another size than was asked for.
        raise ConfigurationError(
            f"A size is told by ?size=, and not by {others[0]}.",
            data="Nothing was changed.",
            remedy=_WAYS,
        )
    size = request.query_params.get("size")
    name = request.path_params["name"]
    await switches.switch_on(parse(name if size is None else f"{name}:{size}"))


async def _off(request: Request, switches: Switchboard) -> None:
    await switches.switch_off(parse(request.path_params["name"]).fault.name)


async def _all_off(_: Request, switches: Switchboard) -> None:
    await switches.all_off()


def _guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return *handler* for those who may switch, with an answer that says how things are then."""

    async def answer(request: Request) -> Response:
        if not _is_near(request):
            message = "Faults are switched by programs of this machine, and not by pages."
            return JSONResponse({"code": "not_from_here", "message": message}, 403)
        switches: Switchboard = request.app.state.faults
        try:
            await handler(request, switches)
        except ConfigurationError as error:
            return JSONResponse({"code": "no_such_fault", "message": str(error)}, 400)
        known = [asdict(fault) for fault in FAULTS.values()]
        return JSONResponse({"on": switches.sizes, "faults": known})

    return answer


def _is_near(request: Request) -> bool:
    """Whether a program of this machine asks."""
    client = request.client
    near = client is not None and ip_address(client.host).is_loopback
    return near and not any(header in request.headers for header in _OF_A_PAGE)
