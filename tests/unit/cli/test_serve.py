"""`swarmscope serve`: what keeps it from serving is said before anything is changed."""

import socket
from pathlib import Path

import pytest
from tests.fixtures.commands import Command

from swarmscope.errors import ExitCode

# One that does serve would wait for its end.
pytestmark = pytest.mark.timeout(30)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "names {path}, which can't be read (No such file or directory). Make it readable"),
        (b"", "The token file {path} is empty. Write the token into it."),
        (b" \n", "The token file {path} is empty. Write the token into it."),
        (b"\xff\xfe", "which can't be read (it isn't text)"),
        ("tökén".encode(), "--token-file names {path}, which holds no token"),
    ],
)
def test_a_token_file_that_holds_none_is_said(
    command: Command, tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    done = command("serve", "--data", tmp_path / "store", "--port", "0", "--token-file", path)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert says.format(path=path) in done.err
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost.example"])
def test_another_address_than_loopback_needs_a_token(
    command: Command, tmp_path: Path, host: str
) -> None:
    done = command("serve", "--data", tmp_path / "store", "--port", "0", "--host", host)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert f"Listening on {host} without a token would let the whole network in." in done.err
    assert not (tmp_path / "store").exists()


def test_a_port_in_use_is_said_with_the_remedy(command: Command, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = command("serve", "--data", tmp_path / "store", "--port", str(port))
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert done.err == (
        f"swarmscope: Port {port} on 127.0.0.1 is in use by another program. Name a free one with "
        "--port, or let --port 0 pick one.\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_somebody_else_is_said(command: Command, tmp_path: Path, host: str) -> None:
    path = tmp_path / "token"
    path.write_text("secret")
    options = ("--data", tmp_path / "store", "--port", "0", "--token-file", path)
    done = command("serve", *options, "--host", host)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert host in done.err
    assert "--host" in done.err


def test_a_folder_that_can_not_be_made_is_said(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = command("serve", "--data", tmp_path / "file" / "store", "--port", "0")
    assert (done.code, done.out) == (ExitCode.STORE_UNREACHABLE, "")
    assert "can't be made (Not a directory)" in done.err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_setting_that_can_not_be_used_is_said(command: Command, tmp_path: Path) -> None:
    done = command("serve", "--data", tmp_path / "store", SWARMSCOPE_RESOLUTION="soon")
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "SWARMSCOPE_RESOLUTION is 'soon', which can't be used" in done.err
    assert not (tmp_path / "store").exists()
