"""A link from Locust's own web UI to the page that shows the run on one time axis."""

from urllib.parse import quote

from flask import Response, redirect
from locust.web import WebUI
from werkzeug.wrappers import Response as WerkzeugResponse

from swarmscope.agent.identity import Registry
from swarmscope.settings import Settings

PATH = "/swarmscope"
# Locust's page is one React element with no place for guests: the link stands beside it.
_LINK = (
    '<a href="swarmscope" target="_blank" rel="noopener" style="position:fixed;right:12px;'
    "bottom:12px;z-index:9999;padding:6px 12px;border-radius:6px;background:#0b5394;color:#fff;"
    'font:14px sans-serif;text-decoration:none">swarmscope: load and hosts on one axis</a></body>'
)


def add_link(web_ui: WebUI, settings: Settings, registry: Registry) -> None:
    """Put the link on Locust's page, and the way to the run that goes on behind it."""
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

    app.add_url_rule(PATH, "swarmscope", to_live_page)
    app.after_request(with_link)
