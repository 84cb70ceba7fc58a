"""What a server that stands still does to requests, by arithmetic and one by one."""

import pytest
from tests.bench.freeze import expected
from tests.bench.freeze.drawing import svg
from tests.bench.freeze.server import FREEZE_AT_S, FREEZE_S, SERVICE_S, Freezing


def test_arithmetic_of_the_page_is_that_of_requests_one_by_one() -> None:
    rate, seconds = 80, 20
    server = Freezing()
    times = sorted(1_000 * server.seconds(n / rate) for n in range(rate * seconds))
    for q in (0.5, 0.95, 0.99, 0.999):
        ms = expected.quantile(q, service_ms=1_000 * SERVICE_S, freeze_s=FREEZE_S, seconds=seconds)
        assert times[round(q * len(times)) - 1] == pytest.approx(ms, abs=1_000 / rate)


def test_the_server_stands_still_once_after_its_first_request() -> None:
    server = Freezing()
    assert server.seconds(50.0) == SERVICE_S
    assert server.seconds(50.0 + FREEZE_AT_S) == FREEZE_S + SERVICE_S
    assert server.seconds(50.0 + FREEZE_AT_S + FREEZE_S) == SERVICE_S


def test_a_picture_has_a_line_for_each_curve() -> None:
    curve = [(0.0, 100.0), (0.5, 200.0), (0.999, 2_000.0)]
    text = svg([("a", curve), ("b", curve)], 2_000)
    assert text.count("<polyline") == 2
    assert 'points="70.0,299.5 132.2,285.0 690.0,24.0"' in text
