"""What `make up` does about what an earlier one started, and about a broken locustfile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import compose
from tests.fixtures.compose import ROOT, Stack

pytestmark = pytest.mark.long

GOOD = "from locust import HttpUser, task\n\n\nclass Shopper(HttpUser):\n    pass\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with a collector, for a locustfile of somebody's own that says nothing of a host."""
    folder = tmp_path_factory.mktemp("mine")
    folder.chmod(0o755)
    steady = ROOT / "tests/stack/scenarios/steady.py"
    (folder / "mine.py").write_text(steady.read_text())
    given = {"LOCUSTFILE": str(folder / "mine.py"), "WORKERS": "1", "LOGS": "on"}
    yield from compose.started(given)


def services(stack: Stack) -> set[str]:
    return set(stack.compose("ps", "--services").split())


@pytest.mark.release
def test_a_collector_that_is_no_longer_wanted_is_stopped(small: Stack) -> None:
    assert "collector" in services(small)
    said = small.up("LOGS=off")
    assert "Stopped, as no setting asks for it now: collector" in said
    assert "collector" not in services(small)


@pytest.mark.release
def test_the_shop_is_there_after_down_and_up_while_it_is_what_is_tested(small: Stack) -> None:
    assert "shop" in services(small)
    small.make("down")
    assert services(small) == set()
    small.up("LOGS=off")
    assert {"shop", "locust-worker"} <= services(small)
    assert "is complete" in small.make("run", "USERS=2", "RATE=2", "TIME=8s")


def test_a_locustfile_that_can_t_be_loaded_is_not_remembered(small: Stack) -> None:
    broken = Path(small.settings["LOCUSTFILE"]).with_name("broken.py")
    broken.write_text("import nothing_of_that_name\n")
    env = ROOT / f".env.{small.name}"
    before = env.read_text()
    said = small.up(f"LOCUSTFILE={broken}", code=2)
    assert "No module named 'nothing_of_that_name'" in said
    assert env.read_text() == before
    assert "locust-worker" in services(small)


@pytest.mark.release
def test_what_was_changed_in_a_locustfile_is_taken_by_the_next_up(small: Stack) -> None:
    """And in what lies beside it: Compose itself sees the same folder, and starts nothing anew."""
    mine = Path(small.settings["LOCUSTFILE"])
    people = mine.with_name("people.py")
    mine.write_text("import people\nfrom people import *\n")
    people.write_text(GOOD)
    small.up("LOGS=off")
    assert small.get("/tasks")["per_class"].keys() == {"Shopper"}
    before = small.compose("ps", "--quiet", "locust-master", "locust-worker")
    small.up("LOGS=off")
    assert small.compose("ps", "--quiet", "locust-master", "locust-worker") == before
    people.write_text(GOOD.replace("Shopper", "Reader"))
    small.up("LOGS=off")
    assert small.get("/tasks")["per_class"].keys() == {"Reader"}
