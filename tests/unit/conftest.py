"""What holds for all tests that run the code in their own process."""

import os
from collections.abc import Iterator

import pytest

# Locust must not monkey-patch this process, which other tests share.
os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"
import locust  # noqa: F401

# Locust processes that tests start are to be patched as ever.
del os.environ["LOCUST_SKIP_MONKEY_PATCH"]


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """Let no test's umask be the next one's: whoever writes a store keeps his process private."""
    before = os.umask(0o022)
    yield
    os.umask(before)
