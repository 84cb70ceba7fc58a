"""A page of another site before Locust's web UI: it must neither steer a test nor read one."""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fixtures.locusts import LISTENER, STEADY, locusts
from tests.fixtures.locusts_page import get_when_up
from tests.fixtures.ports import free_port

EVIL = "http://evil.example"
FORM = "user_count=1&spawn_rate=1"
_OF_A_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Page:
    """Locust's web UI on a port of this machine."""

    port: int

    def ask(
        self, path: str, headers: Mapping[str, str], *, method: str = "GET", body: str = ""
    ) -> tuple[int, dict[str, str], str]:
        """Return status, headers with small letters, and text of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body or None, {**_OF_A_FORM, **headers})
        answer = connection.getresponse()
        found = {key.lower(): value for key, value in answer.getheaders()}
        text = answer.read().decode()
        connection.close()
        return answer.status, found, text

    def start(self, **headers: str) -> tuple[int, str]:
        """Try to start a test; stop it if that worked."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        status, _, text = self.ask("/swarm", named, method="POST", body=FORM)
        if status == 200:
            assert self.ask("/stop", {}, method="POST")[0] == 200
        return status, text


@contextmanager
def opened(folder: Path, allowed: str) -> Iterator[Page]:
    """Start a Locust with a page, and others of the *allowed* names before it."""
    port = free_port()
    store = f"http://127.0.0.1:{free_port()}"
    env = {"INFLUXDB_V2_URL": store, "SWARMSCOPE_WEB_ALLOW": allowed}
    with locusts(folder, env) as swarm:
        web = ("--web-host", "127.0.0.1", "--web-port", str(port))
        swarm.start(*web, files=(STEADY, LISTENER))
        get_when_up(f"http://127.0.0.1:{port}/")
        yield Page(port)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with opened(
        tmp_path_factory.mktemp("page"), "load.example.com, https://dash.example.com/"
    ) as here:
        yield here


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": EVIL},
        {"Origin": EVIL, "Sec_Fetch_Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site", "Origin": "http://127.0.0.1:1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://["},
        {"Origin": "http://load.example.com.evil.example"},
    ],
    ids=str,
)
def test_a_page_of_another_site_starts_nothing(page: Page, said: dict[str, str]) -> None:
    status, text = page.start(**said)
    assert status == 403
    assert "Nothing was started or stopped." in text
    assert "SWARMSCOPE_WEB_ALLOW" in text


@pytest.mark.parametrize("path", ["/stop", "/stats/reset", "/login", "/anything"])
def test_nor_does_it_do_anything_else(page: Page, path: str) -> None:
    assert page.ask(path, {"Origin": EVIL}, method="POST")[0] == 403


@pytest.mark.parametrize("path", ["/", "/stats/requests", "/swarmscope/run", "/nowhere", "/swarm"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_it_may_read_nothing(page: Page, path: str, method: str) -> None:
    status, headers, _ = page.ask(
        path, {"Origin": EVIL, "Access-Control-Request-Method": "PUT"}, method=method
    )
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control-")]
    assert "frame-ancestors 'self' https://dash.example.com" in headers["content-security-policy"]


def fetched(site: str, mode: str, dest: str) -> dict[str, str]:
    """Return what a browser says of a request."""
    return {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}


@pytest.mark.parametrize("path", ["/", "/stats/report", "/stats/requests", "/swarmscope/run"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "dest"), [("no-cors", "image"), ("cors", "empty"), ("no-cors", "script")]
)
def test_nor_has_it_answers_worked_out(
    page: Page, path: str, site: str, mode: str, dest: str
) -> None:
    """It can't read them, and could have Locust at work with them all the time."""
    status, headers, text = page.ask(path, fetched(site, mode, dest))
    assert (status, "A page of another site" in text) == (403, True)
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_links_to_it_are_followed(page: Page, site: str) -> None:
    for path in ("/", "/stats/requests/csv"):
        assert page.ask(path, fetched(site, "navigate", "document"))[0] == 200


def test_only_where_a_page_may_have_it_in_a_frame_is_it_asked_for_there(
    page: Page, tmp_path: Path
) -> None:
    """The browser then shows it in no other page's."""
    framed = fetched("cross-site", "navigate", "iframe")
    assert page.ask("/", framed)[0] == 200
    with opened(tmp_path, "load.example.com") as closed:
        assert closed.ask("/", framed)[0] == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8089",
        "load.example.com.evil.example",
        "[",
        "127.0.0.1.evil.example",
    ],
)
def test_a_site_that_gave_its_name_this_machine_s_address_gets_nothing(
    page: Page, host: str
) -> None:
    for path in ("/", "/stats/requests", "/swarmscope/run"):
        status, _, text = page.ask(path, {"Host": host})
        assert status == 403
        assert "doesn't answer to the name" in text
    status, _ = page.start(Host=host, Origin=f"http://{host}", Sec_Fetch_Site="same-origin")
    assert status == 403


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Sec_Fetch_Site": "same-origin", "Origin": "https://through.a.proxy.example"},
        {"Sec_Fetch_Site": "none"},
        {"Host": "localhost:8089", "Origin": "http://localhost:8089"},
        {"Host": "locust-master:8089"},
        {"Host": "LOAD.example.com", "Origin": "http://load.example.com"},
        {"Host": "locust.tests.svc:8089"},
        {"Host": "box.local"},
        {"Host": "10.1.2.3:8089", "Origin": "http://10.1.2.3:8089"},
        {"Host": "[::1]:8089", "Origin": "http://[::1]:8089"},
        {"Host": "locust", "X_Forwarded_Host": "page.example", "Origin": "http://page.example"},
        {"Origin": "https://dash.example.com", "Sec_Fetch_Site": "cross-site"},
    ],
    ids=str,
)
def test_whoever_uses_it_as_meant_is_let_in(page: Page, said: dict[str, str]) -> None:
    assert page.start(**said)[0] == 200


def test_a_site_that_may_reads_it_as_locust_allows(page: Page) -> None:
    page.ask("/stats/requests", {"Origin": EVIL})  # Locust keeps that answer for a while
    _, headers, _ = page.ask("/stats/requests", {"Origin": "https://dash.example.com"})
    assert headers["access-control-allow-origin"] == "https://dash.example.com"


def test_everybody_may_where_that_is_asked_for(tmp_path: Path) -> None:
    with opened(tmp_path, "*") as page:
        assert page.start(Host="evil.example", Origin=EVIL)[0] == 200
