"""How many requests the points stood for that a store dropped."""

import pytest

from swarmscope.delivery.outcome import dropped_requests
from swarmscope.transport.write_api import Answer, AnswerKind


def stats(count: int, at: object, name: str = "/a") -> str:
    return f"locust_stats,name={name} count={count}i{at and f' {at}'}"


def partly(dropped: int, measurement: str = "") -> Answer:
    conflict = f'field type conflict: input field "f" on measurement {measurement} is type float '
    return Answer(AnswerKind.PARTLY, 422, f"{conflict if measurement else ''}dropped={dropped}")


@pytest.mark.parametrize(("dropped", "requests"), [(0, 0), (1, 4), (2, 6), (3, 7), (4, 7), (99, 7)])
def test_points_beyond_the_retention_are_the_oldest(dropped: int, requests: int):
    lines = [stats(1, 30), stats(2, 20), stats(4, 9)]
    assert dropped_requests(lines, partly(dropped)) == requests


@pytest.mark.parametrize("odd", ["", "x", "²", "-5"])
def test_a_point_without_a_time_may_be_the_oldest(odd: str):
    lines = [stats(1, 1), stats(2, odd)]
    assert dropped_requests(lines, partly(1)) == 2


@pytest.mark.parametrize("named", ['"locust_stats"', '\\"locust_stats\\"'])
def test_points_dropped_for_their_type_are_of_the_measurement_that_is_named(named: str):
    lines = ["locust_users count=8i 1", stats(1, 5), "locust_stats_of_others count=9i 2"]
    lines += [stats(2, 3), "locust_stats count=7i 4"]
    assert dropped_requests(lines, partly(1, named)) == 1
    assert dropped_requests(lines, partly(2, named)) == 3
    assert dropped_requests(lines, partly(1, '"locust_users"')) == 0
    # one that has no tags is of it, too, and stands for no request
    assert dropped_requests(lines[::-1], partly(1, named)) == 0


def test_as_many_dropped_as_were_sent_are_all_of_them_whatever_is_named():
    lines = ["locust_users,run=r count=8i 1", stats(1, 5)]
    assert dropped_requests(lines, partly(2, '"locust_users"')) == 1
