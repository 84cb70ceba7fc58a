"""What goes wrong in our handlers stays ours: Locust would fail the test for it."""

import logging

import pytest

from swarmscope.agent.contained import contained


def test_an_error_is_logged_with_its_place_and_not_handed_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @contained
    def on_start() -> None:
        raise ValueError("no room")

    with caplog.at_level(logging.ERROR):
        on_start()
    assert "swarmscope failed in on_start; the test runs on." in caplog.text
    assert "ValueError: no room" in caplog.text


def test_what_is_handed_to_a_handler_gets_there() -> None:
    got: list[object] = []

    @contained
    def on_stop(*given: object, **named: object) -> None:
        got.append((given, named))

    on_stop(1, environment="e")
    assert got == [((1,), {"environment": "e"})]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_process_ends_it(error: type[BaseException]) -> None:
    @contained
    def handler() -> None:
        raise error

    with pytest.raises(error):
        handler()
