"""Single requests of which something isn't what it should be: each is told all the same."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from tests.fixtures.single_requests import Clock, Recorded, encoded, fire, point_of


@pytest.mark.parametrize(
    ("ms", "told"),
    [
        (None, None),
        ("soon", None),
        (float("nan"), None),
        (float("inf"), None),
        (-3.0, 0.0),
        (10**400, None),
        (True, 1.0),
        ("7.5", 7.5),
        (10**15, 1e12),
    ],
)
def test_an_odd_response_time_is_told_as_windows_count_it(
    clock: Clock, ms: object, told: float | None
) -> None:
    every = Recorded(clock)
    fire(every, response_time=ms)
    made = encoded(every)
    assert json.loads(made.lines[0])["response_time"] == told
    fields = point_of(made.points[0]).fields
    assert dict(fields).get("response_time") == told
    assert dict(fields)["response_length"] == 99


@pytest.mark.parametrize(("length", "told"), [(None, 0), ("big", 0), (1.9, 1), (float("nan"), 0)])
def test_an_odd_length_is_a_whole_number(clock: Clock, length: object, told: int) -> None:
    every = Recorded(clock)
    fire(every, response_length=length)
    made = encoded(every)
    assert json.loads(made.lines[0])["response_length"] == told
    assert dict(point_of(made.points[0]).fields)["response_length"] == told


@pytest.mark.parametrize(
    "name",
    [
        'a "b" \\',
        "new\nline",
        "tab\t",
        "ends with \\",
        "\ud800",
        "😀",
        "a,b=c d",
        "",
        None,
        [1],
        "%s",
    ],
)
def test_any_name_makes_a_point_and_a_line_that_can_be_read(clock: Clock, name: object) -> None:
    every = Recorded(clock)
    for _ in range(2):  # the first makes the kind, the second uses it
        fire(every, name=name)
    made = encoded(every)
    for point, line in zip(made.points, made.lines, strict=True):
        assert len(point_of(point).fields) == 2
        told = json.loads(line)["name"]
        assert told == ("" if name is None else str(name))
        assert "\n" not in line


def test_an_exception_without_a_text_is_a_failure_all_the_same(clock: Clock) -> None:
    class BrokenError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    every = Recorded(clock)
    fire(every, exception=BrokenError())
    assert "its text can't be had: RuntimeError" in encoded(every).points[0]


def test_a_request_from_a_greenlet_of_a_user_s_own_has_no_class(clock: Clock) -> None:
    for greenlet in (SimpleNamespace(), SimpleNamespace(args=())):
        every = Recorded(clock, greenlet=lambda found=greenlet: found)
        fire(every)
        assert json.loads(encoded(every).lines[0])["class"] == ""


class Raising(dict[str, int]):
    """A mapping that can't be read."""

    def items(self) -> Any:
        raise KeyError("items")


ITSELF: dict[str, Any] = {}
ITSELF["me"] = ITSELF
DEEP: list[Any] = []
for _ in range(5_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "context",
    [ITSELF, {"deep": DEEP}, Raising(a=1), {"a": 10**5_000}],
    ids=["itself", "deep", "raising", "endless"],
)
def test_a_context_that_has_no_form_in_json_costs_no_request(clock: Clock, context: Any) -> None:
    every = Recorded(clock)
    for more in (None, context, None):
        fire(every, context=more)
    made = encoded(every)
    assert (len(made.points), len(made.lines)) == (3, 3)
    assert json.loads(made.lines[1])["other"]["context"]
    assert not every.take_unwritten()


@pytest.mark.parametrize(
    ("status", "told"),
    [(204, 204), (-1, -1), (0, 0), (10**5_000, None)],
    ids=["usual", "negative", "none", "endless"],
)
def test_a_status_is_told_unless_it_has_no_end(clock: Clock, status: int, told: Any) -> None:
    every = Recorded(clock)
    fire(every, response=SimpleNamespace(status_code=status))
    assert json.loads(encoded(every).lines[0])["other"].get("status") == told


def test_what_cant_be_written_is_counted_and_costs_no_other(clock: Clock) -> None:
    every = Recorded(clock)
    fire(every)
    every._waiting[0] = "never"
    for _ in range(300):
        fire(every)
    made = encoded(every)
    assert (len(made.points), every.take_unwritten(), every.take_unwritten()) == (45, 256, 0)


def test_a_request_whose_parts_raise_is_told_with_what_is_known(clock: Clock) -> None:
    class Broken:
        @property
        def status_code(self) -> int:
            raise KeyError("status")

    class Undecided:
        def __bool__(self) -> bool:
            raise ValueError("neither")

        def __str__(self) -> str:
            return "[1 2]"

    every = Recorded(clock)
    fire(every, response=Broken())
    fire(every, response=Broken(), exception=ValueError("bad"), context={"a": 1})
    fire(every, context=Undecided())
    lines = [json.loads(line) for line in encoded(every).lines]
    assert [line["result"] for line in lines] == ["success", "failure", "success"]
    assert lines[1]["exception"] == "ValueError: bad"
    assert ["context" in line["other"] for line in lines] == [False, True, True]
    assert "[1 2]" in lines[2]["other"]["context"]
