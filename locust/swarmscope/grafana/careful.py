"""requests' connections, made careful: what they read of an answer is bounded, and not unpacked."""

from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from swarmscope.transport.bounded import Document
from swarmscope.transport.pools import bound, first_words, refuse_packed


class _Adapter(HTTPAdapter):  # type: ignore[misc] # shipped without type information
    """Reads each answer itself: requests would unpack and decode it, however long it is."""

    def init_poolmanager(self, *how: Any, **more: Any) -> None:
        super().init_poolmanager(*how, **more)
        bound(self.poolmanager, Document)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **more)
        if not known:
            bound(manager, Document)
        return manager

    def send(self, *what: Any, **how: Any) -> requests.Response:
        response = super().send(*what, **how)
        answer = response.raw
        if response.status_code >= 300:
            # The status is what counts: it stands, whatever the rest is.
            body = first_words(answer)
        else:
            refuse_packed(answer)
            body = answer.read(decode_content=False)
        response.raw = BytesIO(body)
        # Nothing else is JSON. Where none is said, requests tries all there are, for minutes.
        response.encoding = "utf-8"
        return response


def be_careful(session: requests.Session) -> None:
    """Have *session* read no more of an answer than it needs, follow no redirect, unpack nothing.

    A redirect would take what is sent along: a data source has the store's token in it.
    """
    session.max_redirects = 0
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
