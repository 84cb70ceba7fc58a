"""Load steps of a run that goes on: what the query of them says of the same orders."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.stores import Unserved

from swarmscope.embedded.database import Database
from swarmscope.gate.steps import Order, steps_of
from swarmscope.line_protocol import Field, line, series
from swarmscope.store.question import Question

NS = 10**9
BEGAN = 1_000 * NS
STAGES = st.sampled_from([None, None, None, "warm", "1 of 3, hold", "2 of 3"])
_ORDER = st.tuples(
    st.integers(1, 400), st.integers(0, 50), st.sampled_from([0, 0.5, 1, 7.5, 100]), STAGES
)
COURSES = st.tuples(st.lists(_ORDER, max_size=12), st.integers(1, 2_000))


def orders_of(told: list[tuple[int, int, float, str | None]]) -> list[Order]:
    """Return orders one after the other; a tenth of a second, up to 40 s, apart."""
    orders, at = [], BEGAN
    for tenths, users, rate, stage in told:
        at += tenths * NS // 10 + 7
        orders.append(Order(at, users, rate, stage))
    return orders


def stored(database: Database, run: str, orders: list[Order], stopped: int) -> list[dict[str, Any]]:
    def event(name: str, at: int, **fields: Field) -> str:
        tags = {"run": run, "worker": "master", "event": name}
        return line(series("locust_run", tags), {"message": name, **fields}, at)

    lines = [event("start", BEGAN), event("stop", stopped)]
    for order in orders:
        more: dict[str, Field] = {"user_count": order.users}
        if order.rate:
            more["spawn_rate"] = float(order.rate)
        if order.stage:
            more["stage"] = order.stage
        lines.append(event("step", order.time, **more))
    database.write("loadtest", "\n".join(lines))
    return Unserved(database).ask(Question("load_steps", run)).records()


@pytest.mark.release
@pytest.mark.long
def test_they_are_those_of_the_query(tmp_path: Path) -> None:
    runs = iter(range(10_000))
    with Database(tmp_path) as database:

        @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
        @given(COURSES)
        def agree(course: tuple[list[tuple[int, int, float, str | None]], int]) -> None:
            orders, tenths = orders_of(course[0]), course[1]
            stopped = (orders[-1].time if orders else BEGAN) + tenths * NS // 10
            rows = stored(database, f"r{next(runs)}", orders, stopped)
            ours = [step.row(None) for step in steps_of(orders, BEGAN, stopped)]
            names = ("kind", "stage", "start", "seconds", "wanted")
            assert [[step[name] for name in names] for step in ours] == [
                [row[name] for name in names] for row in rows
            ]

        agree()


def test_a_ramp_that_leads_to_a_step_belongs_to_it_where_it_is_short() -> None:
    orders = [Order(BEGAN, 10, 5), Order(BEGAN + 60 * NS, 40, 1)]
    steps = steps_of(orders, BEGAN, BEGAN + 150 * NS)
    told = [(one.kind, (one.begin - BEGAN) // NS, one.wanted) for one in steps]
    assert told == [("step", 0, 10), ("ramp", 60, None), ("step", 90, 40)]


def test_in_a_step_of_a_run_that_goes_on_all_should_run_two_seconds_after_it_is_reached() -> None:
    orders = [Order(BEGAN + NS, 10, 10)]
    (step,) = [
        one for one in steps_of(orders, BEGAN, BEGAN + 60 * NS, over=False) if one.kind == "step"
    ]
    assert (step.wanted, step.told_from, step.told_to) == (10, BEGAN + 4 * NS, BEGAN + 58 * NS)
    assert step.row(9.5)["running"] == 9.5
