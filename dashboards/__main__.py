"""``python -m dashboards build [--check]``: write the boards' JSON, or say which is out of date."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import overlay

FOLDER = Path(__file__).parent / "json"
BOARDS: dict[str, Callable[[], Dashboard]] = {"overlay": overlay.board}


def text(board: Dashboard) -> str:
    """Return *board* as it is committed: the same bytes for the same code."""
    return json.dumps(board.build(), cls=JSONEncoder, indent=2, sort_keys=True) + "\n"


def build(folder: Path = FOLDER) -> None:
    """Write every board into *folder*."""
    for name, board in BOARDS.items():
        (folder / f"{name}.json").write_text(text(board()), encoding="utf-8")


def stale(folder: Path = FOLDER) -> list[str]:
    """Name the files in *folder* that aren't what the code says."""
    wanted = {f"{name}.json": text(board()) for name, board in BOARDS.items()}
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )


def main() -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__)
    parser.add_argument("command", choices=["build"])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    if not parser.parse_args().check:
        build()
        return 0
    differing = stale()
    if differing:
        print(  # noqa: T201
            f"Not as the code says: {', '.join(differing)} in dashboards/json. "
            "Run `make dashboards`, and commit what it writes.",
            file=sys.stderr,
        )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
