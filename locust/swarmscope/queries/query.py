"""What a query of the catalogue is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TIME_COLUMNS = frozenset({"time", "start", "stop", "last", "from", "until"})
"""Columns that hold a time: nanoseconds in the store, milliseconds in every answer."""
TIME = "ms since 1970"


@dataclass(frozen=True)
class Query:
    """A question with one answer in both dialects."""

    name: str
    title: str
    columns: Mapping[str, str]
    """Column to unit; empty where it has none."""
    needs_run: bool = True
    windowed: bool = False

    @property
    def sql(self) -> str:
        """The question as DuckDB takes it."""
        return _text(f"{self.name}.sql")

    @property
    def flux(self) -> str:
        """The question as InfluxDB and Grafana take it."""
        return _text(f"{self.name}.flux")


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
