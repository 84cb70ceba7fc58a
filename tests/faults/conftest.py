"""Stores that the faults of one file share."""

from collections.abc import Iterator

import pytest
from tests.fixtures import stores
from tests.fixtures.stores import Store

pytest.register_assert_rewrite("tests.faults.catalogue", "tests.faults.scene")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stores.embedded(tmp_path_factory.mktemp("store")) as running:
        yield running
