"""Where log lines go from within gevent: a file, a collector; nobody waits for either."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import gevent
import pytest

from swarmscope.agent.outlets import FileOutlet, open_stream, own_path
from swarmscope.logs.stream import Stream
from swarmscope.settings import Settings


def settings(path: Path, **env: str) -> Settings:
    return Settings.from_env({"LOCUST_LOG_FILE": str(path), **env})


def until(condition: Callable[[], object]) -> None:
    deadline = monotonic() + 60
    while not condition():
        assert monotonic() < deadline
        gevent.sleep(0.01)


def test_each_process_has_a_file_of_its_own() -> None:
    own = own_path(Path("/logs/locust.jsonl"))
    assert own == Path(f"/logs/locust-{socket.gethostname()}-{os.getpid()}.jsonl")


def test_who_wants_no_lines_gets_no_stream() -> None:
    assert open_stream(Settings.from_env({})) is None


def test_a_record_is_a_line_of_the_file(tmp_path: Path) -> None:
    stream = open_stream(settings(tmp_path / "a.jsonl"))
    assert stream is not None
    logging.getLogger("shop").warning("no stock")
    _flush(stream)
    stream.close()
    (line,) = own_path(tmp_path / "a.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("warning", "shop", "no stock")
    assert (told["run"], told["worker"]) == ("r", "worker-0")


def _flush(stream: Stream) -> None:
    for _ in stream.flush("r", "worker-0"):
        pass


def test_a_collector_whose_key_cannot_be_read_gets_nothing_and_the_file_all(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = {
        "SWARMSCOPE_LOG_SINK": "tcp://127.0.0.1:1",
        "SWARMSCOPE_LOG_SINK_KEY_FILE": str(tmp_path / "none"),
    }
    stream = open_stream(settings(tmp_path / "a.jsonl", **sink))
    assert stream is not None
    assert len(stream.outlets) == 1
    assert "No log lines are sent to tcp://127.0.0.1:1" in caplog.text
    stream.close()


def test_what_a_disk_refuses_is_dropped_said_once_and_counted_when_it_takes_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("a file where the folder is to be")
    path = tmp_path / "logs" / "a.jsonl"
    outlet = FileOutlet(settings(path), path)
    for _ in range(3):
        outlet.offer(b"line", 2)
    until(lambda: not outlet._queue and outlet._idle.is_set())
    assert len([text for text in caplog.messages if "are dropped" in text]) == 1
    (tmp_path / "logs").unlink()
    outlet.offer(b"line", 1)
    until(lambda: "6 log lines for" in caplog.text)
    outlet.close()
    assert own_path(path).read_bytes() == b"line\n"


def test_what_waits_is_written_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    outlet = FileOutlet(settings(path), path)
    outlet.offer(b"first\nsecond", 2)
    outlet.offer(b"third", 1)
    outlet.close()
    assert own_path(path).read_bytes() == b"first\nsecond\nthird\n"


def test_so_is_what_is_on_its_way_to_a_slow_reader(tmp_path: Path) -> None:
    pipe, lines = tmp_path / "pipe", b"x" * 4_000 + b"\n"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    outlet = FileOutlet(settings(pipe), pipe)
    outlet.offer((lines * 50).removesuffix(b"\n"), 50)
    until(lambda: not outlet._queue)
    came = bytearray()

    def read() -> None:
        while not came.endswith(b"END"):
            came.extend(os.read(reader, 8_192))

    reading = threading.Thread(target=read)
    reading.start()
    outlet.close()
    with pipe.open("wb") as behind:
        behind.write(b"END")
    reading.join(60)
    os.close(reader)
    assert bytes(came) == lines * 50 + b"END"
