"""Requests to a store, past any proxy: influxdb-client, which writes to it, knows none either."""

import ssl
import urllib.request
from http.client import HTTPResponse


def send(
    request: urllib.request.Request, timeout_s: float, context: ssl.SSLContext | None = None
) -> HTTPResponse:
    """Send *request* and return the answer, to be closed.

    Raises:
        urllib.error.HTTPError: a status of 400 and more.
        OSError: it can't be sent, or isn't answered within *timeout_s* seconds.

    """
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    response: HTTPResponse = opener.open(request, timeout=timeout_s)
    return response
