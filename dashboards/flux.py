"""The panels' Flux: the catalogue's files as they are, and the few lines that Grafana needs more.

A file names what can be picked on a board, with everything as its value (``host = /.*/``). Here
Grafana's variables take that place. Behind it comes how a panel wants the answer: as a table it is
taken as it is, as lines it is told apart by its texts.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.models.common import DataSourceRef

from dashboards import look
from swarmscope.queries.catalogue import query

_HERE = Path(__file__).parent / "flux"
_PLACES = {name: f"/^${{{name}:regex}}$/" for name in look.EVERYTHING} | {
    "resolution": "${resolution}s"
}
_PLACE = re.compile(rf"^({'|'.join(_PLACES)}) = .+$", re.MULTILINE)
_ROLE = """\
    |> map(
        fn: (r) =>
            ({r with role:
                    if r.role == "generator" or r.role == "target" then r.role else "other",
            }),
    )
"""
_UNPIVOT = 'import "experimental"\n'
_GAPS = """\
    |> map(
        fn: (r) =>
            ({r with _time: if r._time < v.timeRangeStart then v.timeRangeStart else r._time}),
    )
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> aggregateWindow(every: every, fn: mean, createEmpty: true, timeSrc: "_start")
    |> map(fn: (r) => ({r with _time: date.truncate(t: r._time, unit: every)}))
"""
"""A window without data becomes an empty value: Grafana draws a line over a missing one, as if a
target that answers nothing went on as before. Each window has one value: its mean is itself. The
first window begins before the range, outside which Flux never looks again: it steps in, and out."""


def source() -> DataSourceRef:
    """Return a reference to the one data source."""
    return DataSourceRef(type_val="influxdb", uid=look.DATA_SOURCE)


def catalogue(name: str) -> str:
    """Return the query *name* of the catalogue with Grafana's variables in their places."""
    return _with_variables(query(name).flux)


def own(name: str) -> str:
    """Return a query that only boards need: the values of a variable."""
    return _with_variables((_HERE / f"{name}.flux").read_text(encoding="utf-8"))


def _with_variables(flux: str) -> str:
    return _PLACE.sub(lambda found: f"{found[1]} = {_PLACES[found[1]]}", flux)


def lines(name: str, *, values: Sequence[str] = ("value",), called_by: Sequence[str] = ()) -> str:
    """Return the query *name* as lines over time: *values* of it, one line for each set of texts.

    Where a panel gives lines a colour by some of these texts (a role, a direction), *called_by*
    makes them the field's name: Grafana's overrides can match nothing else of a line.
    """
    texts = [column for column, unit in query(name).columns.items() if unit == ""]
    kept = ["time", *texts, *values]
    flux = catalogue(name)
    if "role" in texts:
        flux += _ROLE
    if called_by:
        together = ' + " " + '.join(f"r.{text}" for text in called_by)
        flux += f"    |> map(fn: (r) => ({{r with _field: {together}}}))\n"
        kept.append("_field")
    flux += f"    |> keep(columns: {json.dumps(kept)})\n"
    if called_by:
        flux += f'    |> rename(columns: {{time: "_time", {values[0]}: "_value"}})\n'
        flux += f"    |> group(columns: {json.dumps([*texts, '_field'])})\n"
    else:
        flux += '    |> rename(columns: {time: "_time"})\n'
        flux += f"    |> group(columns: {json.dumps(texts)})\n"
        flux = _UNPIVOT + flux + "    |> experimental.unpivot()\n"
    return flux + _GAPS


def only(name: str, condition: str) -> str:
    """Return the rows of the query *name* for which *condition* holds."""
    return catalogue(name) + f"    |> filter(fn: (r) => {condition})\n"


class _Query(variants.Dataquery):
    def __init__(self, flux: str, ref_id: str) -> None:
        self._flux = flux
        self._ref_id = ref_id

    def to_json(self) -> dict[str, object]:
        return {"datasource": source(), "query": self._flux, "refId": self._ref_id}


class Target(builder.Builder[variants.Dataquery]):
    """One query of a panel; the SDK has none for InfluxDB."""

    def __init__(self, flux: str, ref_id: str = "A") -> None:
        self._query = _Query(flux, ref_id)

    def build(self) -> variants.Dataquery:
        """Return the query."""
        return self._query
