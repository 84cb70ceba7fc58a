"""A starter folder on the disk: all of its files, or none, and never in the place of another."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from swarmscope.errors import ConfigurationError

_NOTHING = "Nothing was written."


def write(contents: Mapping[Path, str]) -> None:
    """Write each file of *contents*, whose folders are made.

    Each is made so that the system itself refuses one that is there: one that is moved to its place
    replaces what somebody put there in the meantime. What was begun is taken back.

    Raises:
        ConfigurationError: one is there already, or can't be written.

    """
    _refuse_what_is_there(contents)
    made: list[Path] = []
    try:
        for path, text in contents.items():
            _make_folders(path.parent, made)
            _make(path, text, made)
    except BaseException as error:
        _take_back(made)
        if isinstance(error, FileExistsError):
            raise _there(Path(error.filename)) from error
        if isinstance(error, OSError):
            raise ConfigurationError(
                f"{error.filename} can't be written ({error.strerror}).",
                data=_NOTHING,
                remedy="Name another folder: swarmscope init FOLDER.",
            ) from error
        raise


def _refuse_what_is_there(contents: Mapping[Path, str]) -> None:
    # A link that leads nowhere is there, too.
    for path in contents:
        if path.exists() or path.is_symlink():
            raise _there(path)


def _there(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} is there already, and init overwrites nothing.",
        data=_NOTHING,
        remedy="Name another folder, or move the file away.",
    )


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.is_dir()]
    for one in reversed(missing):
        one.mkdir()
        made.append(one)


def _make(path: Path, text: str, made: list[Path]) -> None:
    # Credentials go in there.
    path.touch(0o600 if path.name == ".env" else 0o666, exist_ok=False)
    made.append(path)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        error.filename = str(path)  # a full disk names none
        raise


def _take_back(made: list[Path]) -> None:
    for path in reversed(made):
        # What went wrong first is what is to be said; a folder may hold somebody else's by now.
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
