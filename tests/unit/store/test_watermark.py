"""Up to when all of a run that goes on is stored."""

import pytest

from swarmscope.store.watermark import FINISHED, SETTLED_MS, watermark

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("ago_ms", "until_ms"),
    [
        ([300], 300),
        ([300, 1_300], 1_300),
        # One that was killed isn't waited for any more.
        ([300, 1_300, 4_400], 1_300),
        ([300, 1_300, 4_300], 4_300),
        # Clocks that are ahead say nothing of the others.
        ([-300_000, 300], 300),
        ([-2_000, 300], 300),
        # All of them may be behind, or ahead.
        ([20_300, 21_300], 21_300),
        ([-20_000, -21_000], -20_000),
        # More than twenty send several seconds together.
        ([300] * 20 + [5_000], 5_000),
        ([300] * 200 + [13_300], 13_300),
        ([300] * 200 + [13_301], 300),
        ([], SETTLED_MS),
    ],
)
def test_all_is_stored_up_to_the_newest_point_of_the_worker_that_is_furthest_behind(
    ago_ms: list[int], until_ms: int
) -> None:
    assert watermark([NOW - ms for ms in ago_ms], NOW) == NOW - until_ms


def test_who_has_finished_is_not_waited_for_and_where_all_have_nothing_is_missing() -> None:
    assert watermark([FINISHED, NOW - 300], NOW) == NOW - 300
    assert watermark([FINISHED] * 30 + [NOW - 300, NOW - 4_400], NOW) == NOW - 300
    # Also of workers whose clocks are behind.
    assert watermark([FINISHED, NOW - 20_300], NOW) == NOW - 20_300
    assert watermark([FINISHED, FINISHED], NOW) == FINISHED
