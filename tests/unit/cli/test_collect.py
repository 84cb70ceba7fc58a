"""`swarmscope collect`: its keys, and addresses at which it doesn't listen."""

from pathlib import Path

import pytest
from tests.fixtures.commands import Command
from tests.fixtures.odd_files import mode

from swarmscope.cli.collect import _is_loopback
from swarmscope.errors import ExitCode


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("tcp://127.0.0.1:5558", True),
        ("tcp://127.9.9.9:0", True),
        ("tcp://[::1]:5558", True),
        ("tcp://localhost:5558", True),
        ("tcp://0.0.0.0:5558", False),
        ("tcp://10.0.0.1:5558", False),
        ("tcp://localhost.example:5558", False),
    ],
)
def test_what_only_this_machine_reaches_is_told_apart(address: str, own: bool) -> None:
    assert _is_loopback(address) is own


def test_a_pair_of_keys_is_made_and_said_which_is_whose(command: Command, tmp_path: Path) -> None:
    done = command("collect", "--make-keys", tmp_path / "keys")
    assert (done.code, done.err) == (ExitCode.FINE, "")
    secret, public = done.out.splitlines()
    assert secret.startswith("The collector's secret key: ")
    assert secret.endswith("  (--key-file)")
    assert public.startswith("Its public key, for workers: ")
    assert public.endswith("  (SWARMSCOPE_LOG_SINK_KEY_FILE)")
    assert mode(Path(secret.split()[4])) == 0o600


@pytest.mark.parametrize("bind", ["5558", "udp://127.0.0.1:5558", "tcp://*", "tcp://127.0.0.1"])
def test_an_address_that_is_none_is_said(command: Command, bind: str) -> None:
    done = command("collect", "--bind", bind)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert f"--bind is {bind!r}, which can't be used: " in done.err
    assert "Nothing is collected. Name it as tcp://127.0.0.1:5558." in done.err


@pytest.mark.parametrize("content", [None, "no key"])
def test_a_key_that_is_none_is_said(command: Command, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content)
    done = command("collect", "--bind", "tcp://127.0.0.1:0", "--key-file", path)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert str(path) in done.err
