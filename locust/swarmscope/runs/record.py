"""What an audit found, as it is kept in the store: where boards and lists read it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from swarmscope import schema
from swarmscope.line_protocol import Field, line, series
from swarmscope.runs.audit import Audit
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question, Reader

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


def known_record(reader: Reader, run: str) -> Record | None:
    """Return what the newest audit of *run* that was kept found, or None when none was."""
    # Its own range: an audit stands where the run began.
    rows = reader.ask(Question("run_audit", run, *EVER)).records()
    return Record(**{f.name: rows[0][f.name] for f in fields(Record)}) if rows else None


def keep_record(reader: Reader, found: Audit, write: Write) -> bool:
    """Have *write* keep what *found* says, unless that is known; return whether it was news.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    record = Record.of(found)
    if record == known_record(reader, found.run):
        return False
    write(_lines(record, found, {} if found.running else _numbers(reader, found.run)))
    return True


def _lines(record: Record, found: Audit, numbers: dict[str, Field]) -> list[str]:
    at = found.began * 1_000_000
    told = {**record.to_fields(), "judged_at": time.time_ns() // 1_000_000}
    lines = [line(series(schema.LOCUST_AUDIT.name, {"run": found.run}), told, at)]
    if numbers:
        lines.append(line(series(schema.LOCUST_RUN_SUMMARY.name, {"run": found.run}), numbers, at))
    return lines


def _numbers(reader: Reader, run: str) -> dict[str, Field]:
    counts = reader.ask(Question("endpoint_counts", run)).records()
    tails: list[dict[str, Any]] = reader.ask(Question("endpoint_percentiles", run)).records()
    numbers: dict[str, Field] = {
        "count": sum(row["requests"] or 0 for row in counts),
        "num_failures": sum(row["failures"] or 0 for row in counts),
    }
    for row in tails:
        if row["name"] == schema.AGGREGATED:
            tail = {key: row[key] for key in ("p50", "p95", "p99")}
            numbers |= {key: float(ms) for key, ms in tail.items() if ms is not None}
    return numbers
