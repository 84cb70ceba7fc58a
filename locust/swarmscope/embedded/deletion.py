"""Which points a deletion means, in InfluxDB's own words for it, and how they leave the tables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from swarmscope.embedded.parser import Key
from swarmscope.errors import SwarmscopeError

_CONDITION = re.compile(
    r"""\s*(?P<tag>[\w.:-]+|"(?:[^"\\]|\\.)+")\s*=\s*(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*"""
)
_AND = re.compile(r"and\b", re.IGNORECASE)
_MEASUREMENT = "_measurement"
MAX_CONDITIONS = 16
"""Of one predicate: no point of ours has so many tags, and each series is compared with all."""
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

    def means(self, bucket: str, key: Key) -> bool:
        """Return whether the points of this series are among them."""
        if bucket != self.bucket:
            return False
        tags = {**dict(key.tags), _MEASUREMENT: key.measurement}
        return all(tags.get(tag) == value for tag, value in self.tags.items())


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
        tag = _unquoted(tag) if tag.startswith('"') else tag
        if tag in tags:
            # The last of them alone would mean points that the first leaves out.
            raise PredicateError(f"the predicate {shown} names a tag twice")
        tags[tag] = _unquoted(found["value"])
        rest = rest[found.end() :]
        if not rest:
            return tags
        joint = _AND.match(rest)
        if joint is None:
            raise PredicateError(f"the predicate {shown} may have AND between its parts alone")
        rest = rest[joint.end() :]
    raise PredicateError(f"the predicate {shown} has more than {MAX_CONDITIONS} parts")


def predicate(tags: Mapping[str, str]) -> str:
    """Return the predicate for all that was written with each of these *tags*."""
    return " AND ".join(f'{tag}="{_escaped(value)}"' for tag, value in tags.items())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def delete(connection: duckdb.DuckDBPyConnection, series: list[int], doomed: Doomed) -> set[int]:
    """Delete the points of these *series* in that time; return those that have none left.

    By number: what DuckDB plans of conditions on tags isn't in its memory's limit (63 KB of them
    took 19 GB). Within the caller's transaction.
    """
    connection.execute(
        "DELETE FROM points WHERE series IN (SELECT unnest(?)) AND time BETWEEN ? AND ?",
        [series, doomed.start, doomed.stop],
    )
    kept = connection.execute(
        "SELECT DISTINCT series FROM points WHERE series IN (SELECT unnest(?))", [series]
    ).fetchall()
    empty = set(series) - {number for (number,) in kept}
    connection.execute("DELETE FROM series WHERE id IN (SELECT unnest(?))", [list(empty)])
    return empty
