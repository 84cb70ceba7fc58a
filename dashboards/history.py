"""The runs of a test one after the other, as rows with a moment: for lines, marks and tables."""

from dashboards import config, flux

_OF_ONE_HISTORY = """\
    // A click asks for the run: see runs.flux.
    |> filter(fn: (r) => r.run !~ /["\\\\$[:cntrl:]]/)
    |> filter(fn: (r) => r.test =~ /^${test:regex}$/)
    |> filter(fn: (r) => r.history =~ /^${history:regex}$/)
"""
_SOUND = """\
    |> map(
        fn: (r) =>
            ({r with sound:
                    r.final and r.audit == "complete" and r.doubts == "" and r.generators
                        !=
                        "saturated",
            }),
    )
"""
_NOTHING = 'debug.null(type: "float")'
LEFT_OUT, FAILED, DOUBTFUL = "left out", "failed a threshold", "warning or inconclusive"
"""Of a run: as a dot of its own on the line that would be its."""
MOST_COMMITS = 24
"""So many are marked, the newest: of more, the marks would be a wall."""
_SHORT = """\
    |> map(
        fn: (r) =>
            ({r with commit:
                    regexp.replaceAllString(
                        r: /^([0-9a-f]{10})[0-9a-f]{20,}$/,
                        v: r.commit,
                        t: "$1",
                    ),
            }),
    )
"""
"""A commit as people have it."""
TEXTS = ("run", "commit", "begin", "end")
"""Columns that aren't drawn: a link finds its run in them."""
_TOLD = """\
                run: r.run,
                commit: r.commit,
                begin: string(v: int(v: r.start) / 1000000),
                end: string(v: int(v: r.until) / 1000000),
"""
_DRAWN = f"""\
    |> map(
        fn: (r) =>
            ({{
                _time: r.start,
{_TOLD}%s            }}),
    )
    |> group()
    |> sort(columns: ["_time"])
"""


def rows(more: str = "", *, drawn: str = ".*") -> str:
    """Return the query of the runs that are picked, with *more* behind it; it has `sound`.

    Of their numbers those in *drawn* are read, an expression, and how many requests there were.
    """
    asked = flux.catalogue("run_history").replace("drawn = /.*/", f"drawn = /^({drawn})$/")
    asked += _OF_ONE_HISTORY + _SOUND + _SHORT + more
    return flux.importing(asked, "internal/debug", "regexp")


def times() -> str:
    """Return response times of each run, and the p95 of those that are marked."""
    marked = {
        FAILED: "r.sound and r.verdict =~ /^fail/",
        DOUBTFUL: "r.sound and r.verdict =~ /^(warning|inconclusive)/",
        LEFT_OUT: "not r.sound",
    }
    columns = {f"p{n}": _if("r.sound", f"r.p{n}") for n in (50, 95, 99)}
    columns |= {name: _if(condition, "r.p95") for name, condition in marked.items()}
    return rows(_DRAWN % _columns(columns), drawn="p50|p95|p99")


def failures() -> str:
    """Return the share of failures of each run that counts."""
    share = "float(v: r.failures) / float(v: r.requests)"
    columns = {
        "failed": _if("r.sound and r.requests > 0", share),
        LEFT_OUT: _if("not r.sound and r.requests > 0", share),
    }
    return rows(_DRAWN % _columns(columns), drawn="num_failures")


def throughput() -> str:
    """Return the requests a second of each run that counts."""
    rate = "r.requests_per_second"
    columns = {"requests/s": _if("r.sound", rate), LEFT_OUT: _if("not r.sound", rate)}
    return rows(_DRAWN % _columns(columns), drawn="seconds")


def commits() -> str:
    """Return the first run of each commit, as `time` with a `text`."""
    return rows(
        f"""\
    |> filter(fn: (r) => r.commit != "")
    |> sort(columns: ["start"])
    |> unique(column: "commit")
    |> tail(n: {MOST_COMMITS})
    |> map(fn: (r) => ({{time: r.start, text: "commit " + r.commit, kind: "commit"}}))
""",
        drawn="count",
    )


def _columns(columns: dict[str, str]) -> str:
    return "".join(f'                "{name}":\n{value},\n' for name, value in columns.items())


def _if(condition: str, value: str) -> str:
    indent = " " * 20
    return f"{indent}if {condition} then\n{indent}    {value}\n{indent}else\n{indent}    {_NOTHING}"


LINK = (
    f"/d/{config.OVERLAY}?var-run=${{__data.fields.run:percentencode}}"
    "&from=${__data.fields.begin}&to=${__data.fields.end}"
    f"&refresh={config.REFRESH_OVER}"
)
"""To the run of a point, and its time."""
