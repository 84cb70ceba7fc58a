"""The demo's ports on a machine with other users, who see them in the list of processes."""

import http.server
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest
from tests.fixtures.ports import free_port
from tests.fixtures.server_process import COMMAND, clean_environment

from swarmscope.demo.processes import ChildError, Family, environment, wait_until_ready
from swarmscope.errors import ExitCode


class _Foreign(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another user was quicker to take, and answers at as the store does."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Foreign) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_whoever_was_quicker_to_take_a_port_is_not_taken_for_the_store(
    tmp_path: Path, taken: int
) -> None:
    """The demo would open his page in the user's browser, and send him what is measured."""
    with Family(tmp_path / "logs", environment({})) as family:
        data = ("--port", str(taken), "--data", str(tmp_path / "data"))
        store = family.start("store", "swarmscope.cli:main", "serve", *data)
        with pytest.raises(ChildError, match="The store ended"):
            wait_until_ready(family, store, f"http://127.0.0.1:{taken}/health")


class Quicker:
    """Another user, who sees the ports in the list of processes and takes them first."""

    def __init__(self, demo: int, held: ExitStack) -> None:
        self._demo = psutil.Process(demo)
        self._held = held

    def take(self, entry: str, option: str) -> int:
        """Take the port that follows *option* in the arguments of the child that runs *entry*."""
        while True:
            assert self._demo.status() != psutil.STATUS_ZOMBIE
            for child in self._demo.children():
                with suppress(psutil.Error):
                    words = child.cmdline()
                    if entry in words:
                        port = int(words[words.index(option) + 1])
                        self._held.enter_context(socket.create_server(("127.0.0.1", port)))
                        return port
            time.sleep(0.01)


@pytest.mark.release
@pytest.mark.long
def test_a_demo_whose_ports_others_take_first_begins_anew_with_other_ones(tmp_path: Path) -> None:
    """Two that began in the same second did that to each other, and one of them ended."""
    ports = ("--port", str(free_port()), "--web-port", str(free_port()))
    line = [*COMMAND, "demo", "--workers=1", "--users=5", "--duration=5", *ports]
    demo = subprocess.Popen(
        line, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=clean_environment()
    )
    try:
        with ExitStack() as held:
            other = Quicker(demo.pid, held)
            shop = other.take("swarmscope.demo.shop:main", "--port")
            master = other.take("locust.main:main", "--master-bind-port")
            said, _ = demo.communicate(timeout=120)
        assert demo.returncode == ExitCode.FINE, said
        assert f"Port {shop}, chosen for the shop, was taken meanwhile." in said
        assert f"Port {master}, chosen for the master, was taken meanwhile." in said
        assert "complete: " in said
    finally:
        demo.kill()
        demo.wait()


@pytest.mark.long
def test_every_port_of_a_demo_is_on_loopback_and_its_files_are_its_user_s(tmp_path: Path) -> None:
    ports = ("--port", str(free_port()), "--web-port", str(free_port()))
    line = [*COMMAND, "demo", "--workers=1", "--users=5", "--duration=60", *ports]
    demo = subprocess.Popen(
        line, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=clean_environment()
    )
    try:
        assert demo.stdout
        # A line of its progress: all of it runs by then.
        assert any(said.strip()[:1].isdigit() for said in demo.stdout)
        listening = {
            found.laddr
            for child in psutil.Process(demo.pid).children(recursive=True)
            for found in child.net_connections()
            if found.status == psutil.CONN_LISTEN
        }
        assert {address.ip for address in listening} == {"127.0.0.1"}
        assert len(listening) == 4
        folder = tmp_path / ".swarmscope"
        assert folder.stat().st_mode & 0o077 == 0
        open_to_others = [p for p in folder.rglob("*") if p.stat().st_mode & 0o077]
        assert not open_to_others
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=90)
