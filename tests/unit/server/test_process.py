"""The server's process: where it listens, and what it leaves when it ends."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.ports import free_port

from swarmscope.embedded.database import Database
from swarmscope.embedded.server_note import NOTE
from swarmscope.errors import ConfigurationError
from swarmscope.server.process import Options, _door, _url, serve
from swarmscope.settings import Settings
from swarmscope.signals import STOPPING


@pytest.fixture(autouse=True)
def _this_process_as_it_was() -> Iterator[None]:
    """Give back the signals that a server takes over."""
    before = [(number, signal.getsignal(number)) for number in STOPPING]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:5"),
        ("localhost", "http://localhost:5"),
        ("0.0.0.0", "http://127.0.0.1:5"),
        ("::", "http://[::1]:5"),
        ("::1", "http://[::1]:5"),
    ],
)
def test_its_address_is_one_that_can_be_gone_to(host: str, url: str) -> None:
    assert _url(host, 5) == url


def test_its_door_is_open_at_once(tmp_path: Path) -> None:
    with _door(Options(tmp_path, "127.0.0.1", 0, "")) as door:
        socket.create_connection(door.getsockname(), timeout=5).close()


@pytest.mark.parametrize(
    ("host", "says"),
    [("no such host", "isn't an address of this machine ("), ("192.0.2.1", "can't listen on")],
)
def test_a_door_that_can_not_be_opened_is_told(tmp_path: Path, host: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _door(Options(tmp_path, host, free_port(), ""))
    assert says in caught.value.happened
    assert "--host" in caught.value.remedy


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} on 127.0.0.1 is in use"):
            _door(Options(tmp_path, "127.0.0.1", port, ""))


@pytest.mark.parametrize("number", STOPPING)
def test_a_signal_that_comes_before_it_serves_ends_it_in_order(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "store"
    told: list[tuple[str, Path]] = []

    def tell(url: str, where: Path) -> None:
        told.append((url, where))
        assert (where / NOTE).exists()
        signal.raise_signal(number)

    options = Options(folder, "127.0.0.1", 0, "", host_metrics=False)
    serve(options, Settings(bucket="b", bucket_long=""), tell)
    ((url, where),) = told
    assert url.startswith("http://127.0.0.1:")
    assert not (where / NOTE).exists()
    with Database(where, ["b"]) as database:  # nobody holds it any more
        assert database.write("b", "m f=1 5").complaint == ""


def test_an_address_for_everybody_needs_a_token_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="would let the whole network in"):
        serve(Options(tmp_path / "store", "0.0.0.0", 0, ""), Settings(), lambda *_: None)
    assert not (tmp_path / "store").exists()
