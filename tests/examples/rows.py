"""What came of each locustfile, kept between runs: a run of some replaces the rows of those."""

import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.examples.samples import PARTS

KEPT = Path(__file__).parent / "rows.jsonl"
EMBEDDED, IMAGE = "embedded", "image"


@dataclass(frozen=True)
class Row:
    """One locustfile in one place; numbers are requests and failures."""

    part: str
    name: str
    place: str
    how: str
    """In words; empty: it was not run, and *remark* says why."""
    date: str
    locust: str
    """The version that it was run with."""
    fired: tuple[int, int] = (0, 0)
    stored: tuple[int, int] = (0, 0)
    counted: tuple[int, int] | None = None
    """Locust's own statistics, where it could write them."""
    audit: str = ""
    remark: str = ""
    differs: bool = False
    """Whether something is missing that neither an audit nor the run's log names."""

    @property
    def key(self) -> tuple[int, str, str]:
        """Return what there is one row of, in the order of the document."""
        return PARTS.index(self.part), self.name, self.place


def load() -> list[Row]:
    """Return all rows that are kept, in the order of the document."""
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    return [_row(line) for line in lines]


def keep(rows: Sequence[Row]) -> None:
    """Put *rows* into the place of those that were kept of the same files."""
    with _alone():
        merged = {row.key: row for row in (*load(), *rows)}
        lines = [json.dumps(asdict(merged[key]), ensure_ascii=False) for key in sorted(merged)]
        KEPT.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _row(line: str) -> Row:
    told = json.loads(line)
    for name in ("fired", "stored", "counted"):
        told[name] = told[name] if told[name] is None else tuple(told[name])
    return Row(**told)


@contextmanager
def _alone() -> Iterator[None]:
    """Let runs beside each other keep their rows one after the other."""
    with Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
