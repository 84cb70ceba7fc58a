"""What stands before Locust's web UI: a page of another site must neither steer a test nor read it.

Locust 2.47 lets every origin read its answers (CORS), and starts a test for whoever posts a form:
any page that is open in a browser of this machine could. What browsers say of a request decides,
in the order of Go's `http.CrossOriginProtection`: Sec-Fetch-Site where it is sent, else Origin. A
site can also give its own name this machine's address (DNS rebinding): its requests still carry
that name, as their Host.
"""

import ipaddress
import logging
import socket
from collections.abc import Callable, Collection, Iterable
from typing import Any
from urllib.parse import urlsplit

from locust.web import WebUI

log = logging.getLogger(__name__)

SETTING = "SWARMSCOPE_WEB_ALLOW"
EVERYBODY = "*"
_VISITING = frozenset({"GET", "HEAD"})
_FRAMES = frozenset({"iframe", "frame"})
_OWN_SITE = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of a page of this very origin, and of an address typed by hand."""
_NEVER_PUBLIC = frozenset({"localhost", "local", "internal", "test", "svc"})
"""Last labels of names that nobody can register: RFC 6761, RFC 6762, ICANN's .internal, and those
of a Kubernetes cluster."""
_ALLOWED = "access-control-allow-origin"
_Headers = list[tuple[str, str]]
_Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def guard(web_ui: WebUI, allowed: Collection[str]) -> None:
    """Refuse what pages of other sites ask of *web_ui*, but for those that are *allowed*.

    *allowed* are names by which the page is asked for, origins (`https://dash.example.com`), or
    `*`, which leaves all to Locust.
    """
    if web_ui.app is None or EVERYBODY in allowed:
        return
    own = {*(name.lower() for name in allowed), socket.gethostname().lower(), web_ui.host or ""}
    # A session's cookie belongs to the name by which its user logged in: another gets none.
    guarded = Guard(web_ui.app.wsgi_app, own, any_host=bool(web_ui.web_login))
    web_ui.app.wsgi_app = guarded  # type: ignore[method-assign, assignment]


class Guard:
    """Stands before the WSGI application *app*; *own* are further names and origins."""

    def __init__(self, app: _Wsgi, own: Collection[str], *, any_host: bool = False) -> None:
        self._app = app
        self._own = own
        self._origins = sorted(origin for origin in own if "://" in origin)
        self._any_host = any_host
        self._told: set[str] = set()

    def __call__(
        self, request: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer *request*, or refuse it."""
        reason = self._reason(request)
        if reason:
            self._say_once(reason)
            plain = [("Content-Type", "text/plain; charset=utf-8")]
            start_response("403 Forbidden", self._sealed(request, plain))
            return [f"{reason}\n".encode()]

        def sealed(status: str, headers: _Headers, *more: Any) -> Any:
            return start_response(status, self._sealed(request, headers), *more)

        return self._app(request, sealed)

    def _reason(self, request: dict[str, Any]) -> str:
        """Return why *request* is refused; nothing if it isn't."""
        host = request.get("HTTP_HOST", "")
        name = _name_of(host)
        if not self._any_host and not self._may_be(name):
            return (
                f"Locust's page doesn't answer to the name {name[:100]!r}, because any web site "
                "could give its own name this machine's address. Nothing was started or stopped. "
                f"If the name is yours, set {SETTING} to it for Locust's process."
            )
        if self._is_ours(request, host) or self._is_visit(request):
            return ""
        page = request.get("HTTP_ORIGIN") or request.get("HTTP_SEC_FETCH_SITE", "")
        return (
            f"A page of another site ({page[:100]}) asked for this. Nothing was started or "
            f"stopped. If it may, set {SETTING} to its origin for Locust's process."
        )

    def _is_ours(self, request: dict[str, Any], host: str) -> bool:
        """Whether a page of Locust's own asks, one that may, or no page at all."""
        origin = request.get("HTTP_ORIGIN", "")
        site = request.get("HTTP_SEC_FETCH_SITE", "")
        if origin.lower() in self._own:
            return True
        if site:
            return site in _OWN_SITE
        # The second is a proxy's word for the first. No page can say it: a header that isn't a
        # form's needs Locust's consent.
        asked = {host.lower(), request.get("HTTP_X_FORWARDED_HOST", "").lower()}
        return not origin or _place(origin) in asked - {""}

    def _is_visit(self, request: dict[str, Any]) -> bool:
        """Whether a link is followed to here, or a page that may has this one in a frame.

        What else a page of another site asks for it can't read, but have worked out again and
        again: a report of the whole test.
        """
        shown = request.get("HTTP_SEC_FETCH_DEST")
        return (
            request.get("REQUEST_METHOD") in _VISITING
            and request.get("HTTP_SEC_FETCH_MODE") == "navigate"
            and (shown == "document" or (shown in _FRAMES and bool(self._origins)))
        )

    def _may_be(self, name: str) -> bool:
        """Whether *name* is this machine's, whoever looked it up."""
        last = name.rpartition(".")[2]
        return name in self._own or last == name or last in _NEVER_PUBLIC or _is_address(name)

    def _sealed(self, request: dict[str, Any], headers: _Headers) -> _Headers:
        """Return *headers* of an answer without Locust's invitation to pages of all origins."""
        origin = request.get("HTTP_ORIGIN", "")
        if origin.lower() in self._own:
            # Its own, since Locust keeps answers: the one here may have been somebody else's.
            headers = [(k, origin if k.lower() == _ALLOWED else v) for k, v in headers]
        else:
            headers = [(k, v) for k, v in headers if not k.lower().startswith("access-control-")]
        # A page in a frame is clicked at by whoever lays something over it.
        ancestors = " ".join(["frame-ancestors", "'self'", *self._origins])
        return [*headers, ("Content-Security-Policy", ancestors)]

    def _say_once(self, reason: str) -> None:
        if reason not in self._told and len(self._told) < 10:
            self._told.add(reason)
            log.warning("%s", reason)


def _place(origin: str) -> str:
    """Return host and port of *origin*; nothing where it has none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _name_of(host: str) -> str:
    """Return the name in a Host header, without its port and the dot at its end."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return f"{host}."  # no name: none ends with a dot here


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
