"""What Locust's master says begins no line of `make run`'s output: `::error::` there is a command.

A locustfile's own mistake, or somebody's plugin on the master, is enough for a line end in it.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from swarmscope.errors import SwarmscopeError
from swarmscope.signals import Signals
from swarmscope.webui import load_test
from swarmscope.webui.load_test import LoadTest, Order
from swarmscope.webui.login import Credentials
from swarmscope.webui.master import Master

LINE = "x\n::error::of-somebody"
READY = {"state": "ready", "user_count": 0, "workers": [{"state": "ready"}]}
RUNNING = {**READY, "state": "running"}
SAID = {"/swarmscope/run": {"run": ""}, "/stats/requests": READY, "/swarm": {"success": True}}
PAGE = "<script>window.authArgs = {}\n</script>"


@contextmanager
def master(said: Mapping[str, object]) -> Iterator[str]:
    """Answer each path with what is *said* there: a text as it is, all else as JSON."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = said[self.path]
            body = (told if isinstance(told, str) else json.dumps(told)).encode()
            self.send_response(401 if told is said.get("unauthorized") else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - named by the library

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def refused(said: Mapping[str, object], credentials: Credentials | None = None) -> str:
    """Return why no test was started by a master that says so, once it is one line."""
    lines: list[str] = []
    order = Order(users=1, wait=0)
    with master(said) as url, pytest.raises(SwarmscopeError) as caught:
        LoadTest(Master(url, credentials), order, Signals(), lines.append).start()
    assert not lines
    assert str(caught.value).isprintable()
    return str(caught.value)


WORDS = {
    "the name of a run": ({"/swarmscope/run": {"run": LINE}}, "tell its runs apart"),
    "the number of users": ({"/stats/requests": {**RUNNING, "user_count": LINE}}, "with a page"),
    "a state": ({"/stats/requests": {**READY, "state": LINE}}, "is x ::error::of-somebody."),
    "a refusal": ({"/swarm": {"message": LINE}}, "start: x ::error::of-somebody."),
    "a broken login": (
        {"/swarmscope/run": f"Locust auth exception: {LINE}<br/>"},
        "(x ::error::of-somebody)",
    ),
}


@pytest.mark.parametrize(("said", "told"), WORDS.values(), ids=WORDS)
def test_it_is_told_in_one_line(said: dict[str, object], told: str) -> None:
    assert told in refused({**SAID, **said})


def test_what_a_login_says_of_a_password_is_told_in_one_line_too() -> None:
    login = PAGE.format(json.dumps({"username_password_callback": "/enter"}))
    again = PAGE.format(json.dumps({"error": LINE}))
    said = {**SAID, "/swarmscope/run": login, "unauthorized": login, "/enter": again}
    assert "(x ::error::of-somebody)" in refused(said, Credentials("ada", "s3cret"))


@pytest.mark.parametrize("told", [None, 1, [1], "[" * 100_000, {"state": "ready"}, {"workers": 1}])
@pytest.mark.parametrize("path", ["/swarmscope/run", "/stats/requests", "/swarm"])
def test_odd_answers_are_told_too(path: str, told: object) -> None:
    assert refused({**SAID, path: told})


def test_a_test_that_never_ends_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_test, "_STOPPING_S", 0)
    signals = Signals()
    signals.asked = True
    with master({**SAID, "/stats/requests": RUNNING, "/stop": {}}) as url:
        test = LoadTest(Master(url), Order(users=1), signals, lambda _: None)
        with pytest.raises(SwarmscopeError, match="which goes on 0 s later"):
            test.follow()
