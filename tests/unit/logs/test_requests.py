"""Single requests: what the event leaves, and the points and lines that are made of it."""

import json

import pytest
from tests.fixtures.single_requests import Answer, Clock, Recorded, encoded, fire, point_of

from swarmscope import schema
from swarmscope.logs import requests
from swarmscope.logs.lines import parse_iso
from swarmscope.recording.points import requests_of


def times(of: Recorded) -> list[int]:
    made = encoded(of)
    told = [parse_iso(json.loads(line)["time"]) for line in made.lines]
    assert told == made.times == [point_of(point).time for point in made.points]
    return told


def test_a_request_is_one_point_and_one_line_at_the_same_time(clock: Clock) -> None:
    every = Recorded(clock)
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
    every = Recorded(clock)
    fire(every, exception=ValueError("no = stock"), response=Answer(), context={"item": 8731})
    made = encoded(every)
    assert ',exception="ValueError: no = stock" ' in made.points[0]
    assert ",result=failure," in made.points[0]
    line = json.loads(made.lines[0])
    assert (line["level"], line["result"]) == ("error", "failure")
    assert line["exception"] == "ValueError: no = stock"
    assert line["other"] == {"status": 503, "context": '{"item":8731}'}


def test_times_on_a_worker_are_never_the_same_twice(clock: Clock) -> None:
    every = Recorded(clock)
    for name in ("/a", "/a", "/b", "/a"):
        fire(every, name=name)
    first = times(every)
    clock.now -= 3  # it can't happen to a monotonic clock, but to one that is corrected
    fire(every)
    assert [*first, *times(every)] == [10**9 + 5_000 + i for i in range(5)]


def test_a_second_that_ends_between_two_requests_shows_in_the_time(clock: Clock) -> None:
    every = Recorded(clock)
    clock.now = 1_999_999_999
    fire(every)
    clock.now = 2_000_000_000
    fire(every)
    assert [json.loads(line)["time"] for line in encoded(every).lines] == [
        "1970-01-01T00:00:02.999999999Z",
        "1970-01-01T00:00:03.000000000Z",
    ]


def test_names_past_the_limit_are_one_series_and_keep_their_name_in_the_line(clock: Clock) -> None:
    every = Recorded(clock, max_names=2)
    for number in range(4):
        fire(every, name=f"/item/{number}")
    made = encoded(every)
    assert [f",name={schema.FOLDED}," in point for point in made.points] == [False] * 2 + [True] * 2
    assert [json.loads(line)["name"] for line in made.lines] == [f"/item/{n}" for n in range(4)]


def test_credentials_in_names_and_exceptions_are_left_out(clock: Clock) -> None:
    every = Recorded(clock)
    error = ConnectionError("http://me:hunter2@host/ token=hunter2")
    fire(every, name="/x?token=hunter2", exception=error, context={"url": "?token=hunter2"})
    made = encoded(every)
    assert "hunter2" not in made.points[0] + made.lines[0]


def test_a_sample_is_drawn_by_lot_and_says_its_rate(clock: Clock) -> None:
    every = Recorded(clock, sample=0.25)
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
    every = Recorded(clock)
    for _ in range(5):
        fire(every)
    assert (len(encoded(every).points), every.take_dropped(), every.take_dropped()) == (3, 2, 0)


def test_single_requests_are_never_counted_as_requests(clock: Clock) -> None:
    every = Recorded(clock)
    fire(every)
    assert requests_of(encoded(every).points[0]) == 0


@pytest.mark.parametrize("context", [{}, {"basket": 3}])
def test_lines_that_nobody_wants_are_not_made(clock: Clock, context: dict[str, int]) -> None:
    every = Recorded(clock)
    fire(every, context=context)
    (made,) = every.encode(1.0, with_lines=False)
    assert (len(made.points), made.lines) == (1, [])
