"""The panels' Flux: the catalogue's files as they are, and the few lines that Grafana needs more.

A file names what can be picked on a board, with everything as its value (``host = /.*/``). Here
Grafana's variables take that place. A table takes the answer as it is; `curves` makes lines of it.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from dashboards import config
from swarmscope import schema
from swarmscope.queries.catalogue import query
from swarmscope.queries.query import end_of_imports, with_shared
from swarmscope.recording.reports import SLOWEST_S, WORKERS_A_SECOND
from swarmscope.store.watermark import GRACE_MS, HEARD_MS, SETTLED_MS

_HERE = Path(__file__).parent / "flux"
_PICKED = (*config.EVERYTHING, "level", "other_measurement", "other_field")
_MINUTE = f"{schema.RESOLUTION_LONG}000000000"
_HAS_MINUTES = '"${minutes}" != v.defaultBucket'
"""The variable is the bucket of the run's minutes, or that of its seconds where there are none."""
_LONG_WINDOWS = f"int(v: v.windowPeriod) >= {_MINUTE}"
_BY_MINUTES = f"if {_LONG_WINDOWS} and {_HAS_MINUTES} then "
_SUMS_BY_MINUTES = (
    "if int(v: v.timeRangeStop) - int(v: v.timeRangeStart) > "
    f"{config.BY_MINUTES_S}000000000 and {_HAS_MINUTES} then "
)
_MINUTE_OF_START = f"time(v: int(v: v.timeRangeStart) / {_MINUTE} * {_MINUTE})"
_RESOLUTIONS = {
    name: f"{{}}{schema.RESOLUTION_LONG}s else ${{{{{name}}}}}s"
    for name in ("resolution", "endpoint_resolution")
}
_READS_MINUTES = re.compile(r"^bucket = ", re.MULTILINE)
_PLACES = {name: f"/^${{{name}:regex}}$/" for name in _PICKED} | {
    **{n: text.format(f"if {_LONG_WINDOWS} then ") for n, text in _RESOLUTIONS.items()},
    # Behind its verdict an audit says more.
    "verdict": "/^${verdict:regex}/",
    "candidates": "/^(${candidates:raw})$/",
    "unsummarised": "/^(${unsummarised:raw})$/",
    "bucket": f'{_BY_MINUTES}"${{minutes}}" else v.defaultBucket',
    # Whole minutes: the first one begins before the range.
    "since": f"{_BY_MINUTES}{_MINUTE_OF_START} else v.timeRangeStart",
    # Whole windows: of one that the range cuts, or that goes on, a part looks like a drop.
    "drawn_from": """time(v: int(v: v.timeRangeStart) / int(v: every) * int(v: every))
cut = int(v: v.timeRangeStop) + int(v: every) - 1
stored = ${watermark}000000
whole = (if cut < stored then cut else stored) / int(v: every) * int(v: every)""",
    "drawn_to": "time(v: if whole > int(v: drawn_from) then whole else int(v: drawn_from) + 1)",
    # Of a run that has gone on for less than a window nothing is as long as the others are.
    "stored_to": "time(v: if cut > stored and stored / step * step - int(v: every) "
    ">= ${run_start}000000 then stored / step * step else whole)",
    "heard": f"{HEARD_MS // 1_000}s",
    "waited_ms": str(GRACE_MS),
    "settled_ms": str(SETTLED_MS),
    "pace": f"if workers > {WORKERS_A_SECOND * SLOWEST_S} then {SLOWEST_S} "
    f"else if workers > {WORKERS_A_SECOND} "
    f"then (workers + {WORKERS_A_SECOND - 1}) / {WORKERS_A_SECOND} else 1",
    "earliest": "time(v: 0)",
    "kept_in": '"${minutes}"',
    "latest": "2262-01-01T00:00:00Z",
    "latency_points": '"${points}_latency"',
    "stats_points": '"${points}_stats"',
    "summary": '"${summary}"',
    "spans": "${endpoint_resolution}s",
    # A number of anybody's own: of what gets out of an expression nothing is left in it.
    "apdex_t": "float(v: ${apdex_t:regex})",
    # Of requests not even a minute may be missing, until they would take too long.
    "bucket_of_sums": f'{_SUMS_BY_MINUTES}"${{minutes}}" else v.defaultBucket',
    "since_of_sums": f"{_SUMS_BY_MINUTES}{_MINUTE_OF_START} else v.timeRangeStart",
}
_PLACE = re.compile(rf"^({'|'.join(_PLACES)}) = .+$", re.MULTILINE)


SHARE_OF_FAILED = """\
if r.requests == 0 then
                        debug.null(type: "float")
                    else
                        float(v: r.failures) / float(v: r.requests)"""
"""Of the requests of a row that may have none, laid out as the value of a column. That
nothing of nothing failed is no good news, and no number."""
IN_SHORT = f"""\
regexp.replaceAllString(
                    r: /^(.{{{config.HEAD}}}).{{2,}}(.{{{config.TAIL}}})$/,
                    v: r.name,
                    t: "$1…$2",
                )"""
"""The name of a row as it has room in one line: it imports ``regexp``."""
_THEN = """\
ago = int(v: ${run_start}000000) - int(v: ${baseline_start}000000)
begin = time(v: int(v: v.timeRangeStart) - ago)
end = time(v: int(v: v.timeRangeStop) - ago)
"""
_ALL_IS_STORED = "9000000000000"
"""The watermark of a run that is over, in ms. A baseline is, or has long come to these seconds."""
_EXPRESSION = re.compile(r"^\w+(?=\(|$)", re.MULTILINE)
"""Where a query's answer begins: the last one is no assignment."""


def catalogue(name: str, *, everything: Sequence[str] = ()) -> str:
    """Return the query *name* of the catalogue with Grafana's variables in their places.

    But what *everything* names stays as it stands there: nothing of it can be picked.
    """
    return _with_variables(query(name).flux, everything)


def in_whole_windows(name: str, *, everything: Sequence[str] = ()) -> str:
    """Return the same without the window that is being filled: each refresh makes it another."""
    return catalogue(name, everything=(*everything, "stored_to"))


def rows(name: str, more: str = "") -> str:
    """Return the query *name* as rows, with *more* Flux behind it."""
    return importing(catalogue(name) + more, *(["internal/debug"] if "debug.null" in more else ()))


def answered(name: str) -> str:
    """Return the query *name* with its rows as `answer`, and `array` at hand."""
    flux = in_whole_windows(name)
    begin = answer_of(flux)
    return importing(f"{flux[:begin]}answer =\n{flux[begin:]}", "array")


def shortened(column: str, most: int) -> str:
    """Return Flux that leaves *most* signs of *column*: it imports ``regexp`` and ``strings``."""
    return f"""\
    |> map(
        fn: (r) =>
            ({{r with {column}:
                    regexp.replaceAllString(
                        r: /^(.{{{most}}}).+$/,
                        v: strings.replaceAll(v: r.{column}, t: "\\n", u: " "),
                        t: "$1…",
                    ),
            }}),
    )
"""


def broken(column: str) -> str:
    """Return Flux that ends a line of *column* behind a slash: it imports ``regexp``.

    A browser breaks a long address nowhere, and leaves out what has no room. Where it would break,
    Grafana doesn't know how high the row gets, but at a blank, a hyphen, or the end of a line.
    """
    return f"""\
    |> map(
        fn: (r) =>
            ({{r with {column}:
                    regexp.replaceAllString(
                        r: /([^ ]{{10,{config.LONGEST_NAME}}}\\/)([^ ])/,
                        v: r.{column},
                        t: "$1\\n$2",
                    ),
            }}),
    )
"""


def kept(column: str, name: str) -> str:
    """Return Flux that keeps *column* as *name*, whatever becomes of it."""
    return f"    |> map(fn: (r) => ({{r with {name}: r.{column}}}))\n"


def own(name: str, *, everything: Sequence[str] = ()) -> str:
    """Return a query that only boards need: the values of a variable."""
    return _with_variables(read(name), everything)


def read(name: str) -> str:
    """Return the text of a query that only boards or alerts need, ``flux/NAME.flux``."""
    return with_shared((_HERE / f"{name}.flux").read_text(encoding="utf-8"))


def _with_variables(flux: str, everything: Sequence[str] = ()) -> str:
    places = dict(_PLACES)
    if _READS_MINUTES.search(flux):
        places |= {n: text.format(_BY_MINUTES) for n, text in _RESOLUTIONS.items()}

    def picked(found: re.Match[str]) -> str:
        name = found[1]
        return found[0] if name in everything else f"{name} = {places[name]}"

    return _PLACE.sub(picked, flux)


def answer_of(flux: str) -> int:
    """Return where the last expression of *flux* begins."""
    return [found.start() for found in _EXPRESSION.finditer(flux)][-1]


def importing(flux: str, *packages: str) -> str:
    """Return *flux* with the imports that it lacks of *packages*."""
    lines = [f'import "{package}"\n' for package in packages]
    return "".join(line for line in lines if line not in flux) + flux


def then(flux: str) -> str:
    """Return *flux* asked of the baseline, for the same seconds since its begin."""
    end = end_of_imports(flux)
    moved = (
        flux[end:]
        .replace("${run}", "${baseline}")
        .replace("${minutes}", "${baseline_minutes}")
        .replace("${points}", "${baseline_points}")
        .replace("${summary}", "${baseline_summary}")
        .replace("${watermark}", _ALL_IS_STORED)
        .replace("v.timeRangeStart", "begin")
        .replace("v.timeRangeStop", "end")
    )
    return flux[:end] + _THEN + moved


def only(name: str, condition: str) -> str:
    """Return the rows of the query *name* for which *condition* holds."""
    return catalogue(name) + f"    |> filter(fn: (r) => {condition})\n"
