"""What a query of the catalogue is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TIME_COLUMNS = frozenset({"time", "start", "stop", "last", "from", "until"})
"""Columns that hold a time: nanoseconds in the store, milliseconds in every answer."""
TIME = "ms since 1970"
ENDPOINT = {"name": "", "method": ""}
HOST = {"time": TIME, "host": "", "role": ""}
"""What many queries' columns begin with."""
_RUN, _WINDOW = re.compile(r"\$run\b"), re.compile(r"\$window\b")
_WHOLE = re.compile(r"^drawn_to = v\.timeRangeStop$", re.MULTILINE)
_IMPORTS = re.compile(r'\A(?:\s*import "[^"]*"\n)*')
_INCLUDE = re.compile(r"^ *// include: (\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Query:
    """A question with one answer in both dialects."""

    name: str
    title: str
    columns: Mapping[str, str]
    """Column to unit; empty where it has none."""
    of_spans: bool = False
    """Whether its windows are of endpoints' histograms, which have spans of their own."""

    @property
    def needs_run(self) -> bool:
        """Whether it is about one run."""
        return _RUN.search(self.sql) is not None

    @property
    def windowed(self) -> bool:
        """Whether its rows are windows of time."""
        return _WINDOW.search(self.sql) is not None

    @property
    def of_load(self) -> bool:
        """Whether a window of it that isn't over yet looks like a drop of the load."""
        return _WHOLE.search(self.flux) is not None

    @property
    def sql(self) -> str:
        """The question as DuckDB takes it."""
        return _text(f"{self.name}.sql")

    @property
    def flux(self) -> str:
        """The question as InfluxDB and Grafana take it."""
        return with_shared(_text(f"{self.name}.flux"))


def with_shared(flux: str) -> str:
    """Return *flux* with what several files share, ``shared/NAME.flux``, at ``// include: NAME``.

    Flux has no includes, and Grafana sends a panel's query whole.
    """
    return _INCLUDE.sub(lambda found: _text(f"shared/{found[1]}.flux"), flux)


def end_of_imports(flux: str) -> int:
    """Return where *flux* goes on behind its imports: nothing else may stand before them."""
    imports = _IMPORTS.match(flux)
    return imports.end() if imports else 0


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
