"""Single requests: what the event leaves, and the points and lines that are made of it."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from swarmscope import schema
from swarmscope.embedded.parser import parse
from swarmscope.logs import requests
from swarmscope.logs.lines import parse_iso
from swarmscope.logs.requests import Encoded, RawRequests
from swarmscope.recording.cells import Cells
from swarmscope.recording.points import requests_of

TAGS = {"run": "r 1", "worker": "worker-0", "env": "test"}


class Clock:
    """A recorder of which only the clock is looked at; it stands still until it is set, ns."""

    def __init__(self) -> None:
        self.now = 5_000

    def __call__(self, *request: object) -> float:
        return self.now / 1e9


class Shopper:
    """A user."""


class Answer:
    status_code = 503


@pytest.fixture
def clock() -> Clock:
    return Clock()


def raw(clock: Clock, *, sample: float = 1, max_names: int = 500) -> RawRequests:
    cells = Cells(max_names, lambda _: None, template_names=False)
    made = RawRequests(
        clock,
        key_of=lambda name, method: cells.find(name, method)[0].key,
        sample=sample,
        greenlet=lambda: SimpleNamespace(args=(Shopper(),)),
    )
    made.identify(TAGS, "gen-1")
    return made


def fire(into: RawRequests, **change: Any) -> None:
    request = {
        "request_type": "GET",
        "name": "/cart",
        "response_time": 12.3456789,
        "response_length": 99,
        "exception": None,
        "response": None,
        "context": {},
        "url": "http://x/cart?token=abc",
        "start_time": 1.0,
    }
    into.record(**request | change)


def encoded(of: RawRequests, offset: float = 1.0) -> Encoded:
    slices = list(of.encode(offset))
    return Encoded(
        [at for s in slices for at in s.times],
        [p for s in slices for p in s.points],
        [line for s in slices for line in s.lines],
    )


def times(of: RawRequests) -> list[int]:
    made = encoded(of)
    told = [parse_iso(json.loads(line)["time"]) for line in made.lines]
    assert told == made.times == [point_of(point).time for point in made.points]
    return told


def point_of(line: str) -> Any:
    (found,) = parse(line, "ns", 0)
    return found


def test_a_request_is_one_point_and_one_line_at_the_same_time(clock: Clock) -> None:
    every = raw(clock)
    fire(every)
    made = encoded(every, offset=1_700_000_000.0)
    assert made.points == [
        "locust_request,env=test,method=GET,name=/cart,result=success,run=r\\ 1,worker=worker-0 "
        "response_time=12.346,response_length=99i 1700000000000005000"
    ]
    line = json.loads(made.lines[0])
    assert parse_iso(line["time"]) == 1_700_000_000_000_005_000
    del line["time"]
    assert line == {
        "level": "info",
        "host": "gen-1",
        "run": "r 1",
        "worker": "worker-0",
        "class": "Shopper",
        "request_type": "GET",
        "name": "/cart",
        "result": "success",
        "response_time": 12.346,
        "response_length": 99,
        "exception": None,
        "other": {},
    }


def test_a_failure_names_its_exception_status_and_context(clock: Clock) -> None:
    every = raw(clock)
    fire(every, exception=ValueError("no = stock"), response=Answer(), context={"item": 8731})
    made = encoded(every)
    assert ',exception="ValueError: no = stock" ' in made.points[0]
    assert ",result=failure," in made.points[0]
    line = json.loads(made.lines[0])
    assert (line["level"], line["result"]) == ("error", "failure")
    assert line["exception"] == "ValueError: no = stock"
    assert line["other"] == {"status": 503, "context": '{"item":8731}'}


def test_times_on_a_worker_are_never_the_same_twice(clock: Clock) -> None:
    every = raw(clock)
    for name in ("/a", "/a", "/b", "/a"):
        fire(every, name=name)
    first = times(every)
    clock.now -= 3  # it can't happen to a monotonic clock, but to one that is corrected
    fire(every)
    assert [*first, *times(every)] == [10**9 + 5_000 + i for i in range(5)]


def test_a_second_that_ends_between_two_requests_shows_in_the_time(clock: Clock) -> None:
    every = raw(clock)
    clock.now = 1_999_999_999
    fire(every)
    clock.now = 2_000_000_000
    fire(every)
    assert [json.loads(line)["time"] for line in encoded(every).lines] == [
        "1970-01-01T00:00:02.999999999Z",
        "1970-01-01T00:00:03.000000000Z",
    ]


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
    every = raw(clock)
    fire(every, response_time=ms)
    made = encoded(every)
    assert json.loads(made.lines[0])["response_time"] == told
    fields = point_of(made.points[0]).fields
    assert dict(fields).get("response_time") == told
    assert dict(fields)["response_length"] == 99


@pytest.mark.parametrize(("length", "told"), [(None, 0), ("big", 0), (1.9, 1), (float("nan"), 0)])
def test_an_odd_length_is_a_whole_number(clock: Clock, length: object, told: int) -> None:
    every = raw(clock)
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
    every = raw(clock)
    for _ in range(2):  # the first makes the kind, the second uses it
        fire(every, name=name)
    made = encoded(every)
    for point, line in zip(made.points, made.lines, strict=True):
        assert len(point_of(point).fields) == 2
        told = json.loads(line)["name"]
        assert told == ("" if name is None else str(name))
        assert "\n" not in line


def test_names_past_the_limit_are_one_series_and_keep_their_name_in_the_line(clock: Clock) -> None:
    every = raw(clock, max_names=2)
    for number in range(4):
        fire(every, name=f"/item/{number}")
    made = encoded(every)
    assert [f",name={schema.FOLDED}," in point for point in made.points] == [False] * 2 + [True] * 2
    assert [json.loads(line)["name"] for line in made.lines] == [f"/item/{n}" for n in range(4)]


def test_credentials_in_names_and_exceptions_are_left_out(clock: Clock) -> None:
    every = raw(clock)
    error = ConnectionError("http://me:hunter2@host/ token=hunter2")
    fire(every, name="/x?token=hunter2", exception=error, context={"url": "?token=hunter2"})
    made = encoded(every)
    assert "hunter2" not in made.points[0] + made.lines[0]


def test_an_exception_without_a_text_is_a_failure_all_the_same(clock: Clock) -> None:
    class BrokenError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    every = raw(clock)
    fire(every, exception=BrokenError())
    assert "its text can't be had: RuntimeError" in encoded(every).points[0]


def test_a_request_from_a_greenlet_of_a_user_s_own_has_no_class(clock: Clock) -> None:
    for greenlet in (SimpleNamespace(), SimpleNamespace(args=())):
        every = RawRequests(
            clock, key_of=lambda *_: ("n", "m"), sample=1, greenlet=lambda found=greenlet: found
        )
        every.identify(TAGS, "gen-1")
        fire(every)
        assert json.loads(encoded(every).lines[0])["class"] == ""


def test_a_sample_is_drawn_by_lot_and_says_its_rate(clock: Clock) -> None:
    every = raw(clock, sample=0.25)
    for _ in range(4_000):
        fire(every)
    made = encoded(every)
    # Eight standard deviations: one in 10^15 runs is beyond.
    assert 780 < len(made.points) < 1_220
    assert all(",sample_rate=0.25 " in point for point in made.points)
    assert {json.loads(line)["sample_rate"] for line in made.lines} == {0.25}


def test_what_comes_when_too_much_waits_is_counted(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "MAX_WAITING", 3)
    every = raw(clock)
    for _ in range(5):
        fire(every)
    assert (len(encoded(every).points), every.take_dropped(), every.take_dropped()) == (3, 2, 0)


def test_single_requests_are_never_counted_as_requests(clock: Clock) -> None:
    every = raw(clock)
    fire(every)
    assert requests_of(encoded(every).points[0]) == 0


@pytest.mark.parametrize("context", [{}, {"basket": 3}])
def test_lines_that_nobody_wants_are_not_made(clock: Clock, context: dict[str, int]) -> None:
    every = raw(clock)
    fire(every, context=context)
    (made,) = every.encode(1.0, with_lines=False)
    assert (len(made.points), made.lines) == (1, [])


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
    every = raw(clock)
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
    every = raw(clock)
    fire(every, response=SimpleNamespace(status_code=status))
    assert json.loads(encoded(every).lines[0])["other"].get("status") == told


def test_what_cant_be_written_is_counted_and_costs_no_other(clock: Clock) -> None:
    every = raw(clock)
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

    every = raw(clock)
    fire(every, response=Broken())
    fire(every, response=Broken(), exception=ValueError("bad"), context={"a": 1})
    fire(every, context=Undecided())
    lines = [json.loads(line) for line in encoded(every).lines]
    assert [line["result"] for line in lines] == ["success", "failure", "success"]
    assert lines[1]["exception"] == "ValueError: bad"
    assert ["context" in line["other"] for line in lines] == [False, True, True]
    assert "[1 2]" in lines[2]["other"]["context"]
