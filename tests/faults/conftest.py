"""The faults of one file are played beside each other: they wait for most of their time."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

pytest.register_assert_rewrite(
    *(f"tests.faults.{name}" for name in ("boards", "fault", "masters", "plays", "scene", "stage"))
)

from tests.faults.fault import Fault  # noqa: E402 - rewritten only if it is imported now
from tests.faults.stage import play  # noqa: E402
from tests.fixtures import stores  # noqa: E402
from tests.fixtures.stores import Store  # noqa: E402

AT_ONCE = 3


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store for the faults that are not about it."""
    with stores.embedded(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture(scope="module")
def played(
    request: pytest.FixtureRequest, shared: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, "Future[object]"]]:
    """Every fault of this file that was asked for, being played."""
    asked = [
        item.callspec.params["fault"]
        for item in request.session.items
        if item.path == request.path and hasattr(item, "callspec")
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            fault.name: pool.submit(play, fault, tmp_path_factory.mktemp("fault"), shared)
            for fault in asked
        }


def ids(fault: Fault) -> str:
    """Name a test after its fault."""
    return fault.name.replace(" ", "-").replace("'", "")
