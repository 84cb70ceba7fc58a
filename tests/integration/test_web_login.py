"""`swarmscope run` where Locust's page has a login (--web-login)."""

import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
from tests.fixtures.locusts import LISTENER, SCENARIOS, locusts
from tests.fixtures.ports import free_port
from tests.fixtures.server_process import COMMAND, clean_environment
from tests.fixtures.stores import Store

_PATIENCE_S = 60
_NAME, _PASSWORD, _COOKIE = (
    f"SWARMSCOPE_WEB_{what}" for what in ("USERNAME", "PASSWORD", "COOKIE")
)
ADA = {_NAME: "ada", _PASSWORD: "s3cret&more"}
Start = Callable[..., str]
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def start(tmp_path: Path, store: Store) -> Iterator[Start]:
    """Start a master behind a login, and a worker; return the address of its page."""
    with locusts(tmp_path, store.env) as swarm:

        def started(form: str, base: str = "", **env: str) -> str:
            files = (SCENARIOS / "calm.py", SCENARIOS / "login_forms.py", LISTENER)
            port = str(free_port())
            web = ["--web-login", "--web-host", "127.0.0.1", "--web-port", port]
            web += ["--web-base-path", base] if base else []
            env |= {"LOGIN_FORM": form}
            process = swarm.master(*web, files=files, env=env)
            swarm.worker(files=files)
            url = f"http://127.0.0.1:{port}{base}"
            _await_page(url)
            swarm.wait_for(process, "reported as ready")
            return url

        yield started


def _await_page(url: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(f"{url}/login", timeout=_PATIENCE_S).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def run(tmp_path: Path, store: Store) -> Run:
    """Run a test of two seconds by the master at an address, with settings; return how it went."""

    def ran(url: str, **env: str) -> tuple[int, str]:
        options = ["--users", "2", "--time", "2s", "--wait", "20", "--master", url]
        options += ["--results", str(tmp_path / "results")]
        done = subprocess.run(
            [*COMMAND, "run", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean_environment(**store.env, **env),
            timeout=_PATIENCE_S,
            check=False,
        )
        assert "Traceback" not in done.stdout, done.stdout
        assert ADA[_PASSWORD] not in done.stdout
        return done.returncode, done.stdout

    return ran


@pytest.mark.release
@pytest.mark.long
@pytest.mark.parametrize(
    ("form", "base"), [("plain", ""), pytest.param("own", "/load", marks=pytest.mark.long)]
)
def test_a_name_and_a_password_get_in_by_locusts_form(
    start: Start, run: Run, tmp_path: Path, form: str, base: str
) -> None:
    code, said = run(start(form, base), **ADA)
    assert (code, "is complete" in said) == (0, True), said
    (report,) = tmp_path.glob("results/*/report.html")
    assert "window.templateArgs" in report.read_text()
    (csv,) = tmp_path.glob("results/*/requests.csv")
    assert csv.read_text().startswith("Type,Name")


@pytest.mark.release
@pytest.mark.long
def test_a_browsers_cookie_gets_in_by_any_login(start: Start, run: Run) -> None:
    url = start("plain")
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = urlencode({"username": "ada", "password": ADA[_PASSWORD]}).encode()
    browser.open(f"{url}/login_submit", form, timeout=_PATIENCE_S).close()
    code, said = run(url, **{_COOKIE: "; ".join(f"{c.name}={c.value}" for c in jar)})
    assert (code, "is complete" in said) == (0, True), said


@pytest.mark.release
@pytest.mark.long
def test_what_doesnt_get_in_is_told_with_what_to_do(start: Start, run: Run) -> None:
    url = start("plain")
    for env, happened in (
        ({}, f"The Locust master at {url} asks for a login (--web-login)."),
        (
            {_NAME: "ada", _PASSWORD: "guessed"},
            "doesn't let 'ada' in (Invalid username or password",
        ),
        ({_COOKIE: "session=forged"}, f"doesn't know the cookie in {_COOKIE}"),
        ({_COOKIE: "forged"}, f"{_COOKIE} isn't a Cookie header"),
    ):
        code, said = run(url, **env)
        assert (code, happened in said, _COOKIE in said) == (2, True, True), said
        assert "guessed" not in said
        assert "forged" not in said
    assert "Locust did nothing of what it was asked for" in run(url)[1]


@pytest.mark.long
def test_a_login_without_a_form_asks_for_a_browsers_cookie(start: Start, run: Run) -> None:
    code, said = run(start("elsewhere"), **ADA)
    assert (code, "isn't Locust's form" in said, f"set {_COOKIE}" in said) == (2, True, True), said


@pytest.mark.long
def test_a_login_that_is_not_set_up_is_told(start: Start, run: Run) -> None:
    code, said = run(start("missing"), **ADA)
    assert code == 2
    assert "its locustfile doesn't set the login up (The session is unavailable" in said, said


@pytest.mark.long
def test_a_password_is_sent_to_no_other_server(start: Start, run: Run) -> None:
    asked: list[str] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            url = start("stranger", STRANGER=f"http://127.0.0.1:{server.server_port}/login")
            code, said = run(url, **ADA)
        finally:
            server.shutdown()
            thread.join()
    assert (code, "isn't Locust's form" in said) == (2, True), said
    assert asked == []
