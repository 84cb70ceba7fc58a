"""Results of `make large`, and docs/scale.md: of each scenario the newest."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.large.catalogue import ROWS, Row
from tests.bench.large.figures import PATIENCE_S, Figure
from tests.bench.machine import ROOT, described

RESULTS = ROOT / "bench" / "results" / "large"
BASELINE = RESULTS / "baseline"
"""Holds the commit whose figures stand before the newest."""
DOCUMENT = ROOT / "docs" / "scale.md"
_HEAD = f"""\
<!-- Written by `make large`: run it again instead of editing. -->

# Scale

How far swarmscope carries beyond the demo's size. Runs are made up, and written as workers write
them: requests with lognormal response times, the second endpoint half as often as the first, the
third a third (Zipf's law), go through a worker's own session into a real InfluxDB, or into the
embedded store. Then every panel is asked as Grafana asks it, each for itself, and all of a board at
once. Times are the median of three, and of one where it takes 5 s or more. After {PATIENCE_S} s a
panel is given up.

`make large ONLY=endpoints-100` measures one scenario alone. What it writes stays in `.bench/` until
the code changes that writes points. Every figure, panel by panel, is in `bench/results/large/`.
"""

Result = Mapping[str, Any]


def new_result(commit: str) -> Path:
    """Return where a result about *commit* is kept."""
    return RESULTS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{commit.rstrip('+')}.json"


def keep(path: Path, document: Mapping[str, Any]) -> None:
    """Keep a result in *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def results() -> list[Result]:
    """Return everything that was kept, the oldest first."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))]


def write(baseline: str | None) -> None:
    """Write docs/scale.md; a *baseline* is remembered."""
    if baseline:
        BASELINE.write_text(baseline + "\n", encoding="utf-8")
    known = BASELINE.read_text(encoding="utf-8").strip() if BASELINE.exists() else ""
    DOCUMENT.write_text(document(results(), known), encoding="utf-8")


def budgets() -> dict[str, str]:
    """Return what is promised, by figure."""
    return {f"{row.scenario}.{row.figure}": row.promise for row in ROWS if row.promise}


def judged(row: Row, figure: Figure) -> str:
    """Return *figure* in words, held against the budget of *row*."""
    within = row.kept(figure)
    if within is None:
        return _shown(row, figure)
    return f"{_shown(row, figure)} ({'within' if within else 'OVER'} the budget of {row.promise})"


def document(found: Iterable[Result], baseline: str) -> str:
    """Return docs/scale.md as Markdown, of results from the oldest to the newest."""
    found = list(found)
    newest = _newest(found)
    before = _newest(result for result in found if baseline and _is_of(result, baseline))
    parts = [_HEAD, _machines(newest), _table(newest, before)]
    return "\n".join(parts)


def _is_of(result: Result, commit: str) -> bool:
    return str(result["commit"]).rstrip("+").startswith(commit)


def _newest(found: Iterable[Result]) -> dict[str, Result]:
    """Return of each scenario the newest, with the commit and the machine that it is of."""
    return {
        name: {**one, "commit": result["commit"], "machine": result["machine"]}
        for result in found
        for name, one in result["scenarios"].items()
    }


def _machines(newest: Mapping[str, Result]) -> str:
    """Return where it was measured, and how busy these machines were otherwise."""
    loads: dict[str, list[float]] = {}
    for one in newest.values():
        machine = one["machine"]
        loads.setdefault(described(machine), []).append(machine["load_average_at_start"])
    return "".join(
        f"Measured on {machine}. Load average at the start: {_span(of)}. Where that is above 1, "
        "others had the processors too, and only CPU compares.\n"
        for machine, of in loads.items()
    )


def _span(loads: list[float]) -> str:
    low, high = f"{min(loads):.1f}", f"{max(loads):.1f}"
    return low if low == high else f"{low} to {high}"


def _table(newest: Mapping[str, Result], before: Mapping[str, Result]) -> str:
    head = ["what", *(["before"] if before else []), "figure", "budget", "", "commit", "command"]
    lines = [_cells(head), _cells(["---"] * len(head))]
    for row in ROWS:
        one = newest.get(row.scenario)
        if one is None or row.figure not in one["figures"]:
            continue
        figure = one["figures"][row.figure]
        earlier = before.get(row.scenario)
        # Until it is measured anew, the baseline is all there is.
        then = earlier["figures"].get(row.figure) if earlier and earlier != one else None
        cells = [row.what, *([_shown(row, then)] if before else []), _shown(row, figure)]
        cells += [row.promise, {None: "", True: "within", False: "**over**"}[row.kept(figure)]]
        lines.append(_cells([*cells, one["commit"], f"`make large ONLY={row.scenario}`"]))
    return "\n".join(lines) + "\n"


def _shown(row: Row, figure: Figure | None) -> str:
    if figure is None:
        return ""
    number = figure if isinstance(figure, str) else f"{figure:,}"
    return f"{number} {row.unit}".rstrip()


def _cells(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"
