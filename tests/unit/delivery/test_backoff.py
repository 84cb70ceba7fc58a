"""Pauses grow while a store takes nothing, and follow what it asks for."""

import pytest

from swarmscope.delivery.backoff import BackOff


@pytest.fixture
def back_off() -> BackOff:
    return BackOff(1.0, 8.0)


def test_pauses_double_to_the_longest_and_differ_between_workers(back_off: BackOff) -> None:
    for longest in (1, 2, 4, 8, 8):
        assert longest / 2 <= back_off.pause() <= longest
    assert len({BackOff(1.0, 8.0).pause() for _ in range(20)}) > 1


def test_the_store_s_own_word_counts_but_not_for_hours(back_off: BackOff) -> None:
    assert 17.0 <= back_off.pause(17.0) <= 17.0 * 1.5
    assert 300.0 <= back_off.pause(86_400.0) <= 450.0


@pytest.mark.parametrize("asked", [1.0, 30.0])
def test_workers_that_a_store_sends_away_together_return_one_by_one_and_never_too_soon(
    asked: float,
) -> None:
    pauses = [BackOff(1.0, 8.0).pause(asked) for _ in range(100)]
    assert min(pauses) >= asked
    assert len(set(pauses)) == 100
    assert max(pauses) - min(pauses) > asked * 0.4


def test_after_a_success_the_first_pause_is_short_again(back_off: BackOff) -> None:
    for _ in range(5):
        back_off.pause()
    back_off.reset()
    assert back_off.pause() <= 1.0
