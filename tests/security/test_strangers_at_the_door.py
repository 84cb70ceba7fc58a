"""Who has no token and says nothing takes places at the gateway's door, and none of a machine's."""

import logging

import pytest
from tests.fixtures.doors import Way, hears, way
from tests.fixtures.gateways import until

_PLACES = 20


def gone(there: Way) -> None:
    """Wait until those who lost their places are gone."""
    until(
        lambda: len(there.door.clients) == _PLACES, lambda: f"{len(there.door.clients)} are there"
    )


def test_silent_connections_keep_nobody_out() -> None:
    with way(_PLACES) as there:
        for _ in range(3):
            for _ in range(2 * _PLACES):
                there.come()
            assert hears(there.come("127.0.0.2"))


def test_no_stranger_takes_the_place_of_a_machine_with_fewer() -> None:
    with way(_PLACES) as there:
        machines = [there.come(f"127.0.0.{number}") for number in range(2, 8)]
        assert all(map(hears, machines))
        for number in range(5 * _PLACES):
            there.come(("127.0.0.8", "127.0.0.9")[number % 2])
        gone(there)
        assert all(map(hears, machines))


def test_a_machine_that_writes_keeps_its_place_among_strangers_of_its_own_address() -> None:
    """As all are where Docker hides who comes: rootless, on a desktop, by IPv6."""
    with way(_PLACES) as there:
        machine = there.come()
        for _ in range(5):
            assert hears(machine)
            for _ in range(_PLACES - 1):
                there.come()
        assert hears(machine)


def test_who_drips_loses_his_own_places() -> None:
    with way(_PLACES) as there:
        machine = there.come("127.0.0.2")
        assert hears(machine)
        dripping = [there.come() for _ in range(_PLACES - 1)]
        for number in range(3, 6):
            assert hears(there.come(f"127.0.0.{number}"))
            assert sum(map(hears, dripping)) == _PLACES + 1 - number
        assert hears(machine)


def test_who_opens_too_many_at_once_is_shown_out_and_others_are_not() -> None:
    with way(_PLACES, knocks=5) as there:
        came = [hears(there.come()) for _ in range(10 * 5)]
        assert came[:5] == [True] * 5
        assert not all(came)
        assert hears(there.come("127.0.0.2"))


def test_that_places_were_taken_is_said_once_and_by_whom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING), way(_PLACES) as there:
        for _ in range(_PLACES + 5):
            there.come("127.0.0.9")
        gone(there)
        assert hears(there.come())
    assert len(caplog.messages) == 1
    assert "All 20 places are taken, 20 of them by 127.0.0.9." in caplog.messages[0]
