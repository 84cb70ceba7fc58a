"""What a greenlet's request began late is taken once."""

import gevent

from swarmscope.load import lateness


def test_an_iteration_s_first_request_takes_it_and_no_other() -> None:
    def work() -> list[float | None]:
        before = lateness.take()
        lateness.begin(0.0)  # due as the machine started
        return [before, lateness.take(), lateness.take()]

    before, first, second = gevent.spawn(work).get()
    assert before is None, "nobody said when it should begin"
    assert first is not None
    assert first > 1_000
    assert second == 0.0


def test_what_begins_before_it_is_due_is_not_late() -> None:
    def work() -> float | None:
        lateness.begin(float("inf"))
        return lateness.take()

    assert gevent.spawn(work).get() == 0.0


def test_a_user_s_requests_before_its_first_iteration_are_in_time() -> None:
    user = gevent.Greenlet(lambda: [lateness.take(), lateness.take()])
    lateness.expect(user).start()
    assert user.get() == [0.0, 0.0]
