"""What we add to Locust's web UI: a link to the run on one time axis, and the name of the run."""

import logging
import re
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from flask import Blueprint, Response, jsonify, redirect, request
from locust.web import WebUI
from werkzeug.wrappers import Response as WerkzeugResponse

from swarmscope import schema
from swarmscope.agent.identity import Registry
from swarmscope.agent.target import doubt
from swarmscope.settings import Settings

log = logging.getLogger(__name__)

PATH = "/swarmscope"
RUN_PATH = f"{PATH}/run"
"""Answers which run is the newest: who starts tests by the web UI's API learns their names here.

And, where there is any, the doubt whether its users can request anything of their host.
"""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - an address that is asked for, not bound
_BOARD_OF_GRAFANA = re.compile(r"/d/[^/]+")
_LATE_S = 10
"""How long after a run's end its workers' last words may stand."""
# Locust's page is one React element with no place for guests: the link stands beside it.
_LINK = (
    '<a href="swarmscope" target="_blank" rel="noopener" style="position:fixed;right:12px;'
    "bottom:12px;z-index:9999;padding:6px 12px;border-radius:6px;background:#0b5394;color:#fff;"
    'font:14px sans-serif;text-decoration:none">swarmscope: load and hosts on one axis</a></body>'
)
_NOTICE = (
    '<p role="alert" style="position:fixed;left:12px;bottom:12px;z-index:9999;margin:0;'
    'padding:6px 12px;border-radius:6px;background:#b03a00;color:#fff;font:14px sans-serif">'
    "{}</p></body>"
)


def add_link(web_ui: WebUI, settings: Settings, registry: Registry) -> None:
    """Put the link on Locust's page, the way to the run that goes on behind it, and its name."""
    app = web_ui.app
    if app is None:
        return

    def to_live_page() -> WerkzeugResponse:
        page = _as_asked(urlsplit(settings.live_url or f"{settings.url}/"), request.host)
        asked = _asking_for(registry, settings.resolution, page)
        query = "&".join(part for part in (page.query, asked) if part)
        return redirect(page._replace(query=query).geturl())

    def with_link(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.direct_passthrough:
            text = response.get_data(as_text=True).replace("</body>", _LINK, 1)
            if why := doubt(web_ui.environment):
                text = text.replace("</body>", _NOTICE.format(escape(why)), 1)
            response.set_data(text)
        return response

    def newest_run() -> Response:
        why = doubt(web_ui.environment)
        told = {"run": registry.run, "test": registry.test}
        return jsonify(told | {"doubt": why} if why else told)

    # Where Locust's own pages are (--web-base-path), and behind the same door (--web-login).
    pages = Blueprint("swarmscope", __name__, url_prefix=app.blueprints["locust"].url_prefix)
    protected: Callable[[Any], Any] = web_ui.auth_required_if_enabled
    pages.add_url_rule(PATH, "live_page", protected(to_live_page))
    pages.add_url_rule(RUN_PATH, "newest_run", protected(newest_run))
    try:
        app.register_blueprint(pages)
    except AssertionError:  # Flask's word for: it has answered a request already
        log.warning(
            "Locust's page was asked for before swarmscope was attached: it has no link to the "
            "run. What is measured is recorded all the same. Attach before anybody opens the page."
        )
        return
    app.after_request(with_link)


def _asking_for(registry: Registry, resolution: int, page: SplitResult) -> str:
    """Return what *page* is asked so that it shows the newest run."""
    if not registry.run:
        return ""
    run = quote(registry.run, safe="")
    if not _BOARD_OF_GRAFANA.search(page.path):
        return f"run={run}"
    # Its first window begins before it does. Without a time Grafana shows its own last minutes, and
    # takes a run that isn't in them for none.
    begin = int(registry.began) // resolution * resolution
    end = "now" if registry.ended is None else f"{int(registry.ended + _LATE_S)}000"
    refresh = schema.REFRESH_LIVE if registry.ended is None else schema.REFRESH_OVER
    return f"var-run={run}&from={begin}000&to={end}&refresh={refresh}"


def _as_asked(page: SplitResult, host: str) -> SplitResult:
    """Return *page* under the name of this machine by which its reader asks for Locust's, *host*.

    A browser keeps a login for each name: of two for one machine the other one asks anew.
    """
    if page.netloc.count(":") > 1 and "[" not in page.netloc:
        # An address of IPv6 as it is bound to, put before its port.
        page = page._replace(netloc="[{}]:{}".format(*page.netloc.rsplit(":", 1)))
    own, name = page.hostname or "", urlsplit(f"//{host}").hostname or ""
    both_here = own in _LOOPBACK and name in _LOOPBACK
    if not name or not (both_here or own in _EVERYWHERE):
        return page
    port = f":{page.port}" if page.port else ""
    return page._replace(netloc=f"{f'[{name}]' if ':' in name else name}{port}")
