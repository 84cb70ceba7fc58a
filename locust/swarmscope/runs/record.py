"""What an audit found, as it is kept in the store: where boards and lists read it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from swarmscope import schema
from swarmscope.line_protocol import Field, line, series
from swarmscope.runs.audit import Audit, Verdict
from swarmscope.runs.doubts import doubts_of
from swarmscope.runs.endpoint_summaries import Summed, compare, lines_of
from swarmscope.runs.summary import numbers_of, resolution_of
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question, Reader
from swarmscope.words import count_of

Write = Callable[[list[str]], None]
"""Takes lines of line protocol to the store."""


@dataclass(frozen=True)
class Record:
    """One audit, in the columns of the query `run_audit`; response times are ms."""

    verdict: str
    said: str
    line: str
    seen: int
    stored: int
    missing: int
    delivered: int
    rejected: int
    lost: int
    pending: int
    workers: int
    findings: int
    user_errors: int
    generators: str
    generators_line: str

    @classmethod
    def of(cls, found: Audit) -> "Record":
        """Return what *found* says."""
        return cls(
            verdict=found.verdict,
            said=found.said,
            line=found.line(),
            seen=found.seen,
            stored=found.stored,
            missing=found.missing,
            **{name: found.sum_of(name) for name in ("delivered", "rejected", "lost", "pending")},
            workers=len(found.accounts),
            findings=len(found.findings),
            user_errors=found.user_errors,
            generators=found.generators.strain,
            generators_line=found.generators.line(),
        )

    def to_fields(self) -> dict[str, Field]:
        """Return the fields of `locust_audit`."""
        counted = ("seen", "stored", "missing", "delivered", "rejected", "lost", "pending")
        return {f"requests_{k}" if k in counted else k: v for k, v in vars(self).items()}


@dataclass(frozen=True)
class Kept:
    """What is kept of a run: its newest audit, where that stands, and how final its summary is."""

    record: Record
    time: int
    final: bool


def kept_of(reader: Reader, run: str) -> Kept | None:
    """Return what is kept of *run*, or None where nobody has audited it."""
    # Its own range: an audit stands where the run began.
    for row in reader.ask(Question("run_audit", run, *EVER)).records():
        record = Record(**{f.name: row[f.name] for f in fields(Record)})
        return Kept(record, row["time"], bool(row["final"]))
    return None


def corrected(reader: Reader, found: Audit) -> tuple[str, list[str]]:
    """Return what is wrong with the summary of a run that is over, and the lines that put it right.

    Nothing, where it is right, or more of the run may come.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    if not is_final(found) or found.verdict is Verdict.NO_DATA:
        return "", []
    compared = compare(reader, found.run)
    if not compared.wrong:
        return "", []
    resolution = resolution_of(reader, found.run, compared.sums)
    return _why(compared), lines_of(reader, found.run, compared, resolution)


def _why(compared: Summed) -> str:
    told = compared.summarised
    if told is None:
        return ""  # where there was none, nothing was wrong
    if told == compared.stored:
        return f"{count_of(compared.differing, 'endpoint')} had other numbers"
    return f"{compared.stored:,} requests are stored, and it said {told:,}"


def keep_record(
    reader: Reader, found: Audit, write: Write, numbers: Mapping[str, Field] | None = None
) -> bool:
    """Have *write* keep what *found* says, unless that is known; return whether it was news.

    *numbers*: the run's, counted anew: they are kept whatever is known.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    record, kept = Record.of(found), kept_of(reader, found.run)
    final = is_final(found)
    if numbers is None and kept and record == kept.record and final == kept.final:
        return False
    if numbers is None:
        numbers = {} if found.running else numbers_of(reader, found.run)
    # What is doubtful is known when nothing more is expected.
    doubts = {"doubts": "; ".join(doubts_of(reader, found))} if final else {}
    # Where it stands already: at another time it would be a second one.
    told = {"final": final, **numbers, **doubts}
    write(_lines(record, found, told, kept.time if kept else found.began))
    return True


def is_final(found: Audit) -> bool:
    """Whether nothing more is expected: a summary tells all there is."""
    return not found.running and found.verdict is not Verdict.PENDING


def _lines(record: Record, found: Audit, numbers: dict[str, Field], time_ms: int) -> list[str]:
    told = {**record.to_fields(), "judged_at": time.time_ns() // 1_000_000}
    tags = {"run": found.run}
    return [
        line(series(name, tags), values, time_ms * 1_000_000)
        for name, values in (
            (schema.LOCUST_AUDIT.name, told),
            (schema.LOCUST_RUN_SUMMARY.name, numbers),
        )
    ]
