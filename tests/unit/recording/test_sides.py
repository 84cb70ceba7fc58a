"""Sides in the names of requests."""

import pytest

from swarmscope.recording.endpoint import endpoint_key
from swarmscope.recording.sides import named, parted


@pytest.mark.parametrize("name", ["/items", "", "a @B", "GET /x @A", " "])
@pytest.mark.parametrize("side", ["A", "B"])
def test_a_name_and_its_side_come_back(name: str, side: str) -> None:
    assert parted(named(name, side)) == (name, side)


@pytest.mark.parametrize("name", ["/items", "mail@A", "/items @C", "/items @A ", "@A", ""])
def test_a_name_without_a_side_has_none(name: str) -> None:
    assert parted(name) == (name, "")


def test_a_side_survives_templates_and_long_names() -> None:
    """What makes endpoints of names must not make one of two sides."""
    for side in ("A", "B"):
        assert (
            endpoint_key(f"/item/8731 @{side}", "GET", template=True)[0] == f"/item/[id]\\ @{side}"
        )
        long, _ = endpoint_key(f"{'x' * 5_000} @{side}", "GET")
        assert long.endswith(f"…\\ @{side}")
        assert endpoint_key(f"back\\ @{side}", "GET")[0] == f"back\\ @{side}"
        assert endpoint_key(f" @{side}", "GET")[0] == f"(unnamed)\\ @{side}"
