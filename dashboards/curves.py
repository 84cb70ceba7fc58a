"""Queries as lines over time: what a line is called, and how those of a panel are told apart."""

import json
from collections.abc import Sequence

from dashboards import config
from dashboards.flux import answer_of, catalogue, importing, in_whole_windows, then
from swarmscope.queries.catalogue import query

_DRAWN = "drawn = /.*/\n"
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

_NAMES = """
    answer
        |> group()
        |> distinct(column: "together")"""
WORKERS = """
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r._field == "requests_seen")
        |> last()
        |> group()
        |> distinct(column: "worker")"""
"""All workers of the run, picked or not, so that each keeps its colour on all boards."""
HOSTS = """
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_idle")
        |> filter(fn: (r) => r.cpu == "cpu-total")
        |> last()
        |> group()
        |> distinct(column: "host")"""
"""All machines, picked or not, for the same reason."""
ENDPOINTS = """
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "${points}_stats" and r.run == "${run}")
        |> filter(fn: (r) => r.name != "Aggregated" and r._field == "count")
        |> last()
        |> group()
        |> map(fn: (r) => ({_value: r.name + " " + (if exists r.method then r.method else "")}))
        |> distinct()"""
MOST = """
    most"""
"""What a query itself found to be the most, so that the rest has a colour for itself."""
OTHERS = "others"
ROOM = "room"
"""A column that nobody sees: its axis on the right leaves room for half of a time's label."""
NO_LINE = """\
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
    |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
    |> first()
    |> group()
    |> limit(n: 1)
    |> map(fn: (r) => ({_time: r._time, _value: 0.0}))
"""
"""One point that nobody sees, where the run has anything at all."""
_FIRST = "0"
_RANKING = ("array", "dict", "strings")
_RANK = """\
// Once for each text, and looked up for each row: rows times texts took half a minute.
numbered ={names}
        |> sort()
        |> map(fn: (r) => ({{_value: r._value, number: 1}}))
        |> cumulativeSum(columns: ["number"])
        |> map(fn: (r) => ({{_value: string(v: (r.number - 1) % {kinds}) + " " + r._value}}))
        |> findColumn(fn: (key) => true, column: "_value")
pairs =
    if length(arr: numbered) == 0 then
        // A map of nothing is still a list of texts, whatever it would make of them.
        [{{key: "", value: ""}}]
    else
        array.map(
            arr: numbered,
            fn: (x) => {{
                parts = strings.splitN(v: x, t: " ", i: 2)

                return {{key: parts[1], value: parts[0]}}
            }},
        )
ranks = dict.fromList(pairs: pairs)
rank = (text) => dict.get(dict: ranks, key: text, default: "{rest}")

"""


def lines(
    name: str,
    *,
    values: Sequence[str] = ("value",),
    called_by: Sequence[str] = (),
    each_host: bool = False,
    added_over: Sequence[str] = (),
) -> str:
    """Return the query *name* as lines over time: *values* of it, one line for each set of texts.

    Where a panel gives lines a colour by some of these texts (a role, a direction), *called_by*
    makes them the field's name: Grafana's overrides can match nothing else of a line. So that
    *each_host* has a colour of its own, its number follows. The one value of what differs in the
    texts *added_over* alone is added up.
    """
    texts = [column for column, unit in query(name).columns.items() if unit == ""]
    texts = [text for text in texts if text not in added_over]
    kept = ["time", *texts, *values]
    flux = catalogue(name)
    if "role" in texts:
        flux += _ROLE
    if added_over:
        flux += f"    |> group(columns: {json.dumps(['time', *texts])})\n"
        flux += f"    |> sum(column: {json.dumps(values[0])})\n"
    if called_by:
        together = ' + " " + '.join(f"r.{text}" for text in called_by)
        if each_host:
            flux = _ranking(flux, HOSTS)
            together += ' + " " + rank(text: r.host)'
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


def apart(
    name: str,
    *texts: str,
    value: str = "value",
    drawn: str = "",
    of: str = _NAMES,
    rest: str = _FIRST,
    together: str = "",
) -> str:
    """Return the query *name* as lines called 0, 1, … by the order of their *texts*.

    So that each has a colour of its own: Grafana's overrides match names, and nobody knows before
    what the user classes or the workers of a run are called. Of many fields that the query has, one
    is *drawn*, and no other is read. *of* is a list of all texts, where the query has one already:
    to ask for the rows twice takes twice as long. What isn't in it is called *rest*.
    *together* is Flux that decides whether `each` of them is drawn, or what else.
    """
    every = [column for column, unit in query(name).columns.items() if unit == ""]
    before = _joined(_only(name, drawn), texts, ["time", *every, value])
    # Each colour twice: as a line, and in dashes.
    before += _RANK.format(kinds=2 * len(config.APART), names=of, rest=rest)
    numbered = (
        "answer\n"
        "    |> map(fn: (r) => ({r with _field: rank(text: r.together)}))\n"
        '    |> drop(columns: ["together"])\n'
        f'    |> rename(columns: {{time: "_time", {value}: "_value"}})\n'
        f"    |> group(columns: {json.dumps([*every, '_field'])})\n"
    )
    if together:
        numbered = f"each =\n{numbered}\n{together}"
    packages = (*_RANKING, "regexp") if together else _RANKING
    return importing(before + numbered, *packages) + _GAPS


def _only(name: str, drawn: str) -> str:
    """Return the query *name*, which reads the field *drawn* and no other, if that is said."""
    flux = catalogue(name)
    if drawn and _DRAWN not in flux:
        raise ValueError(f"{name}.flux reads every field, whatever is drawn of it.")
    return flux.replace(_DRAWN, f"drawn = /^{drawn}$/\n") if drawn else flux


def _joined(flux: str, texts: Sequence[str], kept: Sequence[str]) -> str:
    """Return *flux* with what it *kept* as `answer`, and its *texts* there as one, `together`."""
    begin = answer_of(flux)
    joined = ' + " " + '.join(f"r.{text}" for text in texts)
    return (
        flux[:begin]
        + "answer =\n"
        + flux[begin:]
        + f"    |> keep(columns: {json.dumps(kept)})\n"
        + f"    |> map(fn: (r) => ({{r with together: {joined}}}))\n"
    )


def _ranking(flux: str, names: str) -> str:
    """Return *flux* with a function `rank` before its answer: a text's number among *names*."""
    begin = answer_of(flux)
    ranks = _RANK.format(kinds=len(config.APART), names=names, rest=_FIRST)
    return importing(flux[:begin] + ranks + flux[begin:], *_RANKING)


def elapsed(name: str, value: str, called: str, *, of_baseline: bool = False) -> str:
    """Return *value* of the query *name* over the seconds since the run began, as *called*.

    Of the baseline the same seconds are asked for, wherever in time it lies.
    """
    flux = in_whole_windows(name, everything=("worker",))
    start = "run_start"
    if of_baseline:
        flux, start = then(flux), "baseline_start"
    return (
        flux
        + f"""\
    |> map(
        fn: (r) =>
            ({{
                // On windows of one grid, so that two runs have the same ones.
                elapsed:
                    float(v: int(v: r.time) - ${{{start}}}000000 / int(v: every) * int(v: every))
                        /
                        1000000000.0,
                _value: float(v: r.{value}),
            }}),
    )
    |> filter(fn: (r) => r.elapsed >= 0.0)
    |> group(columns: ["elapsed"])
    |> sum()
    |> group()
    |> sort(columns: ["elapsed"])
    |> rename(columns: {{_value: {json.dumps(called)}}})
    |> map(fn: (r) => ({{r with {ROOM}: 0.0}}))
"""
    )
