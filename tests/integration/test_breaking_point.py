"""The search for the breaking point by two workers, of a target whose limit is known."""

import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.fixtures.http_server import answering_with, reply
from tests.fixtures.locusts import ROOT, SCENARIOS, locusts

FILES = (
    SCENARIOS / "one_a_second.py",
    ROOT / "locust" / "locustfiles" / "shapes" / "breaking_point.py",
)
CAPACITY = 40
"""Requests a second, which so many users make of these."""
SLOW_S = 0.5
LIMITS = ("--p95-limit", "200", "--fail-limit", "1")
# Workers report each third second: what is settled in less would be judged by the level before.
SEARCH = ("--first-level", "30", "--highest-level", "200", "--settle", "4", "--hold", "5")


class Limited(BaseHTTPRequestHandler):
    """Answers at once, but for what comes beyond `CAPACITY` in the second before."""

    protocol_version = "HTTP/1.1"
    came: deque[float]
    lock: threading.Lock

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        with suppress(ConnectionResetError):  # users end while their connections are open
            super().handle()

    def do_GET(self) -> None:
        now = time.monotonic()
        with self.lock:
            while self.came and self.came[0] <= now - 1:
                self.came.popleft()
            self.came.append(now)
            beyond = len(self.came) > CAPACITY
        if beyond:
            time.sleep(SLOW_S)
        reply(self, 200, b"")


@pytest.fixture
def target() -> Iterator[str]:
    """The address of a target that nothing was asked of yet."""
    Limited.came, Limited.lock = deque(), threading.Lock()
    with answering_with(Limited) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.long
def test_the_search_ends_where_the_targets_limit_is(tmp_path: Path, target: str) -> None:
    with locusts(tmp_path, {}) as swarm:
        headless = ("--headless", "--only-summary", "--expect-workers", "2", "--host", target)
        master = swarm.master(*headless, *LIMITS, *SEARCH, files=FILES)
        workers = [swarm.worker(files=FILES) for _ in range(2)]
        for process in (master, *workers):
            assert swarm.wait(process) == 0, swarm.log(process)
        log = swarm.log(master)
    told = re.search(r"Breaking point: (\d+) users hold\.", log)
    assert told, log
    # To within a tenth; some more than a tenth beyond it one in twenty is slow, which p95 sees.
    assert 0.9 * CAPACITY <= int(told[1]) <= 1.05 * CAPACITY, log
    judged = re.findall(r"(\d+) users: p95 (\d+) ms, .* failed: (holds|breaks)", log)
    assert judged[0][::2] == ("30", "holds")
    assert judged[1][::2] == ("60", "breaks")
