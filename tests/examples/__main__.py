"""Run public locustfiles unchanged: `python -m tests.examples FOLDER …` (or single files).

Prints a Markdown table of what they fired, by a witness outside of all listeners, and what is
stored. Ends with 1 if something differs that neither an audit nor the run's log names.
EXAMPLES_KEEP=FOLDER keeps each run's logs there.
"""

import argparse
import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.examples import alone, target
from tests.examples.catalogue import PART, Way, way_of
from tests.examples.play import Outcome, Play
from tests.fixtures import server_process

_HEAD = ("file", "how", "fired", "failed", "stored", "failed", "Locust's count", "audit", "remark")
_HOST = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)")


def locustfiles(given: list[Path]) -> Iterator[Path]:
    """Yield each Python file in *given* that has to do with Locust."""
    for place in given:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if way_of(path) is not PART and "locust" in path.read_text(errors="replace"):
                yield path


def hosts(paths: list[Path]) -> list[str]:
    """Return the public hosts that *paths* name."""
    named = {host for path in paths for host in _HOST.findall(path.read_text(errors="replace"))}
    return sorted(host for host in named if not host.replace(".", "").isdigit())


def how(way: Way) -> str:
    """Return how a file was run, in words."""
    if way.program:
        return "as a library, distributed" if way.worker_program else "as a library"
    where = f"master, {way.workers} workers" if way.workers else "one process"
    return f"{where}{', with its page' if way.web else ''}, {way.users} users"


def cells(name: str, way: Way, outcome: Outcome | None) -> list[str]:
    """Return a row of the table."""
    if outcome is None:
        return [f"`{name}`", "not run", *[""] * 6, way.not_here]
    locust = "" if outcome.locust is None else "{:,} / {:,}".format(*outcome.locust)
    unsaid = [] if outcome.said else ["**differs**"]
    numbers = (outcome.fired, outcome.failed, outcome.stored, outcome.stored_failed)
    remark = "; ".join((*unsaid, *outcome.remarks)).replace("|", "\\|").replace("\n", " ")
    texts = [f"{number:,}" for number in numbers]
    return [f"`{name}`", how(way), *texts, locust, outcome.verdict, remark]


def row(texts: list[str]) -> str:
    """Return *texts* as a line of Markdown."""
    return f"| {' | '.join(texts)} |"


def run(given: list[Path], workers: int) -> int:
    """Play all of it, and print the table as it grows."""
    paths = list(locustfiles(given))
    if not paths:
        raise SystemExit("No locustfile was found there.")
    differing = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = hosts(paths)
        alone.bring_up(folder, names)
        with target.serving(folder, names) as trusted:
            store = server_process.start(folder / "store", "--no-host-metrics")
            _print(row(list(_HEAD)), row(["---"] * len(_HEAD)))
            try:
                for number, path in enumerate(paths):
                    way = _with_workers(way_of(path), workers)
                    outcome = None
                    if not way.not_here:
                        kept = Path(os.environ.get("EXAMPLES_KEEP", folder))
                        place = kept / f"{number}-{path.stem}"
                        name = f"example-{number}"
                        playing = Play(path, way, place, store=store.url, run=name, trusted=trusted)
                        outcome = playing.play()
                        differing += not outcome.said
                    _print(row(cells(_short(path, given), way, outcome)))
            finally:
                store.end()
    return 1 if differing else 0


def _with_workers(way: Way, workers: int) -> Way:
    if way.program or not workers:
        return way
    return replace(way, workers=workers, users=max(way.users, 2 * workers))


def _short(path: Path, given: list[Path]) -> str:
    folders = [place if place.is_dir() else place.parent for place in given]
    return str(path.relative_to(next(top for top in folders if path.is_relative_to(top))))


def _print(*lines: str) -> None:
    print("\n".join(lines), flush=True)  # noqa: T201


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.examples", description=__doc__)
    parser.add_argument(alone.INSIDE, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=0, help="run each with that many workers")
    parser.add_argument("given", nargs="+", type=Path, metavar="FOLDER", help="or single files")
    options = parser.parse_args()
    if not options.inside:
        alone.enter(sys.argv[1:])
    # A shell's job in the background ignores it, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return run([place.resolve() for place in options.given], options.workers)


if __name__ == "__main__":
    sys.exit(main())
