"""What a soak found, judged; and docs/soak.md, of the newest."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Any

from tests.bench.machine import ROOT, described
from tests.bench.soak.memory import LIMIT_MB_AN_HOUR, MB, Growth, growth, memory_of

RESULTS = ROOT / "bench" / "results" / "soak"
DOCUMENT = ROOT / "docs" / "soak.md"
_COUNTS = {
    "users": "requests that the workers' users were told of",
    "locust": "Locust's own count, on the master",
    "stored": "stored, in the points of seconds",
    "raw": "stored, each by itself",
    "lines": "lines of single requests in the collector's file",
}
_HEAD = f"""\
<!-- Written by `make soak`: run it again instead of editing. -->

# Soak

Whether a test can run for hours: `make soak` lets a real one run, a master and its workers against
a small server, with the embedded store and the log collector, all on one machine and on loopback.
Single requests are on (`SWARMSCOPE_RAW_REQUESTS=on`), there are 60 endpoints, 2 % of the requests
fail with a text of their own, and somebody has a page open. `make soak MINUTES=20` is a shorter
one, Ctrl-C ends it.

**Every request** must be stored: Locust's count, the points of seconds, the single requests' points
and the collector's lines are compared. **Memory** must be flat: each 10 s every process's memory is
read, and the line that fits best after the first third may rise by {LIMIT_MB_AN_HOUR:g} MB an hour.
What Locust's own statistics take is measured in the processes and taken off: the master remembers
the text of each failure that differs, and for each endpoint what each second had. Every sample is
in `bench/results/soak/`.

The store's memory goes up and down: of its file it keeps 8 to 24 MiB, of what isn't in the file yet
up to 20 MiB more, and what the page asks for grows for a quarter of an hour, as the page shows that
much. So the means of parts of the time stand below, too. For some seconds it has all of the file
that a question reads: each minute the master's audit reads all of the run.
"""
_PARTS = 6


@dataclass(frozen=True)
class Judged:
    """What is to be said of a result."""

    counts: Mapping[str, int]
    growths: list[Growth]
    audit: str

    @property
    def complete(self) -> bool:
        """Whether every request is everywhere, and there were some."""
        return len(set(self.counts.values())) == 1 and min(self.counts.values()) > 0

    @property
    def flat(self) -> bool:
        """Whether no process grows beyond the limit."""
        return all(growth.flat for growth in self.growths)

    @property
    def lines(self) -> list[str]:
        """Return it for a terminal."""
        counts = [f"{self.counts[name]:,} {what}" for name, what in _COUNTS.items()]
        memory = [
            f"{g.process}: {g.first:.1f} to {g.last:.1f} MB, {g.an_hour:+.1f} MB an hour, "
            f"{g.of_locust:+.1f} of them Locust's: {'flat' if g.flat else 'NOT flat'}"
            for g in self.growths
        ]
        complete = "Every request is stored." if self.complete else "NOT every request is stored."
        return [*counts, complete, self.audit, *memory]


def judged(result: Mapping[str, Any]) -> Judged:
    """Judge *result*."""
    # Whoever was there at the begin, in that order; the target is no part of the product.
    names = [name for name in result["samples"][0]["rss"] if name != "target"]
    growths = [growth(name, result, result["seconds"]) for name in names]
    return Judged(result["counts"], growths, result["audit"])


def keep(name: str, result: Mapping[str, Any]) -> None:
    """Keep *result*."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, ensure_ascii=False)
    # A line for each sample: a change of one is readable as one.
    lines = text.replace('{"at":', '\n{"at":')
    (RESULTS / name).write_text(lines + "\n", encoding="utf-8")


def write() -> None:
    """Write docs/soak.md, of the newest result.

    What disturbed one, somebody adds to it as its ``remark``.
    """
    newest = max(RESULTS.glob("*.json"))
    DOCUMENT.write_text(text(json.loads(newest.read_text(encoding="utf-8"))), encoding="utf-8")


def text(result: Mapping[str, Any]) -> str:
    """Return docs/soak.md."""
    found = judged(result)
    machine = result["machine"]
    about = (
        f"Measured for {result['seconds'] // 60} minutes with {result['workers']} workers and "
        f"{result['users']} users on {described(machine)}, commit {result['commit']}. Load average "
        f"at the start: {machine['load_average_at_start']}. Memory is what was resident"
        f"{', without what is of files' if 'own' in result['samples'][0] else ''}.\n"
    )
    if "remark" in result:
        about += f"\n{result['remark']}\n"
    parts = [_HEAD, about, "## Requests\n", _requests(found), "## Memory\n", _memory(found)]
    parts += ["On average, part by part of the time:\n", _course(result)]
    return "\n".join([*parts, "## What grows on disk\n", _disk(result)])


def _requests(found: Judged) -> str:
    rows = [(what, f"{found.counts[name]:,}") for name, what in _COUNTS.items()]
    end = "Each of them is stored." if found.complete else "**Some of them are missing.**"
    return f"{_table(('what', 'requests'), rows)}\n{end} The audit: {found.audit}.\n"


def _memory(found: Judged) -> str:
    head = ("process", "after a third", "at the end", "an hour", "of it Locust's own", "the rest")
    rows = [
        (
            g.process,
            f"{g.first:.1f} MB",
            f"{g.last:.1f} MB",
            f"{g.an_hour:+.1f} MB",
            f"{g.of_locust:+.1f} MB",
            f"{g.others:+.1f} MB",
            "flat" if g.flat else "**grows**",
        )
        for g in found.growths
    ]
    return _table((*head, f"≤ {LIMIT_MB_AN_HOUR:g} MB"), rows)


def _course(result: Mapping[str, Any]) -> str:
    """Return the mean of each process's memory in each part of the time."""
    length = result["seconds"] / _PARTS
    edges = [round(i * length / 60) for i in range(_PARTS + 1)]
    head = ("process", *(f"{first} to {last} min" for first, last in pairwise(edges)), "at most")
    rows = []
    for name in (one.process for one in judged(result).growths):
        sizes: list[list[float]] = [[] for _ in range(_PARTS)]
        for sample in result["samples"]:
            if name in memory_of(sample) and sample["at"] < result["seconds"]:
                sizes[int(sample["at"] / length)].append(memory_of(sample)[name] / MB)
        most = max(memory_of(sample).get(name, 0) for sample in result["samples"]) / MB
        means = (f"{fmean(part):.1f} MB" if part else "" for part in sizes)
        rows.append((name, *means, f"{most:.1f} MB"))
    return _table(head, rows)


def _disk(result: Mapping[str, Any]) -> str:
    samples = result["samples"]
    rows = []
    for name in samples[0]["bytes"]:
        sizes = [sample["bytes"][name] / MB for sample in samples]
        rows.append((name, f"{sizes[0]:.1f} MB", f"{max(sizes):.1f} MB", f"{sizes[-1]:.1f} MB"))
    return _table(("folder", "at the begin", "at most", "at the end"), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
