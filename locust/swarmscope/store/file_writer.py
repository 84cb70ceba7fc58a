"""Writing a few lines into an embedded store's own file, while no server holds it."""

from collections.abc import Mapping
from pathlib import Path

from swarmscope.embedded.database import Database
from swarmscope.embedded.folder import keep_private, owner_of
from swarmscope.errors import StoreUnreachableError


def write_to_file(folder: Path, lines: Mapping[str, list[str]]) -> None:
    """Write the lines of each bucket into the store in *folder*.

    Raises:
        StoreBusyError: another process holds the file.
        StoreUnreachableError: it can't be written to.

    """
    other = owner_of(folder)
    if other is not None:
        raise StoreUnreachableError(
            f"The store in {folder} was made by another user (uid {other}).",
            data="Nothing was written.",
            remedy="That user can do it, or the server that has it: name that with --url.",
        )
    keep_private()
    wanted = {bucket: some for bucket, some in lines.items() if bucket}
    with Database(folder, wanted) as database:
        for bucket, some in wanted.items():
            database.write(bucket, "\n".join(some))
