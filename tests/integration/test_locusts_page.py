"""Our part of Locust's page: where its own pages are, and behind the same login."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from tests.fixtures.locusts import LISTENER, SCENARIOS, STEADY, Locusts, locusts
from tests.fixtures.ports import free_port

from swarmscope.errors import ConfigurationError
from swarmscope.webui.master import Master

LOGIN = SCENARIOS / "asks_for_login.py"
_PATIENCE_S = 60
Start = Callable[..., "Visitor"]


class Visitor:
    """A browser, as far as cookies and redirects go."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), _StayHere
        )

    def get(self, path: str) -> tuple[int, str, str]:
        """Return status, target and text of the answer."""
        try:
            with self._opener.open(self.url + path, timeout=_PATIENCE_S) as response:
                return response.status, "", response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Location", ""), error.read().decode()


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a master with the given options, and return somebody who looks at its page."""
    with locusts(tmp_path, {"INFLUXDB_V2_URL": f"http://127.0.0.1:{free_port()}"}) as swarm:

        def started(*options: str, scenario: Path = STEADY, first: bool = True) -> Visitor:
            port = str(free_port())
            web = ("--web-host", "127.0.0.1", "--web-port", port)
            files = (scenario, LISTENER) if first else (LISTENER, scenario)
            process = swarm.master(*web, *options, files=files)
            visitor = Visitor(f"http://127.0.0.1:{port}")
            _await_page(visitor, swarm, process)
            return visitor

        yield started


def _await_page(visitor: Visitor, swarm: Locusts, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            visitor.get("/")
        except OSError:
            assert time.monotonic() < deadline, swarm.log(process)
            assert process.poll() is None, swarm.log(process)
            time.sleep(0.1)
        else:
            return


@pytest.mark.sample(3)
@pytest.mark.parametrize("base", ["", "/load", "/load/test"])
def test_the_link_leads_to_the_live_page_wherever_locusts_page_is(start: Start, base: str) -> None:
    options = ("--web-base-path", base) if base else ()
    visitor = start(*options)
    status, _, page = visitor.get(f"{base}/")
    assert status == 200
    found = re.search(r'<a href="([^"]*)"[^>]*>swarmscope', page)
    assert found
    status, target, _ = visitor.get(f"{base}/{found[1]}")
    assert status == 302
    assert target.startswith("http://127.0.0.1")
    status, _, answer = visitor.get(f"{base}/swarmscope/run")
    assert (status, json.loads(answer)["test"]) == (200, "steady")
    assert Master(visitor.url + base).run() == ""


def test_a_test_has_the_name_of_the_user_s_file_though_the_listener_comes_first(
    start: Start,
) -> None:
    visitor = start(first=False)
    assert json.loads(visitor.get("/swarmscope/run")[2])["test"] == "steady"


def test_a_login_stands_before_our_pages_too(start: Start) -> None:
    visitor = start("--web-login", scenario=LOGIN)
    for path in ("/swarmscope", "/swarmscope/run"):
        status, target, text = visitor.get(path)
        assert (status, target.partition("?")[0]) == (302, "/login"), path
        assert "asks_for_login" not in text
    assert visitor.get("/let_me_in")[0] == 302
    assert visitor.get("/swarmscope")[1].startswith("http://127.0.0.1")
    assert json.loads(visitor.get("/swarmscope/run")[2])["test"] == "asks_for_login"


def test_a_login_before_both_under_a_base_path(start: Start) -> None:
    visitor = start("--web-login", "--web-base-path", "/load", scenario=LOGIN)
    status, target, _ = visitor.get("/load/swarmscope/run")
    assert (status, target.partition("?")[0]) == (302, "/load/login")
    visitor.get("/let_me_in")
    assert visitor.get("/load/swarmscope/run")[0] == 200


def test_a_run_from_outside_says_that_a_login_is_in_its_way(start: Start) -> None:
    visitor = start("--web-login", scenario=LOGIN)
    master = Master(visitor.url)
    for asked in (master.status, master.run, lambda: master.start({"user_count": "1"})):
        with pytest.raises(ConfigurationError) as caught:
            asked()
        assert caught.value.remedy
