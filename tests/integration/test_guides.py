"""The tutorial and the how-tos, followed word by word on a machine of their own, without Docker."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import guides, readme
from tests.fixtures.blocks import Block
from tests.fixtures.readme import Reader
from tests.fixtures.terminals import Terminals

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

VENV = Path(sys.executable).parents[1]
# Minutes are for who looks on.
SHORTER = {
    "--run-time 1m": "--run-time 8s",
    "--warm-up 10s": "--warm-up 3s",
    "--from 10s --to 40s": "--from 3s --to 6s",
    "DURATION=60": "DURATION=10",
    "warm_up: 10s": "warm_up: 3s",
    "warm_up: 30s": "warm_up: 3s",
    # On a busy machine the gate's own limits may be broken.
    "p95 < 800ms": "p95 < 60s",
    "max < 5s": "max < 60s",
    "Stage(30,": "Stage(4,",
    "Stage(60,": "Stage(6,",
}
FROM_NOTHING = (guides.TUTORIAL, guides.TAKEN_FOR_GRANTED, "docs/demo-shop.md")
"""The demo has a shop of its own, whose port is the one that the page names."""
DEAREST = (
    *("docs/ci.md", "docs/demo-shop.md", "docs/duet.md"),
    *("docs/how-to/runs.md", "docs/how-to/workers.md"),
)
"""Whose demos and runs are those of other pages and tests, with other faults and options."""
PAGES = [
    pytest.param(page, marks=pytest.mark.release) if page in DEAREST else page
    for page in guides.guides()
]


@pytest.fixture(scope="module")
def network() -> Iterator[tuple[str, ...]]:
    with readme.own_network() as inside:
        yield inside


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone; what is installed here is what `make demo` installs there."""
    folder = readme.clone(tmp_path_factory.mktemp("clone"))
    (folder / ".venv").symlink_to(VENV)
    Reader(folder, {"HOME": str(folder)}).types("make setup")
    return folder


def blocks_before(page: str) -> list[Block]:
    """Return what a reader of *page* has done before: for a how-to, what it takes for granted."""
    if page in FROM_NOTHING:
        return []
    (mine,) = (b for b in guides.blocks_of(guides.TUTORIAL) if b.said.get("file") == "mine.py")
    return [mine, *guides.blocks_of(guides.TAKEN_FOR_GRANTED)]


@pytest.mark.long_sample(3)
@pytest.mark.parametrize("page", PAGES)
def test_each_block_does_what_the_page_says(
    page: str, network: tuple[str, ...], prepared: Path, tmp_path: Path
) -> None:
    # As in a terminal that has been opened now.
    env = {
        "HOME": str(tmp_path),
        "DURATION": "10",
        "PATH": os.environ["PATH"].replace(f"{VENV}/bin:", ""),
    }
    with Terminals(prepared, tmp_path, env, network, SHORTER) as terminals:
        for block in blocks_before(page) + guides.blocks_of(page):
            if "docker" not in block.said:
                terminals.follow(block)
