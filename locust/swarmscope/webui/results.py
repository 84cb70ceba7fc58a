"""Locust's own files of a test, kept in a folder of results."""

import re
import tempfile
from pathlib import Path

from swarmscope.errors import ConfigurationError
from swarmscope.own_files import opened_folder, replacing
from swarmscope.webui.master import Master

FILES = {
    "requests.csv": "/stats/requests/csv",
    "failures.csv": "/stats/failures/csv",
    "exceptions.csv": "/exceptions/csv",
    "report.html": "/stats/report?download=1",
}
"""File of the results to where Locust has it."""


def writable(folder: Path) -> Path:
    """Return *folder*, made if it wasn't there.

    Raises:
        ConfigurationError: nothing can be written to it.

    """
    try:
        with opened_folder(folder, make=True), tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"Results can't be written to {folder} ({error.strerror}).",
            data="No load was started.",
            remedy="Make the folder writable, or name another with --results.",
        ) from error
    return folder


def save(master: Master, run: str, results: Path) -> Path | None:
    """Write *master*'s files of *run* to a folder in *results*, and return it.

    None: the master has another run by now, and the files of this one are gone.

    Raises:
        ConfigurationError: they can't be written.
        MasterUnreachableError: the master doesn't answer.

    """
    if master.run() != run:
        return None
    folder = results / _folder_name(run)
    try:
        with opened_folder(folder, make=True):
            pass
        for name, path in FILES.items():
            with replacing(folder / name) as file:
                file.write(master.get(path))
    except OSError as error:
        raise ConfigurationError(
            f"Locust's own files can't be written to {folder} ({error.strerror}).",
            data="The run is over, and what was measured is in the store.",
            remedy=f"`swarmscope audit {run}` and `swarmscope report {run}` tell of it.",
        ) from error
    return folder


def _folder_name(run: str) -> str:
    # A user's own id may hold anything.
    return re.sub(r"[^\w.-]", "_", run).lstrip(".") or "run"
