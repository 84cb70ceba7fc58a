"""Which points a deletion means, in InfluxDB's own words for it, and how they leave the tables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from swarmscope.errors import SwarmscopeError
from swarmscope.store.parser import Key

_CONDITION = re.compile(
    r"""\s*(?P<tag>[\w.:-]+|"(?:[^"\\]|\\.)+")\s*=\s*(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*"""
)
_AND = re.compile(r"and\b", re.IGNORECASE)
_MEASUREMENT = "_measurement"
MAX_CONDITIONS = 16
"""Of one predicate: no point of ours has so many tags. What DuckDB plans of them isn't in its limit
of memory: 4,600 of them, 63 KB, took 19 GB, and each write waited."""
_SHOWN = 200
"""Signs of a predicate in a message."""
EARLIEST_NS, LATEST_NS = -(2**63), 2**63 - 1


class PredicateError(SwarmscopeError):
    """A predicate that can't be read, or that names nothing."""


@dataclass(frozen=True)
class Doomed:
    """Points to be deleted: those with each of these tags, in this time; both ends are part of it.

    Raises:
        PredicateError: no tag is named: everything would be meant.

    """

    bucket: str
    tags: Mapping[str, str] = field(default_factory=dict)
    start: int = EARLIEST_NS
    stop: int = LATEST_NS

    def __post_init__(self) -> None:
        if not self.tags:
            raise PredicateError('a predicate names at least one tag: run="…"')

    def series(self) -> tuple[str, list[str]]:
        """Return a condition of the table ``series``, and its values."""
        words, values = ["bucket = ?"], [self.bucket]
        for tag, value in self.tags.items():
            if tag == _MEASUREMENT:
                words.append("measurement = ?")
            else:
                words.append("tags[?] = ?")
                values.append(tag)
            values.append(value)
        return " AND ".join(words), values


def read_predicate(text: str) -> dict[str, str]:
    """Return the tags of a predicate: ``run="…" AND worker="…"``, as InfluxDB takes it.

    Raises:
        PredicateError: it isn't one.

    """
    tags: dict[str, str] = {}
    rest, shown = text, repr(text[:_SHOWN]) + "…" * (len(text) > _SHOWN)
    for _ in range(MAX_CONDITIONS):
        found = _CONDITION.match(rest)
        if found is None:
            raise PredicateError(f'the predicate {shown} isn\'t of the form tag="value" AND …')
        tag = found["tag"]
        tags[_unquoted(tag) if tag.startswith('"') else tag] = _unquoted(found["value"])
        rest = rest[found.end() :]
        if not rest:
            return tags
        joint = _AND.match(rest)
        if joint is None:
            raise PredicateError(f"the predicate {shown} may have AND between its parts alone")
        rest = rest[joint.end() :]
    raise PredicateError(f"the predicate {shown} has more than {MAX_CONDITIONS} parts")


def predicate(run: str) -> str:
    """Return the predicate for all that was written of *run*."""
    escaped = run.replace("\\", "\\\\").replace('"', '\\"')
    return f'run="{escaped}"'


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def delete(connection: duckdb.DuckDBPyConnection, doomed: Doomed) -> list[Key]:
    """Delete the points, and the series that have none left; return the keys of these.

    Within the caller's transaction.
    """
    condition, values = doomed.series()
    meant = f"SELECT id FROM series WHERE {condition}"  # noqa: S608 - our own words
    connection.execute(
        f"DELETE FROM points WHERE series IN ({meant}) AND time BETWEEN ? AND ?",  # noqa: S608
        [*values, doomed.start, doomed.stop],
    )
    gone = connection.execute(
        f"SELECT id, measurement, tags FROM series WHERE {condition} "  # noqa: S608
        "AND id NOT IN (SELECT series FROM points)",
        values,
    ).fetchall()
    connection.execute("DELETE FROM series WHERE id IN (SELECT unnest(?))", [[r[0] for r in gone]])
    return [Key(measurement, tuple(sorted(tags.items()))) for _, measurement, tags in gone]
