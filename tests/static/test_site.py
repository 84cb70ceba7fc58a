"""The documentation as pages (`make docs-site`), looked at without the tool that builds it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from tests import pages

ROOT = Path(__file__).parents[2]


def nav() -> list[str]:
    """Return the pages of the nav, in its order."""
    return list(_leaves(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]))


def _leaves(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _leaves(inner)


def test_each_page_of_the_nav_exists_and_stands_there_once() -> None:
    assert [page for page in nav() if page not in pages.texts()] == []
    assert len(set(nav())) == len(nav())


def test_each_page_is_reached_from_the_nav() -> None:
    assert pages.unreachable(pages.texts(), nav()) == set()


def test_each_link_and_anchor_leads_somewhere() -> None:
    assert pages.broken(pages.texts(), pages.files()) == []


def test_broken_links_and_orphans_are_found() -> None:
    made = {
        "README.md": "[a](docs/a.md#all-of-it) [b](docs/b.md) [c](docs/a.md#none) [d](docs/x.png)",
        "docs/a.md": "# All of `it`\n\n[up](../README.md) [here](#nowhere) [web](https://a.b/c)",
        "docs/alone.md": "    [in code](docs/z.md) `[y](y.md)`\n",
    }
    assert pages.broken(made, [*made, "docs/x.png"]) == [
        "README.md: docs/b.md",
        "README.md: docs/a.md#none",
        "docs/a.md: docs/a.md#nowhere",
    ]
    assert pages.unreachable(made, ["README.md"]) == {"docs/alone.md"}
