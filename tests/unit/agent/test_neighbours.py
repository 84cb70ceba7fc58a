"""Several Environments in one process: what is said when the second comes."""

from typing import Any

import pytest
from locust.env import Environment
from locust.event import Events

from swarmscope.agent.neighbours import only_of, settle_in
from swarmscope.settings import Settings


def settled(caplog: pytest.LogCaptureFixture, run_id: str | None, *events: Events) -> list[str]:
    """Return what is said when Environments with *events* are recorded."""
    here = [Environment(events=one) for one in events]
    for environment in here:
        environment.create_local_runner()
        settle_in(environment, Settings(run_id=run_id))
    return list(caplog.messages)


def test_one_alone_is_told_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert settled(caplog, None, Events()) == []


def test_two_with_events_of_their_own_are_told_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert settled(caplog, None, Events(), Events()) == []


def test_shared_events_are_told_of(caplog: pytest.LogCaptureFixture) -> None:
    shared = Events()
    (said,) = settled(caplog, None, shared, shared)
    assert "every request counts for both" in said
    assert "leave events= out" in said


def test_a_fixed_name_for_several_runs_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    # Once or twice: tests before this one may have left Environments of theirs.
    said = settled(caplog, "mine", Events(), Events())[-1]
    assert "is named mine, as SWARMSCOPE_RUN_ID has it, and further ones mine-2, mine-3" in said


def test_a_handler_hears_of_its_own_environment_alone() -> None:
    heard: list[str] = []
    ours, theirs = Environment(), Environment()
    handler: Any = only_of(ours, lambda: heard.append("heard"))
    handler(environment=theirs)
    assert heard == []
    handler(environment=ours)
    handler()
    assert heard == ["heard", "heard"]
