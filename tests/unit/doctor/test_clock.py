"""Whether two clocks agree, of which one tells whole seconds."""

from datetime import UTC, datetime, timedelta

import pytest

from swarmscope.doctor.clock import check_clock
from swarmscope.doctor.finding import Level


def test_clocks_that_agree_are_fine() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    assert check_clock(now).level is Level.FINE


@pytest.mark.parametrize(("minutes", "side"), [(-60, "ahead of"), (60, "behind")])
def test_clocks_that_differ_are_said_with_what_to_do(minutes: int, side: str) -> None:
    found = check_clock(datetime.now(UTC) + timedelta(minutes=minutes))
    assert found.level is Level.WARNING
    assert f"s {side} the store's." in found.message
    assert "NTP" in found.remedy
