"""Past six hours the six numbers above a board come from minutes, and lose no request."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from dashboards import config, figures
from tests.fixtures import newer_run, older_run
from tests.fixtures.influxd import Influx
from tests.fixtures.older_run import RUN
from tests.fixtures.opened import Opened

from swarmscope import schema

HOUR_MS = 3_600_000
LONG = [config.BY_MINUTES_S / 3_600 + 1, 24]
LAST = newer_run.seconds()[-1]
KILLED = older_run.requests()[0].worker


def stocked(influx: Influx, seconds: Sequence[str], minutes: Sequence[str]) -> Opened:
    name = secrets.token_hex(4)
    raw, long = influx.make_bucket(name), influx.make_bucket(f"{name}_minutes")
    influx.write(raw, [*newer_run.lines(), *seconds])
    influx.write(long, list(minutes))
    return Opened(influx, raw, long, older_run.RANGE_MS)


def minutes(*, without_the_last_of: str = "") -> list[str]:
    """Return what workers wrote by minutes; one that is killed never writes the last."""
    (text,) = older_run.lines(schema.BUCKET_LONG)
    written = text.splitlines()
    theirs = [line for line in written if f"worker={without_the_last_of}" in line]
    last = max((line.rpartition(" ")[2] for line in theirs), default="")
    lost = {line for line in theirs if line.endswith(f" {last}")} if without_the_last_of else set()
    return [line for line in written if line not in lost]


def numbers(opened: Opened, hours: float = 0) -> dict[str, Any]:
    """Return the six numbers of a range that begins with the run's first second."""
    begin = older_run.FIRST * 1_000
    stop = begin + hours * HOUR_MS if hours else older_run.RANGE_MS[1]
    opened = replace(opened, range_ms=(begin, int(stop)))
    (row,) = opened.panel("overlay", figures.TITLE, run=RUN)
    return {name: row[name] for name in ("a_requests", "b_rate", "c_p95", "d_failed")}


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("hours", LONG)
def test_the_minute_in_which_a_range_begins_is_read_whole(influx: Influx, hours: float) -> None:
    """*Whole run* begins within one: of a run of a day that minute was missing."""
    opened = stocked(influx, [], minutes())
    found, right = numbers(opened, hours), numbers(opened)
    assert right["a_requests"] == len(older_run.requests())
    # Minutes have buckets of 4 %.
    assert found == pytest.approx(right, rel=0.04)
    assert (found["a_requests"], found["d_failed"]) == (right["a_requests"], right["d_failed"])


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("hours", LONG)
def test_where_a_worker_never_wrote_its_minute_the_run_s_summary_tells(
    influx: Influx, hours: float
) -> None:
    written = minutes(without_the_last_of=KILLED)
    assert len(written) < len(minutes())
    opened = stocked(influx, newer_run.summary(LAST), written)
    assert numbers(opened, hours) == pytest.approx(numbers(opened), rel=1e-8)
