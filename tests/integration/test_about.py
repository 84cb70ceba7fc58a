"""What people say of a run, from everywhere where they can say it, in real Locust processes."""

import signal
from pathlib import Path

import pytest
from tests.fixtures.locusts import (
    BESIDE,
    LISTENER,
    SCENARIOS,
    SHORT,
    STEADY,
    Locusts,
    free_port,
)
from tests.fixtures.locusts_page import get_when_up, post
from tests.fixtures.stores import Store

from swarmscope import schema
from swarmscope.store.question import Question

NIGHTLY = {"SWARMSCOPE_LABEL": "nightly", "SWARMSCOPE_DESCRIPTION": "-5 % of memory, the new pool"}


def about(store: Store, run: str) -> tuple[str, str]:
    """Return the label and the description of *run*."""
    rows = store.reader.ask(Question("runs")).records()
    (row,) = (row for row in rows if row["run"] == run)
    return row["label"], row["description"]


@pytest.mark.long
@pytest.mark.long_sample(6)
@pytest.mark.parametrize(
    "files",
    [
        pytest.param((STEADY, LISTENER), id="beside"),
        pytest.param((SCENARIOS / "imports_listener.py", LISTENER), id="twice"),
        pytest.param(
            (SCENARIOS / "imports_listener.py", SCENARIOS / "attaches.py", LISTENER),
            id="all-at-once",
        ),
        pytest.param((SCENARIOS / "attaches.py",), id="attached"),
    ],
)
def test_environment_says_it_for_each_way_in(
    swarm: Locusts, store: Store, run: str, files: tuple[Path, ...]
) -> None:
    local = swarm.start(*SHORT, files=files, env=NIGHTLY)
    swarm.wait(local)
    assert "Traceback" not in swarm.log(local)
    assert about(store, run) == tuple(NIGHTLY.values())


@pytest.mark.long
def test_option_of_a_headless_run_comes_before_the_environment(
    swarm: Locusts, store: Store, run: str
) -> None:
    said = ["--swarmscope-label", "by hand, token=abc123def"]
    said += ["--swarmscope-description", "x" * 5_000]
    local = swarm.forked(*SHORT, *said, files=BESIDE, env=NIGHTLY)
    swarm.wait(local)
    label, description = about(store, run)
    assert label == "by hand, token=***", "a credential isn't kept"
    assert len(description) == schema.MAX_DESCRIPTION


@pytest.mark.long
def test_web_ui_says_it_for_one_run_of_a_master(swarm: Locusts, store: Store, run: str) -> None:
    """What a person said of one run is no word about the next, which a program starts."""
    port = free_port()
    page = f"http://127.0.0.1:{port}/"
    web = ("--web-host", "127.0.0.1", "--web-port", str(port))
    master = swarm.master(*web, files=BESIDE, env=NIGHTLY)
    worker = swarm.worker(files=BESIDE)
    swarm.wait_for(master, "1 workers connected")
    offered = get_when_up(page)
    for option in ("swarmscope_label", "swarmscope_description"):
        assert option in offered
    assert "-5 % of memory" in offered, "what the environment says is shown"
    form = {"user_count": "2", "spawn_rate": "10", "run_time": "2s"}
    said = {"swarmscope_label": "with a cache", "swarmscope_description": ""}
    for i, more in enumerate((said, {}), start=1):
        post(f"{page}swarm", **form, **more)
        swarm.wait_for(master, "reported as ready", times=1 + i)
    for process in (master, worker):
        process.send_signal(signal.SIGTERM)
        swarm.wait(process)
    assert about(store, run) == ("with a cache", "")
    assert about(store, f"{run}-2") == tuple(NIGHTLY.values())
