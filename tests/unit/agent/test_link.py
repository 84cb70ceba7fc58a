"""What we add to Locust's page: the link to the run, where it leads, and the name of the run."""

from types import SimpleNamespace
from typing import Any

import pytest
from locust import HttpUser
from locust.env import Environment
from locust.web import WebUI
from tests.fixtures.fake_delivery import Kept
from tests.fixtures.ports import free_port

from swarmscope.agent.identity import Registry
from swarmscope.agent.link import PATH, RUN_PATH, add_link
from swarmscope.agent.roles import Alone, role_of
from swarmscope.settings import Settings

LINK = '<a href="swarmscope"'


class Page:
    """Locust's page of a process with *runner*, as a browser's requests reach it."""

    def __init__(self, base: str | None = None, *, login: bool = False, **settings: Any) -> None:
        options = SimpleNamespace(locustfile="shop.py", **dict.fromkeys(("run_time", "profile")))
        self.environment = Environment(parsed_options=options)  # type: ignore[arg-type]
        self.web: WebUI = self.environment.create_web_ui(
            "127.0.0.1", 0, web_base_path=base, web_login=login, delayed_start=True
        )
        self.settings = Settings(**settings)
        self.registry = Registry(self.settings, self.environment)

    def get(self, path: str) -> Any:
        return self.web.app.test_client().get(path)


def attached(base: str | None = None, *, login: bool = False, **settings: Any) -> Page:
    page = Page(base, login=login, **settings)
    add_link(page.web, page.settings, page.registry)
    return page


@pytest.mark.parametrize("base", [None, "/load", "/load/test"])
def test_before_and_after_a_run_began_its_name_is_told(base: str | None) -> None:
    page = attached(base)
    path = f"{base or ''}{RUN_PATH}"
    assert page.get(path).get_json() == {"run": "", "test": "shop"}
    run = page.registry.next_run()
    assert page.get(path).get_json() == {"run": run, "test": "shop"}
    second = page.registry.next_run()
    assert second != run
    assert page.get(path).get_json()["run"] == second


@pytest.mark.parametrize(
    ("live_url", "run", "target"),
    [
        ("", "", "http://store:8086/"),
        ("", "a b&c", "http://store:8086/?run=a%20b%26c"),
        ("http://x.y/page?a=1", "one", "http://x.y/page?a=1&run=one"),
        ("http://x.y/d/board", "", "http://x.y/d/board"),
    ],
)
def test_the_link_leads_to_the_run_that_began_last(live_url: str, run: str, target: str) -> None:
    page = attached(url="http://store:8086", live_url=live_url, run_id=run or None)
    if run:
        page.registry.next_run()
    answer = page.get(PATH)
    assert (answer.status_code, answer.headers["Location"]) == (302, target)


@pytest.mark.parametrize(
    ("board", "joint"),
    [
        ("http://x.y:3000/d/swarmscope-overlay", "?"),
        ("https://x.y/grafana/d/uid/title?orgId=1", "&"),
    ],
)
@pytest.mark.parametrize("resolution", [1, 7])
def test_a_board_of_grafana_is_asked_for_the_run_in_its_own_way(
    board: str, joint: str, resolution: int
) -> None:
    """The variable of its name, and the run's time: Grafana finds no run outside of that."""
    page = attached(live_url=board, resolution=resolution)
    run = page.registry.next_run()
    base, _, asked = page.get(PATH).headers["Location"].partition(f"{joint}var-run={run}&")
    assert base == board
    begin, end, refresh = (text.partition("=")[2] for text in asked.split("&"))
    assert int(begin) % (resolution * 1_000) == 0
    assert int(begin) <= page.registry.began * 1_000 < int(begin) + resolution * 1_000
    assert (end, refresh) == ("now", "5s")
    page.registry.end_run()
    assert page.registry.ended
    end, _, refresh = page.get(PATH).headers["Location"].partition("&to=")[2].partition("&")
    # The workers' last words come a little later than the end.
    assert 9_000 <= int(end) - page.registry.ended * 1_000 <= 10_000
    assert refresh == "refresh=5m", "nothing changes any more"
    page.registry.next_run()
    assert page.get(PATH).headers["Location"].endswith("&to=now&refresh=5s")


@pytest.mark.parametrize(
    ("live_url", "asked", "leads_to"),
    [
        ("http://localhost:3000/d/b", "127.0.0.1:8089", "127.0.0.1:3000"),
        ("http://127.0.0.1:3000/d/b", "localhost:8089", "localhost:3000"),
        ("http://127.0.0.1/d/b", "[::1]:8089", "[::1]"),
        ("http://0.0.0.0:3000/d/b", "load.internal:8089", "load.internal:3000"),
        # A name that isn't this machine's own is somebody's who knows better.
        ("http://127.0.0.1:3000/d/b", "load.internal:8089", "127.0.0.1:3000"),
        ("https://grafana.x.y/d/b", "127.0.0.1:8089", "grafana.x.y"),
        # As GRAFANA_BIND puts it there.
        ("http://:::3000/d/b", "127.0.0.1:8089", "127.0.0.1:3000"),
        ("http://fd00::1:3000/d/b", "127.0.0.1:8089", "[fd00::1]:3000"),
        ("http://127.0.0.1:3000/d/b", "", "127.0.0.1:3000"),
    ],
)
def test_the_link_keeps_the_name_by_which_its_reader_has_logged_in(
    live_url: str, asked: str, leads_to: str
) -> None:
    page = attached(live_url=live_url)
    client = page.web.app.test_client()
    answer = client.get(PATH, headers={"Host": asked})
    assert answer.headers["Location"].split("/")[2] == leads_to


def test_a_host_that_nothing_can_be_requested_of_is_said_where_a_test_is_started() -> None:
    page = attached()
    page.environment.user_classes = [type("Shopper", (HttpUser,), {})]
    page.environment.host = "<i>staging"
    page.web.app.add_url_rule("/page", "page", lambda: "<body></body>")
    text = page.get("/page").get_data(as_text=True)
    assert "The host of Shopper is &#x27;&lt;i&gt;staging&#x27;, which has no scheme" in text
    assert LINK in text
    told = page.get(RUN_PATH).get_json()
    assert told["doubt"].startswith("The host of Shopper is '<i>staging', which has no scheme")
    page.environment.host = "http://staging"
    assert "role=" not in page.get("/page").get_data(as_text=True)
    assert page.get(RUN_PATH).get_json().keys() == {"run", "test"}


def test_the_link_is_put_once_into_pages_and_nothing_else() -> None:
    page = attached()
    page.web.app.add_url_rule("/two", "two", lambda: "<body>a</body><body>b</body>")
    page.web.app.add_url_rule("/data", "data", lambda: ({"html": "</body>"}, 200))
    assert page.get("/two").get_data(as_text=True).count(LINK) == 1
    assert page.get("/two").get_data(as_text=True).endswith("</body><body>b</body>")
    assert LINK not in page.get("/data").get_data(as_text=True)


@pytest.mark.parametrize("leads", [True, False], ids=["a master", "one process that does it all"])
def test_who_names_runs_tells_them_behind_the_guard(leads: bool) -> None:
    page = Page()
    make = page.environment.create_master_runner
    runner: Any = (
        make("127.0.0.1", free_port()) if leads else page.environment.create_local_runner()
    )
    role = role_of(page.environment, runner, page.settings, Kept())  # type: ignore[arg-type]
    assert isinstance(role, Alone)
    role.listen(None)  # type: ignore[arg-type]
    asking = page.web.app.test_client()
    assert asking.get(RUN_PATH).get_json()["run"] == ""
    run = role.registry.next_run()
    assert asking.get(RUN_PATH).get_json()["run"] == run
    assert asking.get(RUN_PATH, headers={"Host": "evil.example"}).status_code == 403
    runner.quit()


def test_a_login_stands_before_our_pages_too() -> None:
    page = attached(login=True)
    page.web.app.secret_key = "of a test"
    page.web.login_manager.user_loader(lambda _: None)
    for path in (PATH, RUN_PATH):
        answer = page.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login")


def test_whoever_attaches_when_the_page_was_asked_for_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = Page()
    page.web.app.add_url_rule("/x", "x", lambda: "<body></body>")
    page.get("/x")
    add_link(page.web, page.settings, page.registry)
    assert "before swarmscope was attached" in caplog.text
    assert "is recorded all the same" in caplog.text
    assert LINK not in page.get("/x").get_data(as_text=True)
    assert page.get(RUN_PATH).status_code == 404


def test_a_page_that_is_gone_has_no_link() -> None:
    page = Page()
    page.web.app = None
    add_link(page.web, page.settings, page.registry)
    assert page.web.app is None
