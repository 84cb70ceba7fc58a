"""What a board shows of a log: warnings and errors at first, however a service calls its levels."""

import secrets

import pytest
from dashboards import config
from dashboards.boards import failures
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened

NS = 10**9
AT = 1_780_000_000
QUIET = ("trace", "DEBUG", "verbose", "info", "INFO", "Notice")
WARNINGS = ("warning", "WARN")
ERRORS = ("error", "ERR", "critical", "Fatal", "5", "")
"""Also those of which nobody knows what they mean: a line without a level may matter."""


@pytest.fixture(scope="module")
def boards(influx: Influx) -> Opened:
    raw = influx.make_bucket(secrets.token_hex(4))
    every = (*QUIET, *WARNINGS, *ERRORS)
    tags = (f",level={level}" if level else "" for level in every)
    lines = [
        f'{whose}{tag} message="{i}" {(AT + i) * NS}'
        for i, tag in enumerate(tags)
        for whose in (
            "app_log,service=shop,host=web-1",
            "locust_log,run=r,worker=worker-0,source=l",
        )
    ]
    influx.write(raw, lines)
    return Opened(influx, raw, "", (AT * 1_000, (AT + 60) * 1_000))


def shown(boards: Opened, **picked: str) -> list[tuple[str, str]]:
    rows = boards.panel("failures", failures.LOG, run="r", **picked)
    return sorted((row["line"].partition(" | ")[0], row["level"] or "") for row in rows)


def of(*levels: str, whose: tuple[str, ...] = ("APPLICATION", "LOCUST")) -> list[tuple[str, str]]:
    return sorted((one, level) for one in whose for level in levels)


def test_a_log_opens_on_warnings_and_errors(boards: Opened) -> None:
    assert shown(boards) == of(*WARNINGS, *ERRORS)


def test_more_or_less_of_it_is_shown_when_that_is_picked(boards: Opened) -> None:
    default, errors, everything = config.LOG_LEVELS
    assert shown(boards, level=default) == of(*WARNINGS, *ERRORS)
    assert shown(boards, level=errors) == of(*ERRORS)
    assert shown(boards, level=everything) == of(*QUIET, *WARNINGS, *ERRORS)


@pytest.mark.parametrize("origin", config.LEVELS)
def test_one_log_is_read_alone(boards: Opened, origin: str) -> None:
    assert shown(boards, origin=origin) == of(*WARNINGS, *ERRORS, whose=(origin.upper(),))
