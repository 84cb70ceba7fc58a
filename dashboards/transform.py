"""What Grafana does with the answers before it draws them as a table."""

from collections.abc import Iterable, Mapping

from grafana_foundation_sdk.models.dashboard import DataTransformerConfig


def merged() -> DataTransformerConfig:
    """Make one table of several: rows that agree in all columns they share become one."""
    return DataTransformerConfig(id_val="merge", options={})


def joined(column: str) -> DataTransformerConfig:
    """Make one table of several: rows that agree in *column*, where all of them have one."""
    options = {"byField": column, "mode": "inner"}
    return DataTransformerConfig(id_val="joinByField", options=options)


def gone_if_empty(column: str) -> DataTransformerConfig:
    """Leave nothing of a table without rows: Grafana would show its heads, and say nothing.

    Of one with rows *column* is dropped, which must have the same value in all of them.
    """
    options = {"fields": [column], "keepFields": False, "naming": {"asLabels": False}}
    return DataTransformerConfig(id_val="partitionByValues", options=options)


def not_empty() -> DataTransformerConfig:
    """Leave out answers that have no column."""
    every = {"include": {"pattern": "/.*/"}}
    return DataTransformerConfig(id_val="filterFieldsByName", options=every)


def calculated(name: str, left: str, operator: str, right: str) -> DataTransformerConfig:
    """Add the column *name* to a table: two others, with an operator between them."""
    binary = {
        "left": {"matcher": {"id": "byName", "options": left}},
        "operator": operator,
        "right": {"matcher": {"id": "byName", "options": right}},
    }
    options = {"alias": name, "mode": "binary", "binary": binary}
    return DataTransformerConfig(id_val="calculateField", options=options)


def titled(titles: Mapping[str, str], *, without: Iterable[str] = ()) -> DataTransformerConfig:
    """Bring columns into the order of *titles* and name them so; those in *without* are hidden."""
    options: dict[str, object] = {
        "indexByName": {name: i for i, name in enumerate(titles)},
        "renameByName": dict(titles),
    }
    hidden = dict.fromkeys(without, True)
    if hidden:
        options["excludeByName"] = hidden
    return DataTransformerConfig(id_val="organize", options=options)


def drawn_anew_with(picked: str) -> DataTransformerConfig:
    """Draw a table anew with each change of what is *picked*, variables in Grafana's notation.

    A link in a cell keeps what was picked when the cell was drawn, and Grafana draws it anew only
    if a query or a transformation names the variable. This one costs the store no question.
    """
    options = {"excludeByName": {f"no column has such a name: {picked}": True}}
    return DataTransformerConfig(id_val="organize", options=options)
