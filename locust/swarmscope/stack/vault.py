"""Secrets as files: the folder on the host, and the folder that one service gets."""

import os
import secrets
import shutil
from pathlib import Path

from swarmscope.errors import ConfigurationError

INFLUXDB_PASSWORD = "influxdb-password"  # noqa: S105 - a file's name
OPERATOR_TOKEN = "influxdb-operator-token"  # noqa: S105 - a file's name
GRAFANA_PASSWORD = "grafana-password"  # noqa: S105 - a file's name
FOLDERS = ("gateway", "enrolled")
"""What else lies there: the gateway's keys, and what other machines get."""
_BYTES = 24


class Vault:
    """The folder `secrets/` on the host: what an administrator must keep."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ConfigurationError(
                f"There is no folder {folder}.", remedy="Mount the host's folder secrets/ there."
            )
        self._folder = folder

    def get(self, name: str) -> str:
        """Return the secret *name*; the first time it is made up, and written down."""
        path = self._folder / name
        try:
            return path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            secret = secrets.token_urlsafe(_BYTES)
            self.put(name, secret)
            return secret

    def find(self, name: str) -> str:
        """Return what the file *name* holds; empty where there is none."""
        return _found(self._folder / name)

    def put(self, name: str, text: str) -> Path:
        """Write the file *name*, for the owner of the folder and nobody else."""
        path = self._folder / name
        owner = self._folder.stat()
        for folder in reversed(path.relative_to(self._folder).parents[:-1]):
            (self._folder / folder).mkdir(mode=0o700, exist_ok=True)
            os.chown(self._folder / folder, owner.st_uid, owner.st_gid)
        _write(path, text + "\n", 0o600, (owner.st_uid, owner.st_gid))
        return path

    def remove(self, name: str) -> bool:
        """Remove the folder *name* with all that is in it; return whether there was one."""
        path = self._folder / name
        if not path.is_dir():
            return False
        shutil.rmtree(path)
        return True


class Handover:
    """The volume of one service: only its token, and what else it needs."""

    def __init__(self, folder: Path, uid: int) -> None:
        self._folder = folder
        self._uid = uid

    def get(self, name: str) -> str:
        """Return what the file *name* holds; empty where there is none."""
        return _found(self._folder / name).strip()

    def put(self, name: str, text: str) -> None:
        """Replace the file *name* in one step: a reader sees the old or the new one."""
        _write(self._folder / name, text, 0o400, (self._uid, self._uid))

    def own(self) -> None:
        """Make what was put there before readable by the service's user, and by nobody else."""
        for path in self._folder.iterdir():
            os.chown(path, self._uid, self._uid)
            path.chmod(0o400)


def _found(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _write(path: Path, text: str, mode: int, owner: tuple[int, int]) -> None:
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    # Created with its mode: between open and chmod anybody could have read it.
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - by its descriptor
        os.fchmod(descriptor, mode)
        os.fchown(descriptor, *owner)
        file.write(text)
    new.replace(path)
