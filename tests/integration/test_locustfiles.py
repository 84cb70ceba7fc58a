"""The scenarios that people copy, each played for a moment against the demo's shop."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from tests.fixtures.locusts import LISTENER, ROOT, Locusts, locusts
from tests.fixtures.shops import open_shop
from tests.fixtures.stores import Store

from swarmscope.store.question import Question, Reader

SCENARIOS = ROOT / "locust" / "locustfiles"
PEOPLE = 20


@dataclass(frozen=True)
class Played:
    """What is stored of one run of a scenario."""

    reader: Reader
    run: str
    log: str

    def ask(self, name: str) -> list[dict[str, object]]:
        return self.reader.ask(Question(name, self.run)).records()

    def requests(self, **failed: bool) -> dict[str, int]:
        """Return how often each endpoint was requested, or *failed*."""
        what = "failures" if failed else "requests"
        rows = self.ask("endpoint_totals")
        return {f"{row['method']} {row['name']}": int(str(row[what])) for row in rows}

    @property
    def most_users(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for row in self.ask("users"):
            cls, value = str(row["user_class"]), float(str(row["value"]))
            found[cls] = max(value, found.get(cls, 0))
        return found


Play = Callable[..., Played]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with open_shop(tmp_path_factory.mktemp("shop")) as url:
        yield url


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory, store: Store, shop: str) -> Iterator[Play]:
    """Runs a scenario to its end; *swarm* is shared, and each run has a name of its own."""
    with locusts(tmp_path_factory.mktemp("locust"), store.env) as swarm:

        def played(run: str, *options: str, files: tuple[str, ...]) -> Played:
            process = start(swarm, run, shop, *options, files=files)
            assert swarm.wait(process) in {0, 1}, swarm.log(process)
            return Played(store.reader, run, swarm.log(process))

        yield played


def start(swarm: Locusts, run: str, shop: str, *options: str, files: tuple[str, ...]):
    paths = (*(SCENARIOS / file for file in files), LISTENER)
    return swarm.start(
        *("--headless", "--only-summary", "--host", shop, *options),
        files=paths,
        env={"SWARMSCOPE_RUN_ID": run},
    )


def test_three_kinds_of_people_come_by_weight_and_log_in_and_out(play: Play):
    mixed = play("mix", "-u", str(PEOPLE), "-r", "50", "-t", "3", files=("mix.py",))
    assert mixed.most_users == {"ApiConsumer": 6, "Administrator": 2, "MobileUser": 12}
    requests = mixed.requests()
    assert requests["POST /login"] == requests["POST /logout"] == PEOPLE
    assert {"GET /products", "GET /search", "POST /basket"} <= requests.keys()
    assert not any(mixed.requests(failed=True).values())


@pytest.mark.long
def test_each_buyer_has_an_account_of_its_own(play: Play):
    shopped = play("accounts", "-u", "13", "-r", "50", "-t", "4", files=("accounts.py",))
    assert shopped.most_users == {"Browser": 8, "Buyer": 4, "Administrator": 1}
    requests = shopped.requests()
    assert requests["POST /login"] == 5
    assert requests["GET /health"] >= 1
    assert requests["POST /basket"] >= 4
    assert "4 rows of accounts.csv were dealt in this run; it has 200." in shopped.log
    assert "somebody else's basket" not in {row["reason"] for row in shopped.ask("exceptions")}


SHAPES = {
    # How much faster its time runs, and its stages.
    "steps": (30, [f"{n} of 5, level {20 * n}" for n in range(1, 6)]),
    "spike": (30, ["1 of 3, before", "2 of 3, spike", "3 of 3, recovery"]),
    "ramp_hold_ramp": (90, ["1 of 3, ramp up", "2 of 3, hold", "3 of 3, ramp down"]),
    "double_wave": (90, ["00 h"]),
    "from_file": (
        40,
        ["1 of 4, warm up", "2 of 4, usual", "3 of 4, sale begins", "4 of 4, usual again"],
    ),
    "soak": (2_880, ["1 of 8, hour 1", "8 of 8, hour 8"]),
    "breaking_point": (2, ["0 held, now 2", "2 held, now 4"]),
}
OPTIONS = {
    "breaking_point": ("--first-level", "2", "--highest-level", "4", "--settle", "2", "--hold", "4")
}
QUICK = ROOT / "tests" / "integration" / "scenarios" / "quick_shapes.py"
SHAPED = ("--headless", "--only-summary")


@pytest.fixture(scope="module")
def shaped(
    tmp_path_factory: pytest.TempPathFactory, store: Store, shop: str
) -> Iterator[dict[str, list[dict[str, object]]]]:
    """The steps of each shape by its name: they run at the same time, most of them asleep."""
    with locusts(tmp_path_factory.mktemp("shapes"), store.env) as swarm:
        started = {}
        for name, (faster, _) in SHAPES.items():
            env = {"SWARMSCOPE_RUN_ID": f"shape-{name}", "SHAPE_FASTER": str(faster)}
            files = (QUICK, SCENARIOS / "shapes" / f"{name}.py", LISTENER)
            started[name] = swarm.start(*SHAPED, *OPTIONS.get(name, ()), files=files, env=env)
        for name, process in started.items():
            assert swarm.wait(process) == 0, (name, swarm.log(process))
        yield {name: steps(store.reader, f"shape-{name}") for name in SHAPES}


def steps(reader: Reader, run: str) -> list[dict[str, object]]:
    """Return the fields of each step of *run*."""
    found: dict[int, dict[str, object]] = {}
    for row in reader.ask(Question("points", run)).records():
        if row["measurement"] == "locust_run" and json.loads(row["tags"])["event"] == "step":
            value = row["text"] if row["type"] == "string" else row["number"]
            found.setdefault(row["time_ns"], {})[row["field"]] = value
    return [found[at] for at in sorted(found)]


@pytest.mark.long
@pytest.mark.parametrize("name", SHAPES)
def test_each_stage_of_a_shape_is_a_step(shaped: dict[str, list[dict[str, object]]], name: str):
    told = shaped[name]
    assert [step["number"] for step in told] == list(range(1, len(told) + 1))
    assert all(step["user_count"] and step["spawn_rate"] for step in told)
    stages = [step["stage"] for step in told]
    assert [stage for stage in SHAPES[name][1] if stage not in stages] == []
    if name not in {"double_wave", "soak"}:  # a look each second misses some of their many
        assert len(stages) == len(SHAPES[name][1])
