"""Whose the volumes are: ``python -m swarmscope.stack owners``.

Who has the number of a container's user on the host is, for the kernel, who runs in it: by /proc he
reads and writes all that is there. So the numbers are those of nobody, and a volume that Docker or
an earlier version made for an image's own user is given to its own.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from swarmscope.stack.volumes import INFLUXDB

OWNED = Path("/owned")
_OWNERS = {"influxdb-data": INFLUXDB}


def give(folder: Path, uid: int) -> int:
    """Make *folder* and all that is in it the user's and group's *uid*; return how many changed.

    Links are given away themselves, and not what they lead to. The folder comes last: whose it is
    says that all of it is.
    """
    if folder.stat().st_uid == uid:
        return 0
    changed = 1
    for parent, folders, files in os.walk(folder, topdown=False):
        for name in (*folders, *files):
            os.lchown(Path(parent, name), uid, uid)
            changed += 1
    folder.chmod(0o700)
    os.lchown(folder, uid, uid)
    return changed


def give_all(root: Path, owners: Mapping[str, int]) -> None:
    """Give each of *owners*' folders below *root* to its user."""
    for name, uid in owners.items():
        if changed := give(root / name, uid):
            print(f"{name}: {changed} files and folders now belong to {uid}.")  # noqa: T201


def main(arguments: Sequence[str] | None = None) -> int:
    """Give the volumes to their users; it takes no *arguments*."""
    if arguments:
        print("This job takes no arguments.")  # noqa: T201
        return 2
    give_all(OWNED, _OWNERS)
    return 0
