"""Nobody is told to install swarmscope by its name alone: an index decides whose that is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("docs", "locust", "scripts", "dashboards", ".github", ".gitlab", "telegraf", "grafana")
KINDS = {".md", ".py", ".sh", ".yml", ".yaml", ".toml", ".html", ".js", ".json", ""}
_INSTALL = re.compile(r"\bpip3? install\s(?:\\\n|[^`\n])*")
_BY_NAME = re.compile(r"(?<![\w/.$-])swarmscope(?:\[[\w,]*\])?(?![\w/\[-]|\.\w| *@)")


def by_name(text: str) -> list[str]:
    """Return the commands in *text* that install swarmscope from whatever index is asked."""
    return [one for one in _INSTALL.findall(text) if _BY_NAME.search(one)]


def texts() -> Iterator[Path]:
    """Yield the files that say or do something to users."""
    yield from ROOT.glob("*.md")
    yield ROOT / "Makefile"
    for place in PLACES:
        files = (path for path in (ROOT / place).rglob("*") if path.suffix in KINDS)
        yield from (path for path in files if path.is_file() and "__pycache__" not in path.parts)


@pytest.mark.parametrize(
    "text",
    [
        "pip install swarmscope",
        "`.venv/bin/pip install 'swarmscope[cli]'`",
        'pip install --quiet "swarmscope[cli,init]>=1"',
        "pip3 install locust \\\n  swarmscope",
        "pip install -U swarmscope==1.0",
        "First pip install swarmscope.",
    ],
)
def test_a_name_alone_is_found(text: str) -> None:
    assert by_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "pip install '/path/to/swarmscope[cli]'",
        "pip install ./swarmscope",
        'pip install "swarmscope[cli] @ git+https://example.org/swarmscope@abc"',
        "`pip install pyyaml`, which swarmscope reads files with",
        'pip install "$SWARMSCOPE"',
        "pip install swarmscope-0.1.0-py3-none-any.whl",
    ],
)
def test_what_names_its_place_is_fine(text: str) -> None:
    assert not by_name(text)


def test_nothing_installs_it_by_its_name_alone() -> None:
    read = list(texts())
    assert ROOT / "locust/swarmscope/starter/templates/README.md" in read
    found = {
        str(path.relative_to(ROOT)): commands
        for path in read
        if (commands := by_name(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}
