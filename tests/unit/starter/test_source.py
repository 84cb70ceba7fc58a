"""What is known of a request: whether it may be sent as often as one likes."""

import pytest

from swarmscope.starter.source import METHODS, Call


@pytest.mark.parametrize("method", METHODS)
def test_only_what_changes_nothing_reads(method: str) -> None:
    assert Call(method, ["/"], "/").reads == (method in {"GET", "HEAD", "OPTIONS"})


def test_what_wants_a_body_needs_thought() -> None:
    assert not Call("GET", ["/"], "/", needs_body=True).reads
