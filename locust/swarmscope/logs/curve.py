"""CurveZMQ keys in files of one line: the collector's secret one, and the public one for workers.

Whoever has the public key may send; without the secret one nobody can pose as the collector.
"""

import os
from pathlib import Path

from swarmscope.errors import ConfigurationError

SECRET_FILE = "collector.key"  # noqa: S105 - a file's name
PUBLIC_FILE = "collector.pub"
_LENGTH = 40
"""Characters of a key in ZeroMQ's own Z85."""


def read_key(path: Path) -> bytes:
    """Return the key in *path*.

    Raises:
        ConfigurationError: there is none.

    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't text"
        raise ConfigurationError(
            f"The key file {path} can't be read ({reason}).",
            remedy="Make the keys with `swarmscope collect --make-keys DIR`.",
        ) from error
    if len(text) != _LENGTH or any(c.isspace() for c in text):
        raise ConfigurationError(
            f"The file {path} holds no CurveZMQ key.",
            remedy="Make the keys with `swarmscope collect --make-keys DIR`.",
        )
    return text.encode()


def make_keys(folder: Path) -> tuple[Path, Path]:
    """Write a new pair of keys into *folder*; return the files of the secret and the public one.

    Raises:
        ConfigurationError: there are keys already, or they can't be written.

    """
    import zmq  # noqa: PLC0415 - only who asks for a collector loads it

    public, secret = zmq.curve_keypair()
    paths = folder / SECRET_FILE, folder / PUBLIC_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, key, mode in zip(paths, (secret, public), (0o600, 0o644), strict=True):
            # Created with its mode: between open and chmod anybody could have read it.
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with open(file, "wb") as opened:  # noqa: PTH123 - by its descriptor
                opened.write(key + b"\n")
    except FileExistsError as error:
        raise ConfigurationError(
            f"{error.filename} exists already.",
            data="No key was changed.",
            remedy="Remove both key files first; workers then need the new public key.",
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"The keys can't be written into {folder} ({error.strerror}).",
            remedy="Name a folder that this user may write to.",
        ) from error
    return paths
