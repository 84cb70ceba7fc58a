"""Ready means: it can be worked with now. Against real sockets."""

import socket
import subprocess
import sys
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from tests.fixtures.ports import free_port

from swarmscope.errors import ConfigurationError
from swarmscope.stack import health


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/busy" else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def url() -> object:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_worker_is_ready_while_it_is_connected_to_a_master() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as master:
        port = master.getsockname()[1]
        # A port that only listens is somebody else's master, not a connection of ours.
        assert f"no connection to a master's port {port}" in health.unready_worker(port)
        with closing(socket.create_connection(("127.0.0.1", port))):
            assert health.unready_worker(port) == ""


def test_a_master_is_ready_when_workers_and_users_can_reach_it(url: str) -> None:
    port = free_port()
    assert f"Nothing listens on port {port}" in health.unready_master(url, port)
    with closing(socket.create_server(("127.0.0.1", port))):
        assert health.unready_master(url, port) == ""
        nobody = f"http://127.0.0.1:{free_port()}/"
        assert "doesn't answer well" in health.unready_master(nobody, port)


def test_who_takes_packets_is_ready_when_he_waits_for_them() -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taker:
        taker.bind(("127.0.0.1", 0))
        port = taker.getsockname()[1]
        assert health.unready_packets(port) == ""
        assert health.main(["packets", str(port)]) == 0
    assert f"packets on port {port}" in health.unready_packets(port)


def test_a_server_that_says_503_is_not_ready(url: str) -> None:
    assert health.unready_http(url) == ""
    assert "503" in health.unready_http(f"{url}/busy")


def test_the_command_says_why_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert health.main(["http", f"http://127.0.0.1:{free_port()}/"]) == 1
    assert "doesn't answer well" in capsys.readouterr().out


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="of a master, a worker"):
        health.main(["nosuch"])


def test_a_worker_s_check_imports_next_to_nothing() -> None:
    script = (
        "import sys; from swarmscope.stack import health; health.unready_worker();"
        "dear = {'asyncio', 'email', 'gevent', 'http', 'importlib.metadata', 'locust', 'ssl'};"
        "print(dear & sys.modules.keys())"
    )
    said = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert said == "set()\n"
