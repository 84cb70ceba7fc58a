"""``swarmscope runs``: which runs a store holds.

Exit codes: 0 listed, also where there are none, 2 wrong usage, 3 no request lies in the part that
was asked for, 4 the store can't be reached.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

import typer

from swarmscope.cli._part import From, To, WarmUp
from swarmscope.cli._store import Data, Json, Url, store
from swarmscope.errors import NoDataError
from swarmscope.runs.audit import Verdict
from swarmscope.runs.listing import Listed, list_runs
from swarmscope.runs.part import Wanted
from swarmscope.runs.picked import Data as Found
from swarmscope.runs.picked import Picked
from swarmscope.terminal import one_line

_HEAD = (
    *("RUN", "TEST", "LABEL", "START", "DURATION"),
    *("USERS", "REQUESTS", "FAILURES", "EXCEPTIONS", "P95 MS", "VERDICT", "AUDIT"),
)
_NUMBERS = frozenset({"DURATION", "USERS", "REQUESTS", "FAILURES", "EXCEPTIONS", "P95 MS"})


def runs(
    url: Url = None,
    data: Data = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="how many, the newest first")] = 20,
    test: Annotated[
        list[str] | None, typer.Option(help="only runs of this test; more than once: of any")
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option(help="only those with this label; '': without one")
    ] = None,
    verdict: Annotated[
        list[Found] | None, typer.Option(help="only those of whose data the audit says so")
    ] = None,
    since: From = "",
    until: To = "",
    warm_up: WarmUp = "",
    as_json: Json = False,
) -> None:
    """List the runs that a store holds, with the numbers of all or of a part of each."""
    wanted = Wanted.of(since, until, warm_up)
    picked = Picked(test or (), label or (), verdict or ())
    with store(url, data) as reader:
        found = list_runs(reader, limit, wanted, picked)
    if wanted and found and not any(run.requests for run in found):
        raise NoDataError(
            f"No request of these runs lies in the part that was asked for. {wanted.line()}.",
            data="The runs themselves are in the store.",
            remedy="Ask for a longer part, or for all: without --from, --to and --warm-up.",
        )
    if as_json:
        typer.echo(json.dumps([run.to_json() for run in found], indent=2, ensure_ascii=False))
    elif found:
        if wanted:
            typer.echo(f"{wanted.line()}; VERDICT and AUDIT are about all of it.")
        typer.echo(_table([_HEAD, *(_cells(run) for run in found)]))
    elif picked:
        typer.echo(
            f"The store has no run that was picked ({one_line(picked.line())}). "
            "`swarmscope runs` lists all.",
            err=True,
        )
    else:
        typer.echo("No runs yet. `swarmscope demo` records one.", err=True)


def _cells(run: Listed) -> tuple[str, ...]:
    return (
        run.run,
        run.test,
        run.label,
        f"{datetime.fromtimestamp(run.start / 1_000).astimezone():%Y-%m-%d %H:%M:%S}",
        _duration(run.seconds),
        f"{run.users:,}",
        f"{run.requests:,}",
        f"{run.failures:,}",
        f"{run.user_errors:,}",
        "" if run.p95 is None else f"{run.p95:,.1f}",
        run.verdict,
        _state(run),
    )


def _state(run: Listed) -> str:
    """Return the audit's verdict, and for a run that isn't complete what became of its requests."""
    found = run.audit
    settled = found.verdict in (Verdict.COMPLETE, Verdict.NO_DATA)
    return found.said if settled else f"{found.said}: {found.account}"


def _duration(seconds: float) -> str:
    # Cut, as boards have it: words.lasted.
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    columns = [
        _column(column)
        for column in zip(*rows, strict=True)
        # Most have none, and a terminal is narrow.
        if column[0] != "LABEL" or any(column[1:])
    ]
    return "\n".join("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))


def _column(cells: tuple[str, ...]) -> Iterable[str]:
    width = max(map(len, cells))
    aligned = str.rjust if cells[0] in _NUMBERS else str.ljust
    return [aligned(one_line(cell), width) for cell in cells]
