"""Whether a file is a store of ours: somebody else may have made it, and put anything in it."""

from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from swarmscope.embedded import tables
from swarmscope.errors import StoreUnreachableError

_STRANGE = r"""
SELECT view_name, 'view' FROM system.main.duckdb_views()
WHERE NOT internal AND view_name <> 'samples'
UNION ALL
SELECT function_name, 'macro' FROM system.main.duckdb_functions() WHERE NOT internal
UNION ALL
SELECT table_name, 'computed table' FROM system.main.duckdb_tables()
WHERE system.main.regexp_matches(sql, '(GENERATED ALWAYS AS|CHECK) *\(')
"""
"""By their full names: the file could have macros of the short ones. Of `samples` everybody has one
of his own: a writer puts it in its place, a reader before it."""

_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable FROM system.main.duckdb_columns()
WHERE NOT internal AND schema_name = 'main' AND table_name <> 'samples'
ORDER BY table_name, column_index
"""
_MOST_NAMES = 5_000_000
"""Of series or fields: as many as a writer has memory for."""


def check_views(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a file in which something computes what a table should hold: it may have no end.

    Raises:
        StoreUnreachableError: there is.

    """
    for name, kind in connection.execute(_STRANGE).fetchall():
        raise no_store(path, f"it holds the {kind} {name}, as no store does")


def check_tables(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a file whose tables have other columns, or numbers that aren't unique.

    A text in a number's place is none that a query expects; and a million series with one number
    make a million times a million rows of as many points.

    Raises:
        StoreUnreachableError: they have.

    """
    found = _columns(connection)
    for table, columns in _expected().items():
        if found.get(table) != columns:
            raise no_store(path, f"its table {table} has other columns than a store's")
    for table in ("series", "fields"):
        count = _number(connection, f"SELECT count(*) FROM {table}")  # noqa: S608 - one of two
        # The first count costs nothing, whatever it is; the second is bounded by it.
        unique = count <= _MOST_NAMES and count == _number(
            connection,
            f"SELECT count(DISTINCT id) FROM {table}",  # noqa: S608
        )
        if not unique:
            raise no_store(path, f"the numbers of its {table} aren't unique, or are too many")


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    columns: dict[str, list[tuple[Any, ...]]] = {}
    for table, *column in connection.execute(_COLUMNS).fetchall():
        columns.setdefault(table, []).append(tuple(column))
    return columns


@cache
def _expected() -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect() as fresh:
        for statement in tables.CREATE:
            fresh.execute(statement)
        return _columns(fresh)


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    ((number,),) = connection.execute(sql).fetchall()
    return int(number)


def no_store(path: Path, why: str) -> StoreUnreachableError:
    """Return the error of a file that isn't used because of *why*."""
    return StoreUnreachableError(
        f"{path} can't be used: {why}.",
        data="Nothing was changed.",
        remedy="Is it a store of swarmscope? Another folder is named with --data.",
    )


def check_format(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a file whose tables are of another version.

    Raises:
        StoreUnreachableError: they are.

    """
    row = connection.execute("SELECT max(version) FROM store_format").fetchone()
    version = row[0] if row else None
    if version != tables.FORMAT:
        raise StoreUnreachableError(
            f"{path} has the store format {version}; this swarmscope knows {tables.FORMAT}.",
            data="Nothing was changed.",
            remedy="Use the swarmscope that wrote it, or name another folder with --data.",
        )
