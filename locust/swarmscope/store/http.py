"""Requests to a server: to the store through the proxy that the settings name, if they name one."""

import ssl
import urllib.request
from http.client import HTTPResponse
from http.cookiejar import CookieJar

from swarmscope.settings import Settings


def send(
    request: urllib.request.Request,
    timeout_s: float,
    settings: Settings | None = None,
    *,
    cookies: CookieJar | None = None,
) -> HTTPResponse:
    """Send *request* and return the answer, to be closed.

    *settings* are those of the store that is asked. Other servers are our own, and are asked
    directly. *cookies* are sent along, and those that come back are kept there.

    Raises:
        ConfigurationError: the proxy is of a kind that can't be used.
        urllib.error.HTTPError: a status of 400 and more.
        OSError: it can't be sent, or isn't answered within *timeout_s* seconds.

    """
    proxy = settings.proxy if settings else None
    through = {request.type: proxy.with_password} if proxy else {}
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(through),
        urllib.request.HTTPSHandler(context=tls_context(settings) if settings else None),
        *([] if cookies is None else [urllib.request.HTTPCookieProcessor(cookies)]),
    )
    response: HTTPResponse = opener.open(request, timeout=timeout_s)
    return response


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """Return how to check the certificate of the server at the settings' URL."""
    if not settings.url.startswith("https:"):
        return None
    context = ssl.create_default_context(cafile=settings.ssl_ca_cert or None)
    if not settings.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
