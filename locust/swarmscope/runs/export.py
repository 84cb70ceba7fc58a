"""A run as files for other programs: one for each measurement, a row for each point."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.own_files import opened_folder, replacing, scratch_folder
from swarmscope.runs.file_name import safe_name
from swarmscope.store.backend import MAX_ROWS
from swarmscope.store.question import Question, Reader, Table
from swarmscope.transport.causes import odd_answer, said

_SLICE_MS = 60_000
"""How much of a run is asked for at once: a long one doesn't fit into memory."""
_SHORTEST_SLICE_MS = 1_000
_MOST_SLICES = 100_000
"""With anything in them: ten weeks of minutes. A store that lies has three hundred million."""
_LEAST_FREE = 256 * 2**20
"""Bytes of the disk, once a run is a long one."""
_TYPES = {
    "float": "number",
    "integer": "TRY_CAST(text AS BIGINT)",
    "unsigned": "TRY_CAST(text AS UBIGINT)",
    "boolean": "number::BOOLEAN",
    "string": "text",
}
_HISTOGRAMS = frozenset(measurement.name for measurement in schema.ALL if measurement.open_fields)
_CREATE = """
CREATE TABLE points (
    time_ns BIGINT, measurement VARCHAR, tags VARCHAR, field VARCHAR, type VARCHAR,
    number DOUBLE, text VARCHAR
)
"""


# As OWASP lists them, the wide ones of East Asian keyboards too:
# https://owasp.org/www-community/attacks/CSV_Injection
_SIGNS = r"=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}"
_SEPARATORS = r";|\t\r\n"
"""What ends a cell or a row for a spreadsheet that splits by its system's list separator, and not
by the comma that we wrote. A text with a comma is quoted, which holds for all that split there."""
_BEGIN = rf"^[{_SIGNS}\t\r\n]"
_WITHIN = rf"""([{_SEPARATORS}][{_SEPARATORS}"]*)([{_SIGNS}])"""
_QUOTE = "'"
_GUARDED = rf"\1{_QUOTE}\2"
_TEXTS = """
SELECT 1 FROM (
    SELECT text AS x FROM points WHERE type = 'string'
    UNION ALL SELECT DISTINCT field FROM points
    UNION ALL SELECT unnest(json_keys(tags) || json_extract_string(tags, '$.*'))
    FROM (SELECT DISTINCT tags FROM points)
)
WHERE cell(x) <> x LIMIT 1
"""


class Format(StrEnum):
    """What a file can be."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"


_OPTIONS = {
    Format.CSV: "FORMAT csv, HEADER",
    Format.PARQUET: "FORMAT parquet, COMPRESSION zstd",
    Format.JSONL: "FORMAT json",
}


@dataclass(frozen=True)
class Exported:
    """What was written."""

    rows: Mapping[Path, int]
    """Each file, and how many rows it has."""
    changed: bool
    """Whether a text got a ' before a formula, so that no spreadsheet calculates it."""


def export(reader: Reader, run: str, kind: Format, out: Path, *, raw: bool = False) -> Exported:
    """Write *run* to a folder of its own in *out*.

    The metrics that hosts reported meanwhile are written too: they have no run of their own. Texts
    of a CSV that a spreadsheet would take for formulas get a ' before them, unless *raw*: whoever
    may write to the store chooses the names, and somebody else opens the file. Numbers stay as they
    are, and so does everything in the other formats, which no spreadsheet opens.

    Raises:
        ConfigurationError: the folder can't be written to.
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    whole = reader.ask(Question("run_events", run))
    folder = out / safe_name(run)
    try:
        with (
            opened_folder(folder, make=True) as opened,
            scratch_folder(opened, folder) as scratch,
            duckdb.connect(str(scratch / "points.duckdb")) as work,
        ):
            # DuckDB writes through links: not through those that lead out of there, should another
            # user have put his own folder in its place.
            work.execute(f"SET allowed_directories = [{_text(f'{scratch}/')}]")
            work.execute("SET enable_external_access = false")
            work.execute(_CREATE)
            work.execute(_cell(guarded=kind is Format.CSV and not raw))
            rows = 0
            for table in _slices(reader, run, whole):
                _append(work, table)
                rows += len(table.rows)
                _check_room(Path(scratch), rows)
            return Exported(_write(work, kind, scratch, folder), _changed(work))
    except (OSError, duckdb.OperationalError, duckdb.PermissionException) as error:
        raise ConfigurationError(
            f"The run can't be exported to {folder} ({error}).",
            data="The store is as it was.",
            remedy="Name a folder that this user may write to with --out.",
        ) from error
    except (duckdb.Error, KeyError) as error:
        # What was asked for are texts, numbers and times; these are tags, or a type, of none.
        raise odd_answer(
            "The store",
            "as one that keeps a run",
            f"{type(error).__name__}: {said(str(error))}",
            data="What is stored is as it was.",
            remedy="Is it the right server? `swarmscope doctor` looks.",
        ) from error


def _cell(*, guarded: bool) -> str:
    """Return the definition of what becomes of a text, which all queries use."""
    begin = f"CASE WHEN regexp_matches(x, {_text(_BEGIN)}) THEN {_text(_QUOTE)} ELSE '' END"
    within = f"regexp_replace(x, {_text(_WITHIN)}, {_text(_GUARDED)}, 'g')"
    changed = f"{begin} || {within}"
    return f"CREATE MACRO cell(x) AS {changed if guarded else 'x'}"


def _changed(work: duckdb.DuckDBPyConnection) -> bool:
    return bool(work.execute(_TEXTS).fetchall())


def _slices(reader: Reader, run: str, whole: Table) -> Iterator[Table]:
    start, length, recorded = whole.start, _SLICE_MS, 0
    while start < whole.stop:
        stop = min(start + length, whole.stop)
        found = False
        for table in _slice(reader, run, start, stop):
            found = found or bool(table.rows)
            yield table
        recorded += found
        if recorded > _MOST_SLICES:
            raise ConfigurationError(
                f"The store says that {run} has values in more than {_MOST_SLICES:,} minutes.",
                data="No file was written; the store is as it was.",
                remedy="No run lasts so long: is it the right server?",
            )
        # One point of a clock that began in 1970, and there are decades of minutes with nothing.
        start, length = stop, _SLICE_MS if found else 2 * length


def _slice(reader: Reader, run: str, start: int, stop: int) -> Iterator[Table]:
    try:
        yield reader.ask(Question("points", run, start, stop))
    except ConfigurationError:
        # Hundreds of endpoints fill an answer within a minute.
        if stop - start <= _SHORTEST_SLICE_MS:
            raise
        middle = (start + stop) // 2
        yield from _slice(reader, run, start, middle)
        yield from _slice(reader, run, middle, stop)


def _check_room(scratch: Path, rows: int) -> None:
    """Leave the disk to others: a store that lies has no end of rows."""
    if rows > MAX_ROWS and shutil.disk_usage(scratch).free < _LEAST_FREE:
        raise ConfigurationError(
            f"The run can't be exported: {rows:,} of its values left less than "
            f"{_LEAST_FREE >> 20} MiB of the disk.",
            data="No file was written; the store is as it was.",
            remedy="Make room, or name a folder on another disk with --out.",
        )


def _append(work: duckdb.DuckDBPyConnection, table: Table) -> None:
    if table.rows:
        with work.appender("points") as appender:
            appender.append_rows(table.rows)


def _write(
    work: duckdb.DuckDBPyConnection, kind: Format, scratch: Path, folder: Path
) -> dict[Path, int]:
    written = {}
    for measurement in _column(work, "SELECT DISTINCT measurement FROM points ORDER BY 1"):
        work.execute(
            "CREATE OR REPLACE TEMP TABLE own AS "
            "SELECT * REPLACE (CASE type WHEN 'string' THEN cell(text) ELSE text END AS text) "
            "FROM points WHERE measurement = ?",
            [measurement],
        )
        name = f"{safe_name(measurement)}.{kind}"
        made, path = scratch / name, folder / name
        select = _histogram(work) if measurement in _HISTOGRAMS else _wide(work)
        rows = work.execute(f"COPY ({select}) TO {_text(str(made))} ({_OPTIONS[kind]})").fetchone()
        with made.open("rb") as content, replacing(path) as file:
            shutil.copyfileobj(content, file)
        made.unlink()
        written[path] = rows[0] if rows else 0
    return written


def _wide(work: duckdb.DuckDBPyConnection) -> str:
    """Return a query with a column for each tag and field."""
    head, tags = _head(work)
    fields = work.execute(
        "SELECT field, cell(field), any_value(type) FROM own GROUP BY field ORDER BY field"
    ).fetchall()
    values = ", ".join(
        f"any_value({_TYPES[kind]}) FILTER (field = {_text(field)}) AS {_name(column, tags)}"
        for field, column, kind in fields
    )
    # Every name and text in it is quoted.
    return f"SELECT {head}, {values} FROM own GROUP BY time_ns, tags ORDER BY time_ns, tags"  # noqa: S608


def _histogram(work: duckdb.DuckDBPyConnection) -> str:
    """Return a query with a row for each bucket: hundreds of columns would help nobody."""
    head, _ = _head(work)
    # Whoever may write can give it a field that is no bound, and a count that isn't whole.
    count = f"coalesce({_TYPES['integer']}, TRY_CAST(number AS BIGINT))"
    bucket = f"TRY_CAST(field AS DOUBLE) AS bound, {count} AS count"
    return f"SELECT {head}, {bucket} FROM own ORDER BY ALL"  # noqa: S608 - quoted


def _head(work: duckdb.DuckDBPyConnection) -> tuple[str, list[str]]:
    tags = work.execute(
        "SELECT tag, cell(tag) FROM (SELECT DISTINCT unnest(json_keys(tags)) AS tag FROM own) "
        "ORDER BY tag"
    ).fetchall()
    columns = [
        f"cell(json_extract_string(tags, {_text(_pointer(tag))})) AS {_name(column, [])}"
        for tag, column in tags
    ]
    head = ", ".join(["make_timestamp_ns(time_ns) AS time", *columns])
    return head, [column for _, column in tags]


def _column(work: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [row[0] for row in work.execute(query).fetchall()]


def _pointer(tag: str) -> str:
    return "/" + tag.replace("~", "~0").replace("/", "~1")


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str, taken: list[str]) -> str:
    # A field may be called as a tag is, and anything may be called time.
    free = name if name not in (*taken, "time") else f"{name}_field"
    return '"' + free.replace('"', '""') + '"'
