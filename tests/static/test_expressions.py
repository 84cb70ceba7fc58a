"""Regular expressions mean the same in every Python that we run on."""

import re

from tests.fixtures.grafana import ROOT

POSSESSIVE_GROUP = re.compile(r"(?<!\\)(?:\)|\{[A-Z_]+\})[*+?]\+")


def test_no_group_is_repeated_possessively() -> None:
    """Python before 3.11.5 takes a part of what it should leave (python/cpython#106052)."""
    found = [
        (path.name, line)
        for path in (ROOT / "locust" / "swarmscope").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if POSSESSIVE_GROUP.search(line)
    ]
    assert found == []
    assert POSSESSIVE_GROUP.search("(?:ab?c)*+")
