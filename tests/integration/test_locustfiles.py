"""The scenarios that people copy, each played for a moment against the demo's shop."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.http_server import answering_with, reply
from tests.fixtures.locusts import LISTENER, ORACLE, ROOT, Locusts, locusts
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
    witnessed: int
    """Requests that another listener saw, where there is one."""

    def ask(self, name: str) -> list[dict[str, Any]]:
        return self.reader.ask(Question(name, self.run)).records()

    def requests(self, **failed: bool) -> dict[str, int]:
        """Return how often each endpoint was requested, or *failed*."""
        what = "failures" if failed else "requests"
        rows = self.ask("endpoint_totals")
        return {f"{row['method']} {row['name']}": row[what] for row in rows}

    @property
    def most_users(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for row in self.ask("users"):
            cls = row["user_class"]
            found[cls] = max(row["value"], found.get(cls, 0))
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

        def played(run: str, *options: str, files: tuple[str | Path, ...]) -> Played:
            process = start(swarm, run, shop, *options, files=files)
            assert swarm.wait(process) in {0, 1}, swarm.log(process)
            seen = swarm.folder / f"{process.pid}.jsonl"
            witnessed = seen.read_bytes().count(b"\n") if seen.exists() else 0
            return Played(store.reader, run, swarm.log(process), witnessed)

        yield played


def start(swarm: Locusts, run: str, shop: str, *options: str, files: tuple[str | Path, ...]):
    paths = (*(SCENARIOS / file for file in files), LISTENER)
    return swarm.start(
        *("--headless", "--only-summary", "--host", shop, *options),
        files=paths,
        env={"SWARMSCOPE_RUN_ID": run},
    )


@pytest.mark.long
def test_three_kinds_of_people_come_by_weight_and_log_in_and_out(play: Play):
    mixed = play(
        "mix", *("-u", str(PEOPLE), "-r", "50", "-t", "3", "--stop-timeout", "5"), files=("mix.py",)
    )
    assert mixed.most_users == {"ApiConsumer": 6, "Administrator": 2, "MobileUser": 12}
    requests = mixed.requests()
    assert requests["POST /login"] == requests["POST /logout"] == PEOPLE
    assert {"GET /products", "GET /search", "POST /basket"} <= requests.keys()
    assert not any(mixed.requests(failed=True).values())


@pytest.mark.long
def test_the_demo_s_own_users_look_search_and_buy(play: Play):
    shopped = play("shop", "-u", "20", "-r", "50", "-t", "6", files=("shop.py",))
    assert shopped.most_users.keys() == {"Browser", "Buyer", "Searcher"}
    requests = shopped.requests()
    looks = {"GET /products?category=[name]", "GET /products/[id]", "GET /basket (not logged in)"}
    assert {*looks, "GET /search?q=[words]", "POST /login", "POST /basket"} <= requests.keys()
    # Who isn't logged in has no basket: the shop says 401, and that is the right answer.
    assert shopped.requests(failed=True)["GET /basket (not logged in)"] == 0
    statuses = {
        row["status"]
        for row in shopped.ask("endpoint_statuses")
        if row["name"] == "/basket (not logged in)"
    }
    assert statuses == {"401"}


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


@pytest.mark.long
@pytest.mark.parametrize("option", ["--tags=read", "--exclude-tags=write"])
def test_a_tag_leaves_tasks_out_and_no_class_without_any(play: Play, option: str):
    reading = play(option[2:].replace("=", "-"), "-u", "10", "-t", "3", option, files=("mix.py",))
    requests = reading.requests()
    assert {"POST /login", "GET /products", "GET /search"} <= requests.keys()
    assert not {"POST /basket", "POST /checkout", "DELETE /basket"} & requests.keys()
    assert "No tasks defined" not in reading.log


@pytest.mark.long
def test_who_can_not_log_in_does_nothing_else(play: Play):
    class Refusing(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            reply(self, 503, b"")

    with answering_with(Refusing) as port:
        host = ("--host", f"http://127.0.0.1:{port}")
        refused = play("refused", "-u", "6", "-r", "10", "-t", "3", *host, files=("mix.py",))
    assert refused.requests() == refused.requests(failed=True) == {"POST /login": 6}


@pytest.mark.long
def test_a_journey_is_timed_and_counts_as_no_request(play: Play):
    went = play("checkout", "-u", "30", "-r", "50", "-t", "5", files=("checkout.py", ORACLE))
    told = {str(row["name"]): row for row in went.ask("transactions")}
    assert told.keys() == {"checkout", "two pages"}
    checkouts, pages = told["checkout"], told["two pages"]
    requests = went.requests()
    assert 0 < checkouts["transactions"] <= requests["POST /checkout"]
    assert checkouts["transactions"] + checkouts["abandoned"] <= requests["DELETE /basket"] + 30
    assert checkouts["failures"] == went.requests(failed=True)["POST /checkout"]
    # Two pauses of 0.1 to 0.5 s in each.
    assert 200 <= pages["pause"] <= 1_100
    assert pages["p50"] < pages["pause"] + 300
    assert pages["mean"] > 0
    # What Locust's own listeners were told of, and nothing else.
    assert sum(requests.values()) == went.witnessed
    assert not [name for name in requests if "two pages" in name or name.endswith(" checkout")]


@pytest.mark.long
def test_each_way_to_wait_makes_its_load(play: Play):
    waited = play("waits", "-u", "60", "-r", "100", "-t", "8", files=("waits.py",))
    requests = {name.split("(")[1][:-1]: n for name, n in waited.requests().items()}
    ways = {"Constant", "Between", "Pacing", "Throughput", "Arrivals", "ThinkTime"}
    assert waited.most_users == dict.fromkeys(ways, 10)
    assert requests.keys() == ways
    told = {row["user_class"] for row in points(waited.reader, waited.run, "locust_arrivals")}
    assert told == {"Pacing", "Throughput", "Arrivals"}
    assert requests["Throughput"] > 1.4 * requests["Pacing"]
    # 10 a second, of a Poisson process: within four standard deviations.
    due = sum(
        row["due"]
        for row in points(waited.reader, waited.run, "locust_arrivals")
        if row["user_class"] == "Arrivals"
    )
    assert 40 <= due <= 120


SHAPES = {
    # How much faster its time runs, and its stages.
    "steps": (30, [f"{n} of 5, level {20 * n}" for n in range(1, 6)]),
    "spike": (30, ["1 of 3, before", "2 of 3, spike", "3 of 3, recovery"]),
    "ramp_hold_ramp": (90, ["1 of 3, ramp up", "2 of 3, hold", "3 of 3, ramp down"]),
    "double_wave": (90, []),
    "from_file": (
        40,
        ["1 of 4, warm up", "2 of 4, usual", "3 of 4, sale begins", "4 of 4, usual again"],
    ),
    "soak": (900, [f"{n} of 4, hour {n}" for n in range(1, 5)]),
    "breaking_point": (2, ["0 held, now 2", "2 held, now 4"]),
}
OPTIONS = {
    "breaking_point": ("--first-level", "2", "--highest-level", "4", "--settle", "2", "--hold", "4")
}
QUICK = ROOT / "tests" / "integration" / "scenarios" / "quick_shapes.py"
SHAPED = ("--headless", "--only-summary")


@pytest.fixture(scope="module")
def shaped(
    tmp_path_factory: pytest.TempPathFactory, store: Store
) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The steps of each shape by its name: they run at the same time, most of them asleep."""
    with locusts(tmp_path_factory.mktemp("shapes"), store.env) as swarm:
        started = {}
        for name, (faster, _) in SHAPES.items():
            env = {
                "SWARMSCOPE_RUN_ID": f"shape-{name}",
                "SHAPE_FASTER": str(faster),
                "SOAK_HOURS": "4",
            }
            files = (QUICK, SCENARIOS / "shapes" / f"{name}.py", LISTENER)
            started[name] = swarm.start(*SHAPED, *OPTIONS.get(name, ()), files=files, env=env)
        for name, process in started.items():
            assert swarm.wait(process) == 0, (name, swarm.log(process))
        yield {
            name: [
                point
                for point in points(store.reader, f"shape-{name}", "locust_run")
                if point["event"] == "step"
            ]
            for name in SHAPES
        }


def points(reader: Reader, run: str, measurement: str) -> list[dict[str, Any]]:
    """Return the points of *measurement* in their order, with tags and fields."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in reader.ask(Question("points", run)).records():
        if row["measurement"] == measurement:
            point = found.setdefault((row["time_ns"], row["tags"]), json.loads(row["tags"]))
            point[row["field"]] = row["text"] if row["type"] == "string" else row["number"]
    return [found[at] for at in sorted(found)]


@pytest.mark.long
@pytest.mark.parametrize("name", SHAPES)
def test_each_stage_of_a_shape_is_a_step(shaped: dict[str, list[dict[str, Any]]], name: str):
    told = shaped[name]
    assert [step["number"] for step in told] == list(range(1, len(told) + 1))
    assert all(step["user_count"] and step["spawn_rate"] for step in told)
    stages = [step["stage"] for step in told]
    assert [stage for stage in SHAPES[name][1] if stage not in stages] == []
    if name == "double_wave":
        assert len({stage for stage in stages if re.fullmatch(r"\d\d h", stage)}) > 4
    else:
        assert len(stages) == len(SHAPES[name][1])
