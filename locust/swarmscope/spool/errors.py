"""What can be wrong with a spool, in the words of whoever has to repair it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from swarmscope.errors import SwarmscopeError
from swarmscope.spool.database import CutOffError
from swarmscope.spool.schema import NotASpoolError

_DAMAGE = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What SQLite calls a file whose content is wrong; our own statements are never."""


class SpoolError(SwarmscopeError):
    """The spool's file can't be used."""


class SpoolCorruptError(SpoolError):
    """The file can be read, but what is in it is damaged."""


@contextmanager
def told(path: Path | str) -> Iterator[None]:
    """Say of every error inside that it is one of the spool at *path*."""
    try:
        yield
    except NotASpoolError as error:
        raise SpoolError(
            f"{path} isn't a spool: {error}.",
            data="Nothing of it is read, sent or changed.",
            remedy="Move it elsewhere, or remove it.",
        ) from error
    except CutOffError as error:
        raise SpoolCorruptError(
            f"Another program cut off, replaced or removed {error} while it was in use.",
            remedy="Let none clear up or write where SWARMSCOPE_SPOOL_DIR is.",
        ) from error
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF == sqlite3.SQLITE_BUSY:
            raise SpoolError(
                f"The spool {path} is open in another program.",
                remedy="Close it there, and it can be used again.",
            ) from error
        damaged = code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_IOERR_SHORT_READ
        raise (SpoolCorruptError if damaged else SpoolError)(
            f"The spool {path} can't be used: {error}.",
            remedy="Free disk space, or set SWARMSCOPE_SPOOL_DIR to a folder that can be written.",
        ) from error
