"""What `swarmscope doctor` says of the folder where workers keep what isn't sent yet."""

from collections.abc import Iterator
from pathlib import Path

from swarmscope.doctor.finding import Finding, Level
from swarmscope.settings import Settings
from swarmscope.spool import SpoolCorruptError, SpoolError
from swarmscope.spool.folder import left_out, spools, usable_folder
from swarmscope.spool.inspection import ownerless, waiting
from swarmscope.words import count_of


def check_spool(settings: Settings) -> Iterator[Finding]:
    """Look at the folder, and at what waits in it."""
    named = settings.spool_dir
    try:
        folder = usable_folder(named)
    except SpoolError as error:
        yield Finding(
            "spool",
            Level.WRONG,
            f"{error.happened} Workers keep unsent data in memory.",
            error.remedy,
        )
        return
    except OSError as error:
        yield Finding(
            "spool",
            Level.WRONG,
            f"{named} can't be written to ({error.strerror}): workers would keep unsent data in "
            "memory.",
            "Make it writable, or set SWARMSCOPE_SPOOL_DIR to a folder that is.",
        )
        return
    findings = [*map(_left_out, left_out(named)), *_found(named, folder)]
    yield from findings
    if not findings:
        yield Finding("spool", Level.FINE, f"{folder} can be written to, and nothing waits in it.")


def _found(named: Path, folder: Path) -> Iterator[Finding]:
    in_use = 0
    for path in spools(named):
        with ownerless(path) as left:
            if left:
                yield from _leftover(path)
            elif path.exists():
                in_use += 1  # who has it open has it alone: nobody else can read it
    if in_use:
        yield Finding(
            "spool",
            Level.FINE,
            f"Running processes have {count_of(in_use, 'spool')} in {folder} in use, and send what "
            "waits there.",
        )


def _left_out(found: tuple[Path, str]) -> Finding:
    path, why = found
    return Finding(
        "spool",
        Level.WARNING,
        f"{path} isn't taken for a spool of this user: {why}. Nothing of it is sent.",
        "If it is yours, move it and its -wal to a folder of your own, and name that in "
        "SWARMSCOPE_SPOOL_DIR; else remove it.",
    )


def _leftover(path: Path) -> Iterator[Finding]:
    try:
        found = waiting(path)
    except SpoolCorruptError as error:
        aside = "The next start sets it aside, and sends what can be read of it."
        yield Finding("spool", Level.WARNING, error.happened, aside)
        return
    except SpoolError as error:
        yield Finding("spool", Level.WARNING, error.happened, error.remedy)
        return
    if found:
        requests = sum(count for _, count in found)
        runs = ", ".join(sorted({run for run, _ in found}))
        yield Finding(
            "spool",
            Level.WARNING,
            f"{path.name} holds {requests:,} unsent requests of {runs}; its process is gone.",
            "They are sent when Locust with the listener starts again on this machine with the "
            "same SWARMSCOPE_SPOOL_DIR.",
        )
