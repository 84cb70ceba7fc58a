"""``python -m dashboards build [--check]``: write boards and alert rules, or say which is old."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import alerts
from dashboards.boards import (
    compare,
    endpoints,
    failures,
    generators,
    hosts,
    overlay,
    runbooks,
    runs,
    trend,
)

ROOT = Path(__file__).parents[1]
BOARDS: dict[str, Callable[[], Dashboard]] = {
    "runs": runs.board,
    "overlay": overlay.board,
    "endpoints": endpoints.board,
    "failures": failures.board,
    "generators": generators.board,
    "hosts": hosts.board,
    "compare": compare.board,
    "trend": trend.board,
    "runbooks": runbooks.board,
}
_JSON = Path("dashboards") / "json"
_ALERTS = Path("grafana") / "provisioning" / "alerting" / "rules.json"


def text(made: object) -> str:
    """Return *made* as it is committed: the same bytes for the same code."""
    return json.dumps(made, cls=JSONEncoder, indent=2, sort_keys=True) + "\n"


def generated() -> Iterator[tuple[Path, str]]:
    """Yield every generated file's path from the repository's root, and its text."""
    for name, board in BOARDS.items():
        yield _JSON / f"{name}.json", text(board().build())
    yield _ALERTS, text(alerts.provisioning())


def build(root: Path = ROOT) -> None:
    """Write every board and the alert rules below *root*."""
    for path, content in generated():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, encoding="utf-8")


def stale(root: Path = ROOT) -> list[str]:
    """Name the files below *root* that aren't what the code says."""
    wanted = dict(generated())
    there = [*(root / _JSON).glob("*.json"), *(root / _ALERTS.parent).glob("*.json")]
    found = {path.relative_to(root): path.read_text(encoding="utf-8") for path in there}
    return sorted(
        str(path) for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path)
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
            f"Not as the code says: {', '.join(differing)}. "
            "Run `make dashboards`, and commit what it writes.",
            file=sys.stderr,
        )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
