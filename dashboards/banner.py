"""Whether the measurement itself can be trusted: calm as long as it can, loud where it can't."""

from grafana_foundation_sdk.builders import common as make
from grafana_foundation_sdk.builders import dashboard as parts
from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
)

from dashboards import cell_overrides, config, flux, panels, transform, variables
from swarmscope.queries.query import end_of_imports
from swarmscope.runs.judge import PATIENCE_MS

_NOBODY = "not audited yet"
UNFINISHED = "not audited to its end"
"""What was said while a run went on is no verdict on one that was killed."""
LONG_PENDING = "pending when it was audited last"
"""By now nothing more of it comes by itself: who reads that it is pending waits for nothing."""
STANDS = r"r.said !~ /\brunning\b/ or alive"
"""The condition in Flux under which it is one."""
_SINCE = f"{PATIENCE_MS // 1_000}s"
MOST, MOST_BESIDE_ABOUT, MOST_OF_TWO = 190, 145, 200
"""Signs of a sentence that a field has room for on a screen of 1280 beside Grafana's menu: of three
fields, of four that are less high, of one below the other."""
MORE = " … (more: swarmscope audit)"
"""How one ends that is longer: Grafana would show the middle of it."""

_ALIVE = f"""\
signs =
    from(bucket: v.defaultBucket)
        |> range(start: -{_SINCE})
        |> filter(fn: (r) => r._measurement == "locust_worker" or r._measurement == "locust_run")
        |> filter(fn: (r) => r.run == "${{run}}")
        |> filter(fn: (r) => r._field == "requests_seen" or r._field == "message")
        |> last()
        // Numbers and texts can't be in one table.
        |> keep(columns: ["_time"])
        |> findColumn(fn: (key) => true, column: "_time")
alive = length(arr: signs) > 0

"""


def found() -> str:
    """Return Flux for what was found, as `answer`; `alive` is whether anybody was heard lately."""
    text = flux.answered("run_audit")
    begin = text.index("answer =\n")
    return f"{text[:begin]}{_ALIVE}{text[begin:]}"


def _fitting(asked: str, most: int, more: str = MORE) -> str:
    """Return *asked* with a function `fitting`, of which no text is longer than *most*.

    What stands in brackets goes first: who and how much comes before them. Then the end, from a
    semicolon on where one isn't far: the begin of a clause says nothing, and takes a line.
    """
    asked = flux.importing(asked, "regexp", "strings")
    begin = end_of_imports(asked)
    function = f"""\
fitting = (text) => {{
    short =
        if strings.strlen(v: text) <= {most} then
            text
        else
            regexp.replaceAllString(r: / \\([^()]*\\)/, v: text, t: "")

    whole =
        if strings.strlen(v: short) <= {most} then
            short
        else
            regexp.replaceAllString(
                r: /(; [^;]{{0,40}}|[ ,;:]+[^ ]*)$/,
                v: strings.substring(v: short, start: 0, end: {most - len(more)}),
                t: "",
            )
                +
                "{more}"

    // A long name may be broken where nobody sees a blank.
    return regexp.replaceAllString(r: /([^ -]{{24}})/, v: whole, t: "$1\\xe2\\x80\\x8b")
}}

"""
    return f"{asked[:begin]}{function}{asked[begin:]}"


def _judged(whose: str = "", nothing: str = "") -> str:
    # Columns arrive in the order of their names.
    return f"""\
    // While a run goes on, what was found of it gets old: the panels count more requests by now.
    |> map(
        fn: (r) =>
            ({{r with since:
                    if alive and r.said =~ /\\brunning\\b/ and exists r.judged_at then
                        " " + string(v: int(v: now()) / 1000000000 - r.judged_at / 1000) + " s ago"
                    else
                        "",
            }}),
    )
    |> map(
        fn: (r) =>
            ({{
                rank: 0,
                a_data:
                    fitting(
                        text:
                            "Data{whose}" + r.since + ": "
                                +
                                (if not ({STANDS}) then
                                    "{UNFINISHED}; swarmscope audit ${{run}}"
                                else if r.said =~ /^pending/ and not alive then
                                    strings.replace(
                                        v: r.line,
                                        t: "pending",
                                        u: "{LONG_PENDING}",
                                        i: 1,
                                    )
                                else
                                    r.line),
                    ),
                b_generators: fitting(text: "Generators{whose}: " + r.generators_line),
            }}),
    )

// Where nobody has judged, nobody knows; without a run there is nothing to know.
nobody =
    array.from(
        rows: [
            {{
                rank: 1,
                a_data: "Data{whose}: {_NOBODY}; swarmscope audit ${{run}}",
                b_generators: "Generators{whose}: {_NOBODY}",
            }},
        ],
    )
        |> filter(fn: (r) => "${{run}}" != "" and "${{run}}" != "(none)")

{nothing}union(tables: [answer, nobody{", nothing" if nothing else ""}])
    |> group()
    |> sort(columns: ["rank"])
    |> limit(n: 1)
    |> drop(columns: ["rank"])
"""


_NOTHING = """\
// Another run than one that says something of this one is compared with it by choice alone.
nothing =
    array.from(
        rows: [
            {
                rank: 1,
                a_data:
                    "Compared with nothing: no earlier run of this test is over and had requests",
                b_generators: "Other runs can be picked above, under Compared with",
            },
        ],
    )
        |> filter(fn: (r) => "${run}" == "(none)")

"""
_CLOCKS = f"""\
    |> map(
        fn: (r) =>
            ({{
                c_clocks:
                    if r.clock_error_ms > {config.CLOCK_LIMIT_MS} then
                        "CLOCKS OFF by up to " + string(v: int(v: r.clock_error_ms))
                            +
                            " ms: points stand at the wrong time"
                    else
                        "Clocks agree within " + string(v: int(v: r.clock_error_ms) + 1) + " ms",
            }}),
    )
"""
_ABOUT = """\
    |> map(
        fn: (r) =>
            ({d_about:
                    fitting(
                        text:
                            r.label + (if r.label != "" and r.description != "" then ": " else "")
                                +
                                r.description,
                    ),
            }),
    )
"""
"""Of a run about which nobody said anything there is no such field."""


_THERE = f"/d/${{__dashboard.uid}}?{config.WHOLE_RUN}&${{__all_variables}}"


def panel(*, about: bool = False) -> stat.Panel:
    """Return the panel that stands above the others; *about* says what the run was for."""
    most = MOST_BESIDE_ABOUT if about else MOST
    made = panels.asking(
        stat.Panel(),
        "Can this measurement be trusted?",
        "Dark words: yes. A red field: no, and what it says is why. A saturated generator measures "
        "itself: add workers or machines and run again. Clocks that are off draw a cause after "
        "its effect. Missing data makes every sum too small, and percentiles are then those of "
        "what arrived. Both are found by the audit: the master's, while a run goes on and at its "
        "end, or that of `swarmscope audit`. Moments in which the generator stalled are in the "
        "panels of the workers' CPU and lag. What ends in three dots is whole in *Why* of "
        "*Runs*, in the run's report, and in what `swarmscope audit` says.",
        "generators",
        _fitting(found() + _judged(), most),
        flux.rows("clock_error", _CLOCKS),
        *([_fitting(flux.rows("about_run", _ABOUT), most, " …")] if about else []),
        flux.own("elsewhere"),
        height=4,
        span=panels.FULL,
    )
    link = {"title": config.TIME_OF_RUN, "url": _THERE}
    made = made.with_transformation(
        transform.drawn_anew_with(variables.in_link(*variables.CARRIED))
    )
    return _in_words(made).override_by_name("e_elsewhere", [DynamicConfigValue("links", [link])])


def of_two_runs() -> stat.Panel:
    """Return the panel that stands above two runs that are compared."""
    asked = found()
    own, other = (
        _fitting(asked + judged, MOST_OF_TWO)
        for judged in (_judged(), _judged(" of the other run", _NOTHING))
    )
    made = panels.asking(
        stat.Panel(),
        "Can these two be compared?",
        "What the newest audit found of each run. Dark words: yes. A red field: no. Of a run whose "
        "data is incomplete all sums are too small, and percentiles are those of what arrived; "
        "response times of one whose generators were saturated are their own. A difference to "
        "another run then says nothing of the target. Nor does it where the load differed: how "
        "long each run lasted in this time range, and from when on since their begin the users "
        "that were wanted differ by more than 5 %.",
        "delivery",
        own,
        flux.then(other),
        flux.own("loads"),
        height=6,
        span=panels.FULL,
    )
    # One below the other: each has two lines of a small screen.
    return _in_words(made).orientation(common.VizOrientation.HORIZONTAL)


def _in_words(made: stat.Panel) -> stat.Panel:
    words = cell_overrides.in_words(
        ("/^((Data|Generators)[^:]*: (incomplete|no data|saturated)|CLOCKS).*/", config.BAD),
        (
            f"/^(Data|Generators)[^:]*: (pending|stalled|unknown|{_NOBODY}|{UNFINISHED}).*/",
            config.DOUBTFUL,
        ),
        ("/^Run .* went on at another time.*/", config.DOUBTFUL),
        ("/^Load: .* (not counts|users here).*/", config.DOUBTFUL),
        otherwise=config.CALM,
    )
    return (
        made.reduce_options(
            make.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(False)
        )
        .orientation(common.VizOrientation.VERTICAL)
        .text_mode(common.BigValueTextMode.VALUE)
        .text(make.VizTextDisplayOptions().value_size(14))
        .color_mode(common.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(common.BigValueGraphMode.NONE)
        .justify_mode(common.BigValueJustifyMode.AUTO)
        # Without an answer nothing is said, least of all in green.
        .thresholds(
            parts.ThresholdsConfig()
            .mode(ThresholdsMode.ABSOLUTE)
            .steps([Threshold(value=None, color=config.CALM)])
        )
        .override_by_regexp("/.*/", list(words))
    )
