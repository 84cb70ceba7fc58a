"""Whether the measurement itself can be trusted: calm as long as it can, loud where it can't."""

from grafana_foundation_sdk.builders import common as make
from grafana_foundation_sdk.builders import dashboard as parts
from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import Threshold, ThresholdsMode

from dashboards import cells, flux, look, panels

# Columns arrive in the order of their names.
_WORDS = f"""\
    |> map(
        fn: (r) =>
            ({{r with over: if r.cpu_over > r.lag_over then r.cpu_over else r.lag_over,
                gone: r.lost + r.rejected,
            }}),
    )
    |> map(
        fn: (r) =>
            ({{
                a_generator:
                    if float(v: r.over) >= {look.SATURATED_SHARE} * float(v: r.worker_seconds) then
                        "GENERATOR SATURATED in " + string(v: r.over) + " of "
                            +
                            string(v: r.worker_seconds)
                            +
                            " worker seconds: response times are its own"
                    else if r.over > 0 then
                        "Generator stalled in " + string(v: r.over) + " of "
                            +
                            string(v: r.worker_seconds)
                            +
                            " worker seconds: doubt those moments"
                    else
                        "Generator kept up",
                b_clocks:
                    if r.clock_error_ms > {look.CLOCK_LIMIT_MS} then
                        "CLOCKS OFF by up to " + string(v: int(v: r.clock_error_ms))
                            +
                            " ms: points stand at the wrong time"
                    else
                        "Clocks agree within " + string(v: int(v: r.clock_error_ms) + 1) + " ms",
                c_delivery:
                    if r.gone > 0 then
                        "DATA LOST: " + string(v: r.gone) + " requests are in no panel"
                    else if r.pending > 0 then
                        string(v: r.pending) + " requests on their way"
                    else
                        "Every request delivered",
            }}),
    )
"""


_ABOUT = """\
    |> map(
        fn: (r) =>
            ({d_about:
                    r.label + (if r.label != "" and r.description != "" then ": " else "")
                        +
                        r.description,
            }),
    )
"""
"""Of a run about which nobody said anything there is no such field."""


def panel(*, about: bool = False) -> stat.Panel:
    """Return the panel that stands above the others; *about* says what the run was for."""
    made = panels.asking(
        stat.Panel(),
        "Can this measurement be trusted?",
        "Dark words: yes. A red field: no, and what it says is why. A saturated generator measures "
        "itself: add workers or machines and run again. Clocks that are off draw a cause after "
        "its effect. Lost data makes every sum too small. Moments in which the generator stalled "
        "are in the panels of the workers' CPU and lag.",
        "generators",
        flux.rows("generator_health", _WORDS),
        *([flux.rows("about_run", _ABOUT)] if about else []),
        height=3,
        span=panels.FULL,
    )
    words = cells.in_words(
        ("/^(GENERATOR|CLOCKS|DATA) .*/", look.BAD),
        ("/^(Generator stalled|[0-9]+ requests) .*/", look.DOUBTFUL),
        otherwise=look.CALM,
    )
    return (
        made.reduce_options(
            make.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(False)
        )
        .orientation(common.VizOrientation.VERTICAL)
        .text_mode(common.BigValueTextMode.VALUE)
        .text(make.VizTextDisplayOptions().value_size(16))
        .color_mode(common.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(common.BigValueGraphMode.NONE)
        .justify_mode(common.BigValueJustifyMode.AUTO)
        # Without an answer nothing is said, least of all in green.
        .thresholds(
            parts.ThresholdsConfig()
            .mode(ThresholdsMode.ABSOLUTE)
            .steps([Threshold(value=None, color=look.CALM)])
        )
        .override_by_regexp("/.*/", list(words))
    )
