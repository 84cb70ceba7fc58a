"""What is said seldom is said at once, and then not again for its time."""

from swarmscope.seldom import Seldom


def test_it_is_due_at_once_and_then_for_its_time_no_more() -> None:
    hourly = Seldom(3_600)
    assert [hourly.due() for _ in range(3)] == [True, False, False]


def test_when_its_time_is_over_it_is_due_again() -> None:
    always = Seldom(0)
    assert [always.due() for _ in range(3)] == [True, True, True]
