"""Run locustfiles unchanged, embedded and in the stack's image: `python -m tests.examples`.

Without a file or folder: what docs/compatibility.md tells of, as far as --clones has it; that is
kept, and the document written. Else those, whose table is printed alone. Ends with 1 if something
differs that neither an audit nor the run's log names. EXAMPLES_KEEP=FOLDER keeps each run's logs.
"""

import argparse
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from swarmscope.store.http_reader import HttpReader
from tests.examples import alone, image, page, rows, samples, target
from tests.examples.play import Outcome, Play
from tests.examples.public import LOCUST, PLUGINS, PUBLIC
from tests.examples.rows import EMBEDDED, IMAGE, Row
from tests.examples.samples import Sample
from tests.examples.way import Way
from tests.fixtures import server_process
from tests.fixtures.stores import Store

_HOST = re.compile(r"(?:https?|wss?)://([a-z0-9-]+(?:\.[a-z0-9-]+)+)")


def hosts(chosen: Sequence[Sample]) -> list[str]:
    """Return the public hosts that *chosen* name, and those of the folders that they lie in."""
    files = {path for sample in chosen for path in (sample.file, *sample.file.parent.glob("*.py"))}
    named = {host for path in files for host in _HOST.findall(path.read_text(errors="replace"))}
    return sorted(host for host in named if not host.replace(".", "").isdigit())


def how(way: Way) -> str:
    """Return how a file was run, in words."""
    if way.program:
        return "as a library, distributed" if way.worker_program else "as a library"
    where = f"master, {way.workers} workers" if way.workers else "one process"
    return f"{where}{', with its page' if way.web else ''}, {way.users} users"


def row_of(sample: Sample, place: str, outcome: Outcome | None, why_not: str) -> Row:
    """Return what is kept of it."""
    known = (sample.part, sample.name, place)
    ran = (f"{datetime.now(UTC):%Y-%m-%d}", version("locust"))
    if outcome is None:
        return Row(*known, "", *ran, remark=why_not)
    with_what = ", ".join(f"`{need}`" for need in sample.way.needs)
    unsaid = [] if outcome.said else ["**differs**"]
    told = [f"with {with_what}"] if with_what else []
    told += [sample.way.remark] if sample.way.remark else []
    remarks = (*told, *unsaid, *outcome.remarks)
    return Row(
        *known,
        how(sample.way),
        *ran,
        fired=(outcome.fired, outcome.failed),
        stored=(outcome.stored, outcome.stored_failed),
        counted=outcome.locust,
        audit=outcome.verdict,
        remark="; ".join(remarks).replace("\n", " "),
        differs=not outcome.said,
    )


def run(chosen: Sequence[Sample], place: str, pod: str, url: str) -> int:
    """Play *chosen*, and keep what came of it; return how many differ without a word."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = hosts(chosen)
        addresses = sorted({one for sample in chosen for one in sample.way.addresses})
        alone.bring_up(folder, names, addresses)
        logs = Path(os.environ.get("EXAMPLES_KEEP") or folder).resolve() / place
        stored = image.store(url) if pod else _embedded(folder / "store")
        with target.serving(folder, names) as trusted, stored as store:
            made = partial(image.InImage, pod=pod) if pod else Play
            play = partial(made, store=store, trusted=trusted)
            played = [
                _played(sample, place, partial(play, run=f"example-{n}"), logs / f"{n}")
                for n, sample in enumerate(chosen)
            ]
    return sum(row.differs for row in played)


def _played(sample: Sample, place: str, play: Callable[..., Play], logs: Path) -> Row:
    way = sample.way
    why_not = way.not_in_the_image() if place == IMAGE else way.not_here
    outcome = None if why_not else play(sample.file, way, logs).play()
    row = row_of(sample, place, outcome, why_not)
    numbers = ("{:,} / {:,}".format(*pair) for pair in (row.fired, row.stored))
    cells = (row.name, row.how or "not run", *numbers, row.audit, row.remark)
    print(f"| {' | '.join(cells)} |", flush=True)  # noqa: T201
    if sample.part:
        rows.keep([row])
    return row


@contextmanager
def _embedded(folder: Path) -> Iterator[Store]:
    server = server_process.start(folder, "--no-host-metrics")
    try:
        with HttpReader(server.url) as reader:
            yield Store({"INFLUXDB_V2_URL": server.url}, reader)
    finally:
        server.end()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.examples", description=__doc__)
    add = parser.add_argument
    add("--clones", type=Path, metavar="FOLDER", help="has the repositories as OWNER/NAME")
    add(
        "--only", nargs="*", default=[], metavar="WORD", help="those with such a word in their name"
    )
    add("--image", action="store_true", help="in the stack's image, with an InfluxDB")
    add("--workers", type=int, default=0, help="run each with that many workers")
    add("--list", action="store_true", help="print the repositories and their commits")
    add("--needs", action="store_true", help="print what must be installed besides")
    add("given", nargs="*", type=Path, metavar="FILE", help="or a folder: these, and keep nothing")
    add(alone.INSIDE, action="store_true", help=argparse.SUPPRESS)
    add("--pod", default="", help=argparse.SUPPRESS)
    add("--influxdb", default="", help=argparse.SUPPRESS)
    return parser


def _chosen(options: argparse.Namespace, scratch: Path) -> list[Sample]:
    if options.given:
        found = list(samples.given([place.resolve() for place in options.given]))
    else:
        clones = (options.clones or scratch / "none").resolve()
        found = list(samples.of_document(clones, scratch))
    words = options.only
    chosen = [s for s in found if not words or any(w in f"{s.part}: {s.name}" for w in words)]
    if not chosen:
        raise SystemExit("No locustfile was found there. Nothing was run.")
    chosen = [samples.distributed(sample, options.workers) for sample in chosen]
    return list(map(image.in_the_image, chosen)) if options.image else chosen


def _outside(options: argparse.Namespace) -> int:
    lacking = samples.missing(options.clones) if options.clones else []
    if lacking:
        print(f"Not in {options.clones}: {', '.join(lacking)}.", file=sys.stderr)  # noqa: T201
    if not options.image:
        alone.enter(sys.argv[1:])
    with tempfile.TemporaryDirectory() as scratch:
        chosen = _chosen(options, Path(scratch))
        names = hosts(chosen)
    image.build()
    with image.pod(names) as pod:
        told = ("--pod", pod.name, "--influxdb", pod.influxdb)
        return alone.run_beside(pod.pid, [*told, *sys.argv[1:]])


def _inside(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        chosen = _chosen(options, Path(scratch))
        place = IMAGE if options.image else EMBEDDED
        differing = run(chosen, place, options.pod, options.influxdb)
    if not options.given:
        page.write()
    return 1 if differing else 0


def main() -> int:
    """Read the command line."""
    options = _parser().parse_args()
    if options.list:
        for one in (LOCUST, PLUGINS, *PUBLIC):
            print(one.name, one.commit)  # noqa: T201
        return 0
    if options.needs:
        print("\n".join(samples.needs()))  # noqa: T201
        return 0
    # A shell's job in the background ignores it, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return _inside(options) if options.inside else _outside(options)


if __name__ == "__main__":
    sys.exit(main())
