"""What is said of a spool that can't be used: what happened, and what to do."""

import sqlite3
from pathlib import Path

import pytest

from swarmscope.spool.database import CutOffError
from swarmscope.spool.errors import SpoolCorruptError, SpoolError, told
from swarmscope.spool.schema import NotASpoolError


def of_sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("words of SQLite's")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            CutOffError("/s/a.spool-wal"),
            SpoolCorruptError,
            "Another program cut off, replaced or removed /s/a.spool-wal while it was in use. "
            "Let none clear up or write where SWARMSCOPE_SPOOL_DIR is.",
        ),
        (
            NotASpoolError("it holds the table 'mail', as no spool does"),
            SpoolError,
            "/s/a.spool isn't a spool: it holds the table 'mail', as no spool does. Nothing of it "
            "is read, sent or changed. Move it elsewhere, or remove it.",
        ),
        (
            of_sqlite(sqlite3.SQLITE_BUSY),
            SpoolError,
            "The spool /s/a.spool is open in another program. Close it there, and it can be used "
            "again.",
        ),
        (
            of_sqlite(sqlite3.SQLITE_IOERR_SHORT_READ),
            SpoolCorruptError,
            "The spool /s/a.spool can't be used: words of SQLite's. Free disk space, or set "
            "SWARMSCOPE_SPOOL_DIR to a folder that can be written.",
        ),
        (
            of_sqlite(sqlite3.SQLITE_FULL),
            SpoolError,
            "The spool /s/a.spool can't be used: words of SQLite's. Free disk space, or set "
            "SWARMSCOPE_SPOOL_DIR to a folder that can be written.",
        ),
    ],
    ids=["cut off", "another's", "open elsewhere", "short", "full"],
)
def test_each_says_what_happened_and_what_to_do(
    error: Exception, kind: type[SpoolError], said: str
) -> None:
    with pytest.raises(SpoolError) as caught, told(Path("/s/a.spool")):
        raise error
    assert type(caught.value) is kind
    assert str(caught.value) == said
