"""One stack for all these tests: a start takes half a minute."""

from collections.abc import Generator, Iterator

import pytest
from tests.fixtures import compose
from tests.fixtures.compose import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    yield from compose.running({})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what master and workers said: after a test that failed, their containers are removed."""
    report = yield
    running = item.funcargs.get("stack")
    if report.failed and isinstance(running, Stack):
        services = ("locust-master", "locust-worker")
        # Whatever broke the stack may break this as well: the test's own failure is what counts.
        log = running.compose("logs", "--no-color", "--tail", "150", *services, check=False)
        report.sections.append(("master and workers", log))
    return report
