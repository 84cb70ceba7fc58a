"""What we add to Locust's web UI: a link to the run on one time axis, and the name of the run."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, redirect
from locust.web import WebUI
from werkzeug.wrappers import Response as WerkzeugResponse

from swarmscope.agent.identity import Registry
from swarmscope.settings import Settings

log = logging.getLogger(__name__)

PATH = "/swarmscope"
RUN_PATH = f"{PATH}/run"
"""Answers which run is the newest: who starts tests by the web UI's API learns their names here."""
# Locust's page is one React element with no place for guests: the link stands beside it.
_LINK = (
    '<a href="swarmscope" target="_blank" rel="noopener" style="position:fixed;right:12px;'
    "bottom:12px;z-index:9999;padding:6px 12px;border-radius:6px;background:#0b5394;color:#fff;"
    'font:14px sans-serif;text-decoration:none">swarmscope: load and hosts on one axis</a></body>'
)


def add_link(web_ui: WebUI, settings: Settings, registry: Registry) -> None:
    """Put the link on Locust's page, the way to the run that goes on behind it, and its name."""
    app = web_ui.app
    if app is None:
        return

    def to_live_page() -> WerkzeugResponse:
        page = settings.live_url or f"{settings.url}/"
        joint = "&" if "?" in page else "?"
        return redirect(f"{page}{joint}run={quote(registry.run)}" if registry.run else page)

    def with_link(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.direct_passthrough:
            response.set_data(response.get_data(as_text=True).replace("</body>", _LINK, 1))
        return response

    def newest_run() -> Response:
        return jsonify({"run": registry.run, "test": registry.test})

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
