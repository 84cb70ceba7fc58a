"""What we add to Locust's web UI: a link to the run on one time axis, and the name of the run."""

from urllib.parse import quote

from flask import Response, jsonify, redirect
from locust.web import WebUI
from werkzeug.wrappers import Response as WerkzeugResponse

from swarmscope.agent.identity import Registry
from swarmscope.settings import Settings

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

    app.add_url_rule(PATH, "swarmscope", to_live_page)
    app.add_url_rule(RUN_PATH, "swarmscope_run", newest_run)
    app.after_request(with_link)
