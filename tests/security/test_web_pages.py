"""A browser with a page of another site open, as somebody who runs a load test may have one."""

import http.server
import shutil
import threading
from collections.abc import Iterator

import pytest
from tests.fixtures.locusts import LISTENER, STEADY, locusts
from tests.fixtures.locusts_page import get_when_up
from tests.fixtures.ports import free_port

_SITE = "evil.example"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>of another site</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[int]:
    """A web site, on a port of this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def page(tmp_path) -> Iterator[str]:
    """Locust's page."""
    port = free_port()
    env = {"INFLUXDB_V2_URL": f"http://127.0.0.1:{free_port()}"}
    with locusts(tmp_path, env) as swarm:
        web = ("--web-host", "127.0.0.1", "--web-port", str(port))
        swarm.start(*web, files=(STEADY, LISTENER))
        get_when_up(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"


_TRY = """async ([target, mode]) => {
    const form = new URLSearchParams({user_count: "1", spawn_rate: "1"});
    try {
        const answer = await fetch(target + "/swarm", {method: "POST", body: form, mode});
        return answer.type + " " + answer.status + " " + await answer.text();
    } catch (error) { return "refused: " + error.message; }
}"""
_READ = """async (target) => {
    try { return await (await fetch(target + "/stats/requests")).text(); }
    catch (error) { return "refused: " + error.message; }
}"""


@pytest.mark.long
def test_a_page_of_another_site_neither_starts_nor_reads_a_test(site: int, page: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        pytest.skip(f"none of {', '.join(_BROWSERS)} is on PATH")
    flags = ["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {_SITE} 127.0.0.1"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        tab = browser.new_page()
        tab.goto(f"http://{_SITE}:{site}/")
        for mode in ("cors", "no-cors"):
            tab.evaluate(_TRY, [page, mode])
        assert tab.evaluate(_READ, page).startswith("refused")
        # its own name with the address of this machine, at the port of Locust's page
        rebound = f"http://{_SITE}:{page.rpartition(':')[2]}"
        tab.goto(rebound)
        assert "doesn't answer to the name" in tab.content()
        assert "403" in tab.evaluate(_TRY, [rebound, "same-origin"])
        # whoever uses it sees that nothing was started, and can
        tab.goto(page)
        assert '"state":"ready"' in tab.evaluate(_READ, page).replace(" ", "")
        assert "200" in tab.evaluate(_TRY, [page, "same-origin"])
        browser.close()
