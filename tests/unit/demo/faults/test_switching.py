"""Switching from outside: by the demo, when it is time, and by hand."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.fixtures.ports import free_port
from tests.fixtures.shop_thread import Client, open_shop

from swarmscope.demo.faults import switching
from swarmscope.demo.faults.switching import NotSwitchedError, Switching, main, switch
from swarmscope.demo.faults.table import parse
from swarmscope.errors import ExitCode


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with open_shop(tmp_path_factory.mktemp("shop"), faults=True) as client:
        yield client


def _url(shop: Client) -> str:
    return f"http://127.0.0.1:{shop.port}"


def _on(shop: Client) -> dict[str, float]:
    sizes: dict[str, float] = shop.ask("GET", "/faults").body["on"]
    return sizes


def test_the_demo_s_fault_begins_and_ends_with_its_part_of_the_load(
    shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr(switching.time, "monotonic", lambda: now[0])
    said: list[str] = []
    switched = Switching(_url(shop), parse("leak:7"), 100, said.append)
    assert switched.line().startswith("leak:7 from 0:25 to 1:20: Memory grows")
    switched.begin()
    seen = []
    for now[0] in (1_000, 1_024, 1_025, 1_079, 1_081, 1_200):
        switched.tick()
        seen.append(_on(shop))
    assert seen == [{}, {}, {"leak": 7}, {"leak": 7}, {}, {}]
    assert said == ["  0:25   fault leak:7", "  1:21   fault off"]


def test_a_shop_too_full_to_answer_is_asked_again_while_the_demo_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Many users of a shop that computes: the fault's end has to wait behind all of them.
    monkeypatch.setattr(switching, "_TIMEOUT_S", 0.2)
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as full:
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        switched = Switching(url, parse("leak:7"), 1e-9, said.append)
        switched.begin()
        switched.tick()
        switched.tick()
        assert len(said) == 1
        assert "timed out. It may still do as it was told." in said[0]
        answers = threading.Thread(target=_answer_all, args=[full, 4], daemon=True)
        answers.start()
        monkeypatch.undo()
        switched.tick()
        switched.tick()
        answers.join()
    assert [line.split()[1:] for line in said[1:]] == [["fault", "leak:7"], ["fault", "off"]]


def _answer_all(server: socket.socket, connections: int) -> None:
    for _ in range(connections):
        with server.accept()[0] as asked, suppress(OSError):
            asked.recv(65_536)
            asked.sendall(b'HTTP/1.0 200 OK\r\n\r\n{"on": {}}')


def test_by_hand_it_is_said_what_is_on(
    shop: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for words in (["leak:7"], [], ["off"]):
        monkeypatch.setattr("sys.argv", ["switching", _url(shop), *words])
        assert main() == ExitCode.FINE
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert said[0].startswith("On: leak:7 (Memory grows")
    assert said[2] == "On: no fault\n"


def test_what_there_isn_t_is_said_before_anybody_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["switching", "http://127.0.0.1:1", "nonsense"])
    assert main() == ExitCode.WRONG_USAGE
    assert "There are linear, cliff, sawtooth" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["http://127.0.0.1:1", "cliff", "lock"]])
def test_other_words_than_a_shop_and_a_fault_are_refused(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["switching", *words])
    assert main() == ExitCode.WRONG_USAGE
    assert f"not {len(words)} words. Nothing was changed." in capsys.readouterr().err


def test_a_shop_that_isn_t_there_or_lets_nobody_switch_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotSwitchedError, match="can't be told to change its faults"):
        switch(f"http://127.0.0.1:{free_port()}", "cliff")
    with open_shop(tmp_path) as closed, pytest.raises(NotSwitchedError, match="404"):
        switch(_url(closed), "cliff")
