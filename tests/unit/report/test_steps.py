"""The load steps of a summary, for a terminal."""

from typing import Any

import pytest

from swarmscope.report.steps import Step, table

START = 1_780_000_000_000


def step(**other: Any) -> Step:
    row: dict[str, Any] = {
        **{"start": START, "seconds": 30.0, "kind": "step", "stage": ""},
        **{"wanted": 10.0, "running": 10.0},
        **{"requests": 300, "requests_per_second": 10.0, "failures": 0},
        **{"p50": 5.25, "p95": 61.5, "p99": 1_234.4, "max": 2_000.0},
        **{"cpu": 91.2, "hosts": "shop 91 %, gen 40 %", "generators": "kept up"},
    }
    return Step.of({**row, **other})


def test_a_line_says_what_a_step_came_to():
    titles, first, second = table([step(), step(wanted=200.0, running=199.9, failures=300)])
    assert titles.split() == [
        *("users", "for", "requests/s", "p50", "p95", "p99", "failed"),
        *("generators", "highest", "CPU"),
    ]
    assert first.split() == [
        *("10", "0:00:30", "10.0", "5.25", "ms", "61.5", "ms", "1,234", "ms", "0"),
        *("kept", "up", "shop", "91", "%,", "gen", "40", "%"),
    ]
    assert "300 (100 %)" in second
    assert first.index("shop") == second.index("shop") == titles.index("highest")


@pytest.mark.parametrize(
    ("wanted", "running", "kind", "said"),
    [
        (100.0, 96.0, "step", "100"),
        (100.0, 60.4, "step", "100 (60 ran)"),
        (None, 31.6, "ramp", "ramp, ~32"),
        (None, 7.0, "step", "~7"),
        (None, None, "ramp", "ramp, ~?"),
    ],
)
def test_users_are_those_that_were_wanted_unless_fewer_ran(
    wanted: float | None, running: float | None, kind: str, said: str
):
    assert step(wanted=wanted, running=running, kind=kind).users() == said


def test_what_is_not_known_is_said_to_be():
    nothing = {"p50": None, "p95": None, "p99": None, "cpu": None, "hosts": ""}
    _, line, _ = table([step(**nothing), step()])
    assert line.split()[3:6] == ["-", "-", "-"]
    assert line.endswith("unknown")


def test_stages_have_a_column_where_the_load_shape_names_any():
    titles, first, second = table([step(), step(stage="2 of 2, " + "peak hour " * 9)])
    assert titles.split()[:2] == ["stage", "users"]
    assert first.split()[0] == "10"
    assert second.startswith("2 of 2, peak hour peak hour pea…     10")
    assert first.index("shop") == second.index("shop") == titles.index("highest")


def test_a_run_of_one_step_needs_no_table():
    assert table([step()]) == table([]) == []


def test_of_many_steps_the_first_and_the_last_are_shown():
    lines = table([step(wanted=float(i)) for i in range(1, 31)])
    users = [line.split()[0] for line in lines[1:]]
    assert users == ["1", "2", "3", "…", *(str(i) for i in range(22, 31))]
    assert lines[4] == "… 18 more …"
