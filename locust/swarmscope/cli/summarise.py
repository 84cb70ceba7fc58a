"""``swarmscope summarise``: a run's summaries, written anew from what is stored of it.

Exit codes: 0 written, 2 wrong usage, or a run that goes on, 3 no such run, 4 the store can't be
reached.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.cli._store import (
    Data,
    Url,
    configured,
    keep_for_long,
    keep_summary,
    store,
    written_to,
)
from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.runs.audit import audit
from swarmscope.runs.endpoint_summaries import Summed, compare, lines_of
from swarmscope.runs.record import keep_record
from swarmscope.runs.summary import numbers_of, resolution_in
from swarmscope.settings import Settings
from swarmscope.store.file_writer import write_to_file
from swarmscope.store.location import data_folder
from swarmscope.store.question import Reader
from swarmscope.store.write import post
from swarmscope.terminal import one_line
from swarmscope.words import count_of

_STEPS = 5


def summarise(
    run: Annotated[str, typer.Argument(help="the run's id, as `swarmscope runs` lists it")],
    url: Url = None,
    data: Data = None,
) -> None:
    """Write a run's summaries anew, from its workers' own points.

    For a run whose master died, or of which more came when it was over; the audit does it by itself
    where the counts differ. Boards read the summaries where they agree with the points.
    """
    with store(url, data) as reader:
        _say(1, f"Comparing the summary of {one_line(run)} with its points")
        found = compare(reader, run)
        _check(run, found)
        _say(2, "Auditing it")
        record = audit(reader, run)
        if record.running:
            raise ConfigurationError(
                f"{one_line(run)} goes on, and its master summarises it.",
                data="Nothing was written.",
                remedy="Summarise it when it is over: `swarmscope audit` says whether it is.",
            )
        _say(3, "Counting what lists say of it")
        numbers = numbers_of(reader, run, found.sums)
        _say(4, f"Adding up {count_of(found.stored, 'request')} by endpoint")
        lines = lines_of(reader, run, found, resolution_in(numbers))
        listed = list[str]()
        keep_record(reader, record, listed.extend, numbers)
        write = _writer(reader, url, data)
    _say(5, f"Writing {count_of(len(lines) + len(listed), 'line')}")
    write(lines, listed)
    typer.echo(_text(run, found))


def _say(step: int, what: str) -> None:
    # Steps, not a share of the time: how long InfluxDB takes for one hangs on how many series there
    # are, and asked for a tenth of a run it takes nearly as long as for all of it.
    typer.echo(f"{what} ({step} of {_STEPS}) …", err=True)


def _check(run: str, found: Summed) -> None:
    if not found.stored:
        raise NoDataError(
            f"The store has no request of {one_line(run)} to add up.",
            data="Nothing was written; a summary that is there stays.",
            remedy="`swarmscope runs` lists the runs that it has.",
        )
    if found.expired:
        raise NoDataError(
            f"The begin of {one_line(run)} is no longer in the store, which has "
            f"{count_of(found.stored, 'request')} of the {found.summarised:,} that its summary "
            "tells of.",
            data="Nothing was written: the summary is all that tells of the whole run.",
            remedy="Nothing needs to be done. Points are kept as long as their bucket says.",
        )


def _writer(
    reader: Reader, url: str | None, data: Path | None
) -> Callable[[list[str], list[str]], None]:
    """Return what writes a summary, and what lists say: with the store closed, if it is a file."""
    settings = written_to(reader, url, data)
    if settings is None:
        own = configured(url)
        folder = data_folder(os.environ, url=url, data=data)
        assert folder is not None  # noqa: S101 - no server has it
        return lambda lines, listed: write_to_file(
            folder, {own.bucket: lines + listed, own.bucket_long: lines + listed}
        )
    return partial(_write_to, settings)


def _write_to(server: Settings, lines: list[str], listed: list[str]) -> None:
    keep_summary(lines, server)
    what = "the run's summary"
    post(listed, server, what=what, data="Lists count the points themselves.")
    keep_for_long(listed, server, what=what)


def _text(run: str, found: Summed) -> str:
    name = one_line(run)
    now = count_of(found.stored, "request")
    if found.summarised is None:
        return f"{name} is summarised: {now}. It had no summary before."
    if not found.differing:
        return f"{name} is summarised anew: {now}, as before."
    return (
        f"{name} is summarised anew: {now}; before it said {found.summarised:,}. "
        f"{count_of(found.differing, 'line')} of the table had other numbers."
    )
