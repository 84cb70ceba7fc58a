"""One stack for all these tests: a start takes half a minute."""

import secrets
from collections.abc import Iterator

import pytest
from tests.fixtures import compose
from tests.fixtures.compose import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    reason = compose.missing()
    if reason:
        pytest.skip(reason)
    scenario = "./tests/stack/scenarios/steady.py"
    started = Stack(f"test-{secrets.token_hex(3)}", {"LOCUSTFILE": scenario, "DEMO": "on"})
    try:
        started.up()
        yield started
    finally:
        started.remove()
