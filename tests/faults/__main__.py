"""`make faults`: the whole table at full length, on each store; writes docs/reliability.md.

ONLY='two runs of one name' plays those alone, and leaves all else on the page as it is.
"""

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from tests.faults import again, fooling, killable
from tests.faults.catalogue import ALL, NETWORK, STORES, UNDISTURBED
from tests.faults.fault import Fault, Result
from tests.faults.fooling import Played
from tests.faults.scene import RATE, USERS
from tests.faults.stage import play
from tests.faults.ways import Way
from tests.fixtures import influxd
from tests.fixtures.stores import Store

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
AT_ONCE = 4
TOLERANCE = 0.01
"""By how much the number of requests of a paced load may differ from an undisturbed run's."""


@dataclass
class Row:
    """One fault on one store; *broken* says what was not as it must be."""

    fault: Fault
    store: str
    result: Result | None
    broken: str = ""
    baseline: float | None = None
    """The rate of the undisturbed run beside it, if it had one of its own."""

    def ratio(self, baselines: dict[float, float]) -> float | None:
        """Return the rate of requests against that of an undisturbed run of the same length."""
        if self.result is None or not self.result.paced:
            return None
        baseline = self.baseline or baselines.get(self.result.seconds)
        return self.result.rate / baseline if baseline else None

    def cells(self, baselines: dict[float, float]) -> list[str]:
        """Return the row as the table has it."""
        if self.result is None:
            return [self.fault.name, self.fault.done, self.store, *([""] * 8), self.broken]
        r = self.result
        ratio = self.ratio(baselines)
        words = r.audits[0].line() if len(r.audits) == 1 else f"{len(r.audits)} times complete"
        return [
            self.fault.name,
            self.fault.done,
            self.store,
            f"{self.fault.long:g} s",
            f"{r.seen:,}",
            f"{r.stored:,}",
            f"{r.total('lost'):,}",
            f"{r.unaccounted:,}",
            f"{r.peak_mib:.0f}",
            "" if ratio is None else f"{100 * ratio:.1f} %",
            r.shown,
            self.broken or words,
        ]


_HEAD = (
    "fault",
    "what was done",
    "store",
    "for",
    "requests seen",
    "stored",
    "lost",
    "unaccounted",
    "memory peak, MiB",
    "rate, of undisturbed",
    "boards read",
    "the audit",
)
_TEXT = """\
<!-- Written by `make faults`: run it again instead of editing. -->

# Reliability

Each fault is done to real processes under load: Locust with {users} users of {rate:g} requests a
second each (against a target that counts for itself), the listener, and a store behind a proxy that
misbehaves. A witness in the worker, apart from the listener, writes each request to a file at once;
*requests seen* is its count. *Stored* is what the store adds up to afterwards, *unaccounted* is
what is neither stored nor in the workers' own accounts as rejected, lost or pending. *Memory peak*
is the largest of the run's worker processes. *Rate* is the run's requests a second against those of
a run that nothing disturbs, where the load is paced and the fault takes no worker away; it must lie
within {tolerance:.0%}. Other programs on the machine move it as well: a row that
is off is played once more by itself, beside an undisturbed run of its own{again}.

A worker that is killed takes up to a second of its own with it, of the histograms of its endpoints
up to ten, and the requests of the second that its last tick had not taken: they are in no account,
which is why the audit names the worker and doesn't call the run complete. Everything else loses
nothing: of a spool that another program overwrites, cuts off or removes the worker has the last
2 MiB in memory, and only what is neither there nor on disk any more is counted as lost.

*Boards read* says what Grafana's boards draw and what their tables are made of: what the master
merged and summed up, which is quick, or the workers' own points. Whatever they read, they must show
every request that is stored, by endpoint, the last one as well, or all that the witness saw. Of the
faults of masters that is asked twice: at the end, and when the rest of the points has come.

A bucket that is missing, full, slow or closed to the token holds up neither the others nor the end
of a run: what waits for it stays in the spool, which is said, and is sent when the bucket takes it.

{when};
{at_once} of these load tests ran at a time.

{table}
{verdict}
{ways}"""


def attempt(fault: Fault, name: str, shared: Store, folder: Path, number: int) -> Row:
    """Play *fault* at full length; what breaks becomes a row as well."""
    place = folder / f"{name}-{number}"
    place.mkdir()
    own = name == "influxd" and fault.kills_store
    try:
        row = Row(fault, name, play(fault, place, shared, long=True, influxdb=own))
    except Exception as error:  # noqa: BLE001 - it is told in the table, and by the exit code
        row = Row(fault, name, None, f"**{' '.join(str(error).split())[:300]}**")
    with _PRINTING:
        told = f"{name:9} {fault.name} ({fault.long:g} s): {row.broken or 'as it must be'}"
        print(told, flush=True)  # noqa: T201
    return row


_PRINTING = threading.Lock()


@dataclass(frozen=True)
class All:
    """Everything that was played."""

    rows: list[Row]
    baselines: dict[float, float]
    again: int
    ways: list[tuple[Way, Played]]

    @property
    def broken(self) -> int:
        """How many rows are not as they must be."""
        return sum(bool(row.broken) for row in self.rows)

    @property
    def fooled(self) -> int:
        """How many ways led past the audit."""
        return sum(bool(came.wrong(way)) for way, came in self.ways)


def play_all(folder: Path, only: Sequence[str] = ()) -> All:
    """Play everything, several faults at a time, after the undisturbed runs; or *only* some."""
    wanted = [fault for fault in ALL if not only or fault.name in only]
    with ExitStack() as stack:
        places = {name: folder / f"{name}-store" for name in ("embedded", "influxd")}
        for place in places.values():
            place.mkdir()
        shared = {"embedded": stack.enter_context(killable.embedded(places["embedded"]))[0]}
        if shutil.which("influxd"):
            shared["influxd"] = stack.enter_context(killable.influxdb(places["influxd"]))[0]
        paced = {fault.long for fault in (*NETWORK, *STORES)}
        lengths = sorted(paced & {fault.long for fault in wanted})
        jobs = [(replace(UNDISTURBED, long=length), "embedded") for length in lengths]
        jobs += [
            (fault, name)
            for name in shared
            for fault in wanted
            if not (fault.store_clock_s if name == "influxd" else fault.on_boards)
        ]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            rows = list(
                pool.map(
                    lambda job, number: attempt(job[0], job[1], shared[job[1]], folder, number),
                    jobs,
                    range(len(jobs)),
                )
            )
        baselines = {r.fault.long: r.result.rate for r in rows[: len(lengths)] if r.result}
        repeated = 0
        for number, row in enumerate(rows):
            if off(row, baselines):
                repeated += 1
                rows[number] = replayed(row, shared[row.store], folder, len(jobs) + number)
        ways = [] if only else list(fooling.play_all(shared["embedded"], folder))
    return All(rows, baselines, repeated, ways)


def replayed(row: Row, shared: Store, folder: Path, number: int) -> Row:
    """Play *row* again, and beside it an undisturbed run: whatever slows one slows both."""
    calm = replace(UNDISTURBED, long=row.fault.long)
    with ThreadPoolExecutor(2) as pool:
        beside = pool.submit(attempt, calm, row.store, shared, folder, 1_000 + number)
        second = attempt(row.fault, row.store, shared, folder, number)
        baseline = beside.result().result
    second.baseline = baseline.rate if baseline else None
    ratio = second.ratio({})
    if ratio is not None and abs(ratio - 1) > TOLERANCE:
        second.broken = f"**{100 * ratio:.1f} % of the undisturbed rate**"
    return second


def off(row: Row, baselines: dict[float, float]) -> bool:
    """Whether the load of *row* was disturbed."""
    ratio = row.ratio(baselines)
    return ratio is not None and abs(ratio - 1) > TOLERANCE


def document(played: All) -> str:
    """Return docs/reliability.md."""
    cells = (row.cells(played.baselines) for row in played.rows)
    lines = [_HEAD, ["---"] * len(_HEAD), *cells]
    return _TEXT.format(
        users=USERS,
        rate=RATE,
        tolerance=TOLERANCE,
        when=_when(),
        at_once=AT_ONCE,
        again=f" (this time {played.again} of {len(played.rows)})" if played.again else "",
        table="\n".join(f"| {' | '.join(cells)} |" for cells in lines),
        verdict=again.told(played.broken),
        ways=fooling.section(played.ways),
    )


def _when() -> str:
    real = f", InfluxDB {_influxd_version()}" if shutil.which("influxd") else ""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} processors ({platform.machine()}), "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.system()}. "
        f"Locust {version('locust')}, Python {platform.python_version()}{real}"
    )


def _influxd_version() -> str:
    said = subprocess.run(["influxd", "version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[1].removeprefix("v")


def main(only: Sequence[str]) -> int:
    """Play the table, or *only* these faults of it, and write it; return the exit code."""
    if not shutil.which("influxd"):
        print(influxd.MISSING, file=sys.stderr)  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        played = play_all(Path(folder), only)
    if only:
        rows = [row.cells(played.baselines) for row in played.rows if row.fault.name in only]
        page = again.renewed(DOCUMENT.read_text(encoding="utf-8"), rows, _when())
    else:
        page = document(played)
    DOCUMENT.write_text(page, encoding="utf-8")
    return int(bool(played.broken or played.fooled))


def _arguments() -> Sequence[str]:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="ONLY", help="names of faults, as the page has")
    only: list[str] = parser.parse_args().only
    if unknown := sorted(set(only) - {fault.name for fault in ALL}):
        parser.error(f"no fault is called {', '.join(unknown)}: docs/reliability.md has them all")
    return only


if __name__ == "__main__":
    sys.exit(main(_arguments()))
