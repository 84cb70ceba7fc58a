"""What tests of stores have in common."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _own_umask() -> Iterator[None]:
    """Take back what keeps others out of a store's files: other tests share this process."""
    umask = os.umask(0o022)
    yield
    os.umask(umask)
