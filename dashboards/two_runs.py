"""Two runs in one query: how they differ, where chance alone makes no such difference."""

import json

from dashboards import flux
from swarmscope import schema
from swarmscope.queries.query import end_of_imports

BEFORE = " before"
"""Behind the names of columns that are about the run that another is compared with."""
_SIGMAS = 3.0
"""Of endpoints that fail alike in both runs chance makes a larger difference of one in 400."""
_UNCOLOURED = json.dumps(json.dumps({"color": "inherit"}))
_SIDES = """\
told = (tables=<-, behind) =>
    union(
        tables: [
            tables
                |> map(
                    fn: (r) =>
                        ({
                            name: r.name,
                            method: r.method,
                            key: "requests" + behind,
                            _value: float(v: r.requests),
                        }),
                ),
            tables
                |> map(
                    fn: (r) =>
                        ({
                            name: r.name,
                            method: r.method,
                            key: "failures" + behind,
                            _value: float(v: r.failures),
                        }),
                ),
        ],
    )
"""
_TOGETHER = f"""\
union(tables: [here() |> told(behind: ""), there() |> told(behind: "{BEFORE}")])
    |> group()
    |> pivot(rowKey: ["name", "method"], columnKey: ["key"], valueColumn: "_value")
    |> map(
        fn: (r) => {{
            requests = if exists r.requests then r.requests else 0.0
            before = if exists r["requests{BEFORE}"] then r["requests{BEFORE}"] else 0.0
            share = if requests > 0.0 then r.failures / requests else 0.0
            share_before = if before > 0.0 then r["failures{BEFORE}"] / before else 0.0
            fewest = if requests < before then requests else before
            all = (share * requests + share_before * before) / (requests + before)
            by_chance =
                if fewest > 0.0 then
                    math.sqrt(x: all * (1.0 - all) * (1.0 / requests + 1.0 / before))
                else
                    1.0
            by = share - share_before

            return {{
                name: r.name,
                method: r.method,
                requests:
                    if requests > 0.0 then int(v: requests) else debug.null(type: "int"),
                "requests{BEFORE}":
                    if before > 0.0 then int(v: before) else debug.null(type: "int"),
                failed: if requests > 0.0 then share else debug.null(type: "float"),
                "failed{BEFORE}":
                    if before > 0.0 then share_before else debug.null(type: "float"),
                "failed by": if fewest > 0.0 then by else debug.null(type: "float"),
                failed_looks:
                    if math.abs(x: by) > {_SIGMAS} * by_chance then "{{}}" else {_UNCOLOURED},
                p95_looks:
                    if fewest >= {float(schema.REQUESTS_FOR["p95"])} then "{{}}" else {_UNCOLOURED},
            }}
        }},
    )
"""


def counts(asked: str) -> str:
    """Return *asked*, a query of endpoints' requests and failures, of both runs side by side.

    The columns that end in `_looks` say how a difference looks where it says nothing.
    """
    there = flux.then(asked)
    end = end_of_imports(there)
    text = f"{there[:end]}{_block('here', asked[end:])}{_block('there', there[end:])}"
    return flux.importing(text + _SIDES + _TOGETHER, "internal/debug", "math")


def _block(name: str, text: str) -> str:
    """Return *text* without imports as a function: both runs' names would be the same."""
    begin = flux.answer_of(text)
    return f"{name} = () => {{\n{text[:begin]}\nreturn\n{text[begin:]}}}\n\n"
