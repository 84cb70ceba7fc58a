"""What holds for all tests that run the code in their own process."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """Let no test's umask be the next one's: whoever writes a store keeps his process private."""
    before = os.umask(0o022)
    yield
    os.umask(before)
