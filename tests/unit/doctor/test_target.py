"""The host under test, as the environment has it."""

import pytest

from swarmscope.doctor.finding import Level
from swarmscope.doctor.target import check_target


def test_without_a_host_there_is_nothing_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCUST_HOST", raising=False)
    assert list(check_target()) == []


def test_a_host_without_a_scheme_is_said_with_what_may_be_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOCUST_HOST", "me:secret@staging.example")
    (found,) = check_target()
    assert found.level is Level.WARNING
    assert found.message == (
        "LOCUST_HOST is 'staging.example', which has no scheme: perhaps https://staging.example?"
    )
    assert "HttpUser" in found.remedy


def test_a_host_with_one_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUST_HOST", "https://me:secret@staging.example")
    (found,) = check_target()
    assert (found.level, found.message) == (Level.FINE, "LOCUST_HOST has a scheme.")
