"""What workers tell of themselves, and what there is to doubt then."""

import pytest

from swarmscope.gate.crew import Crew, Move
from swarmscope.recording.reports import Report
from swarmscope.recording.tally import Tally
from swarmscope.runs.generators import Strain


def crew(*seconds: tuple[int, float, float]) -> Crew:
    found = Crew()
    told = [(second, cpu, lag, 3.0) for second, cpu, lag in seconds]
    tally = Tally()
    tally.timed = 1
    found.hear("a", Report("r", 1, windows=[(1, tally)], health=told, arrivals=(10, 2, 1)))
    return found


@pytest.mark.parametrize(
    ("late", "strain"),
    [
        ((91.0, 0.0), Strain.SATURATED),
        ((90.0, 100.0), Strain.KEPT_UP),
        ((0.0, 101.0), Strain.SATURATED),
    ],
)
def test_a_worker_over_a_limit_is_saturated(late: tuple[float, float], strain: Strain) -> None:
    found = crew(*((second, *late) for second in (50, 51)), *((n, 1, 1) for n in range(10)))
    judged = found.generators({"a": "worker-0"}, [])
    assert judged.strain is strain
    assert judged.each[0].seconds == 12
    assert judged.timed


@pytest.mark.parametrize(
    ("moves", "spawning"),
    [
        ([], 0),
        ([Move(52)], 2),
        ([Move(53)], 1),
        ([Move(48)], 0),
        ([Move(45, 4)], 1),
        ([Move(45, 5)], 2),
    ],
)
def test_a_loop_that_is_late_while_users_come_is_excused(moves: list[Move], spawning: int) -> None:
    found = crew((50, 0.0, 101.0), (51, 0.0, 101.0))
    assert found.generators({"a": "worker-0"}, moves).each[0].spawning == spawning
    busy = crew((50, 91.0, 101.0), (51, 91.0, 101.0))
    assert busy.generators({"a": "worker-0"}, moves).each[0].spawning == 0


def test_what_a_master_tells_of_itself_is_none_of_a_generator() -> None:
    found = crew((50, 99.0, 0.0))
    assert found.generators({}, []).strain is Strain.UNKNOWN
    assert (found.clock_error_ms, found.arrivals.line()) == (
        3.0,
        "10 due · 8 begun · 2 dropped (20 %) · 1 late",
    )
