"""One locustfile out of several, as the stack takes it: what its user writes who has two."""

import shutil
from collections.abc import Sequence
from pathlib import Path

NAME = "together.py"


def written(top: Path, file: Path, also: Sequence[Path]) -> Path:
    """Write into *top* what imports *file*, which is below it, and copies of *also*.

    As Locust does, it lets each import what lies beside it.
    """
    for other in also:
        shutil.copy2(other, top)
    folder = file.parent.relative_to(top)
    names = [file.stem, *(other.stem for other in also)]
    lines = ["import sys", "from pathlib import Path", ""]
    lines += [f"sys.path.insert(0, str(Path(__file__).parent / {folder.as_posix()!r}))"]
    lines += [f"from {name} import *" for name in names]
    made = top / NAME
    made.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return made
