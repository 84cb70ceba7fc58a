"""What stands above all other numbers: six of them and the verdict, read at a glance."""

from grafana_foundation_sdk.builders import common as make
from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards import banner, cell_overrides, config, flux, lines, panels, thresholds

TITLE = ""
# Columns arrive in the order of their names.
_SHOWN = f"""\
    |> map(
        fn: (r) =>
            ({{
                a_requests: r.requests,
                b_rate: r.requests_per_second,
                c_p95: r.p95,
                d_failed:
                    {flux.SHARE_OF_FAILED},
                e_cpu:
                    if exists r.cpu then
                        string(v: int(v: r.cpu + 0.5)) + " %"
                    else
                        "no host metrics",
                host: if exists r.cpu then r.host else "",
            }}),
    )
    // A label stands in the small name above the number: beside it a machine's name has no room.
    |> group(columns: ["host"])
"""
_JUDGED = f"""
answer
    |> map(fn: (r) => ({{f_data: if {banner.STANDS} then r.said else "{banner.UNFINISHED}"}}))
"""
_FULL = rf"/^({config.WORKER_CPU_LIMIT // 10:.0f}\d|100) %$/"


def panel() -> stat.Panel:
    """Return the panel with the numbers of what is picked."""
    made = panels.asking(
        stat.Panel(),
        # A title would take as much room as the numbers.
        TITLE,
        "All requests of the picked endpoints and workers in the time range: how many, how fast, "
        "how many of them failed; the highest CPU of the busiest host in it, which is red where it "
        "was full; whether the run's data is complete, as its newest audit found; and the verdict "
        "of its thresholds, where somebody judged it. Past six hours the run's summary tells the "
        "requests, their p95 and failures; where there is none, or endpoints or workers are "
        "picked, whole minutes do: the one that runs is not in them yet, nor that in which a "
        "worker was killed.",
        "load",
        flux.rows("figures", _SHOWN),
        banner.found() + _JUDGED,
        flux.own("verdict"),
        height=2,
        span=panels.FULL,
    )
    made = (
        made.reduce_options(
            make.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(False)
        )
        .orientation(common.VizOrientation.VERTICAL)
        .text_mode(common.BigValueTextMode.VALUE_AND_NAME)
        .text(make.VizTextDisplayOptions().value_size(18).title_size(12))
        .color_mode(common.BigValueColorMode.VALUE)
        .graph_mode(common.BigValueGraphMode.NONE)
        .justify_mode(common.BigValueJustifyMode.AUTO)
        .wide_layout(False)
    )
    for name, title, looks in (
        ("a_requests", "requests", [lines.unit_of(config.COUNT), _plain()]),
        ("b_rate", "requests/s", [lines.unit_of(config.PER_SECOND), _plain()]),
        ("c_p95", "p95", [lines.unit_of(config.MILLISECONDS), _plain()]),
        ("d_failed", "failed", [lines.unit_of(config.SHARE), *_failed()]),
        ("e_cpu", "highest CPU ${__field.labels.host}", [*_words((_FULL, config.WORSE))]),
        (
            "f_data",
            "data",
            [
                *_words(
                    ("/^(incomplete|no data)/", config.WORSE),
                    ("/^complete/", config.BETTER),
                    ("/^running/", config.SKY),
                )
            ],
        ),
        (
            "g_verdict",
            "verdict",
            [*cell_overrides.in_words(*thresholds.VERDICTS, otherwise=config.BETTER)],
        ),
    ):
        # Of a run without a request there is no p95: that is no reason to widen the range.
        nothing = DynamicConfigValue("noValue", "-")
        made = made.override_by_name(name, [lines.called(title), nothing, *looks])
    return made


def _plain() -> lines.Property:
    return lines.coloured("text")


def _failed() -> list[lines.Property]:
    steps: list[dict[str, object]] = [{"color": "text", "value": None}]
    steps += [{"color": config.FAILURES, "value": config.FAILED_SHARE_LIMIT}]
    return [
        DynamicConfigValue("color", {"mode": "thresholds"}),
        DynamicConfigValue("thresholds", {"mode": "absolute", "steps": steps}),
    ]


def _words(*words: tuple[str, str]) -> tuple[lines.Property, ...]:
    return cell_overrides.in_words(*words, otherwise="text")
