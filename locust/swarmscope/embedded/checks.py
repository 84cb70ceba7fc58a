"""Whether a file is a store of ours: somebody else may have made it, and put anything in it."""

from pathlib import Path

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


def check_views(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a file in which something computes what a table should hold: it may have no end.

    Raises:
        StoreUnreachableError: there is.

    """
    for name, kind in connection.execute(_STRANGE).fetchall():
        raise no_store(path, f"it holds the {kind} {name}, as no store does")


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
