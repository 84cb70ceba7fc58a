"""The live page while Locust really runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.browser.conftest import Seen, cells, drawn, until
from tests.browser.recording import ask
from tests.fixtures.server_process import Server

Look = Callable[..., Seen]
LOCUSTFILE = """
from locust import User, constant_throughput, task

import swarmscope.listener


class Steady(User):
    wait_time = constant_throughput(10)

    @task
    def quick(self):
        self.environment.events.request.fire(
            request_type="CALL", name="/quick", response_time=12.5, response_length=10,
            exception=None, context={}, response=None,
        )
"""


@pytest.mark.long
def test_a_run_of_locust_is_drawn_while_it_goes_on_and_agrees_with_the_store_at_its_end(
    look: Look, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "locustfile.py").write_text(LOCUSTFILE, encoding="utf-8")
    log = (tmp_path / "locust.log").open("w")
    locust = subprocess.Popen(
        [sys.executable, "-m", "locust", "--headless", "-u", "5", "-r", "5", "-t", "15s"],
        cwd=tmp_path,
        env={
            **os.environ,
            "INFLUXDB_V2_URL": server.url,
            "SWARMSCOPE_RUN_ID": "run-of-locust",
            "SWARMSCOPE_TEST": "steady",
            "SWARMSCOPE_SPOOL_DIR": str(tmp_path / "spool"),
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        page = look().open(f"{server.url}/?run=run-of-locust")
        page.wait_for_selector("body[data-state=ready]")
        until(page, lambda: len(drawn(page, "requests_per_second")) > 2, "first seconds")
        assert locust.poll() is None, "the page must draw the run before it is over"
        assert page.inner_text("#status") == "Live"
        code = locust.wait(timeout=60)
        assert code == 0, (tmp_path / "locust.log").read_text()
    finally:
        locust.kill()
        locust.wait()
        log.close()
    until(page, lambda: page.inner_text("#status") == "Run is over", "the run's end")

    def drawn_is_stored() -> bool:
        rows = ask(server.url, "requests_per_second", run="run-of-locust")
        return drawn(page, "requests_per_second") == {row["time"]: row["value"] for row in rows}

    until(page, drawn_is_stored, "the last seconds")
    tails = ask(server.url, "percentiles", run="run-of-locust")
    assert drawn(page, "percentiles", column="p95") == {row["time"]: row["p95"] for row in tails}
    [total] = ask(server.url, "endpoint_totals", run="run-of-locust")
    [shown] = cells(page, "endpoints")
    assert int(shown["requests"]) == total["requests"] > 300
    assert float(shown["max_response_time"]) == 12.5
    assert sum(drawn(page, "requests_per_second").values()) == pytest.approx(total["requests"])
