"""The other side of a user's HTTP client: a client like it, with another host and its own cookies.

It is made at the first request. What a user's code sets on its own client, headers, authentication,
certificates, is the other's too, whenever it is set. Cookies are the other's only if they were set
before the first request: later ones may be A's own, as a session's is. Connections are never
shared, since pools keep them by host.
"""

import copy
from http.cookiejar import CookieJar
from urllib.parse import unquote, urlsplit

from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession, _construct_basic_auth_str
from requests.auth import HTTPBasicAuth

Session = HttpSession | FastHttpSession
_TWIN = "_swarmscope_twin"
_OWN = frozenset({_TWIN, "base_url", "cookies", "cookiejar", "client"})
"""What the two have each for itself."""


def twin_of(session: Session, address: str, host: str) -> Session:
    """Return the client that does at *address* what *session* does, with what is set on it now.

    The address is one of *host*, which may have credentials.
    """
    mine = vars(session)
    twin: Session | None = mine.get(_TWIN)
    if twin is None:
        twin = mine[_TWIN] = _made(session)
    vars(twin).update({name: value for name, value in mine.items() if name not in _OWN})
    twin.base_url = address
    user, password = _credentials(host)
    if user and isinstance(twin, HttpSession):
        twin.auth = HTTPBasicAuth(user, password)
    elif user and isinstance(twin, FastHttpSession):
        twin.auth_header = _construct_basic_auth_str(user, password)
    return twin


def _made(session: Session) -> Session:
    # Not by its class, which may be a user's own, with arguments of its own.
    twin: Session = object.__new__(type(session))
    if isinstance(session, FastHttpSession) and isinstance(twin, FastHttpSession):
        twin.cookiejar = CookieJar()
        for cookie in session.cookiejar:
            twin.cookiejar.set_cookie(cookie)
        twin.client = copy.copy(session.client)
        twin.client.cookiejar = twin.cookiejar
    elif isinstance(session, HttpSession) and isinstance(twin, HttpSession):
        twin.cookies = session.cookies.copy()
    return twin


def _credentials(host: str) -> tuple[str, str]:
    parts = urlsplit(host)
    return unquote(parts.username or ""), unquote(parts.password or "")
