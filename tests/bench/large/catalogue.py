"""What `make large` measures: scenarios, and the rows of docs/scale.md."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dashboards import steps

from tests.bench.large import (
    capacity,
    disk,
    lateness,
    many_runs,
    merging,
    pixel,
    sent,
    series,
    thresholds,
    ticks,
    wide,
)
from tests.bench.large.figures import Figures, amount
from tests.bench.played import Load

_HOUR = 3_600
_RATE = 200
_SHORT = 60
"""Of a minute instead of an hour are smoke tests."""

LOADS = {
    "endpoints-10": Load(10, 4, _RATE, _HOUR),
    "endpoints-100": Load(100, 4, _RATE, _HOUR),
    "endpoints-500-quarter": Load(500, 4, _RATE, _HOUR // 4),
    "endpoints-500": Load(500, 4, _RATE, _HOUR),
    # 2,000 requests a second in all.
    "workers-50": Load(10, 50, 40, _HOUR),
    # Grafana draws a quarter of an hour in as many windows as an hour.
    "workers-200": Load(2, 200, 10, _HOUR // 4),
}
OF_A_CROWD = ("generators", "overlay")
"""Boards that draw each of many workers."""
STEPS = f"panel.overlay.{steps.TITLE}"


def _wide(name: str, smoke: bool) -> Figures:
    load = LOADS[name]
    if smoke:
        name, load = f"smoke-{name}", replace(load, seconds=load.seconds // _SHORT)
    only = OF_A_CROWD if load.workers == LOADS["workers-200"].workers else ()
    return wide.measure(
        name,
        load,
        only,
        embedded=load.endpoints == 10 and load.workers == 4,
        judged=load.endpoints == 100,
    )


def _by_name(name: str) -> Callable[[bool], Figures]:
    return lambda smoke: _wide(name, smoke)


SCENARIOS: Mapping[str, Callable[[bool], Figures]] = {
    **{name: _by_name(name) for name in LOADS},
    "runs": lambda smoke: many_runs.measure(20 if smoke else 1_000),
    "capacity": lambda smoke: capacity.measure(*((5, 5) if smoke else (40, 120))),
    "lateness": lambda smoke: lateness.measure(*((3, 3) if smoke else (20, 60))),
    "pixel": lambda smoke: pixel.measure(1 if smoke else 10),
    "disk": lambda smoke: disk.measure(2, 60 if smoke else _HOUR),
    "series": lambda smoke: series.measure(*((2, 4, 1) if smoke else (60, 160, 3))),
    "merging": lambda smoke: merging.measure(*((5, 4) if smoke else (60,))),
    "ticks": lambda smoke: ticks.measure(20 if smoke else 150),
    "bytes": lambda smoke: sent.measure(20 if smoke else 300),
}
"""By name; each is told whether only to see that all works."""


@dataclass(frozen=True)
class Row:
    """One figure of a scenario in docs/scale.md; without a *budget* it is told for comparison."""

    scenario: str
    figure: str
    what: str
    unit: str
    budget: float | None = None
    at_least: bool = False

    def kept(self, figure: float | str) -> bool | None:
        """Whether *figure* is within the budget, if there is one."""
        if self.budget is None:
            return None
        return (amount(figure) >= self.budget) if self.at_least else amount(figure) <= self.budget

    @property
    def promise(self) -> str:
        """The budget, in words."""
        if self.budget is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self.budget:g}"


def _boards(scenario: str, what: str, budget: float) -> tuple[Row, ...]:
    return (
        Row(scenario, "slowest_panel_s", f"{what}: slowest panel", "s", budget),
        Row(scenario, "slowest_panel_cpu_s", "influxd's CPU for the panel that takes most", "s"),
        Row(scenario, "slowest_board_s", f"{what}: slowest board, its panels at once", "s"),
        Row(scenario, "slowest_board_cpu_s", "influxd's CPU for the board that takes most", "s"),
        Row(scenario, "slowest_variable_s", f"{what}: slowest list to pick from", "s"),
    )


ROWS: tuple[Row, ...] = (
    *_boards("endpoints-10", "10 endpoints, 4 workers, 1 h", 1),
    Row(
        *("endpoints-10", "slowest_embedded_query_s"),
        *("the same, embedded store: slowest question", "s", 1),
    ),
    Row("endpoints-10", STEPS, "the same, a table of 30 load steps of different lengths", "s", 1),
    *_boards("endpoints-100", "100 endpoints, 4 workers, 1 h", 1),
    *(
        row
        for name, sentence in thresholds.SENTENCES.items()
        for row in (
            Row(
                "endpoints-100", f"threshold.{name}_s", f"the same, a threshold: `{sentence}`", "s"
            ),
            Row("endpoints-100", f"threshold.{name}_cpu_s", "influxd's CPU for it", "s"),
        )
    ),
    *_boards("endpoints-500-quarter", "500 endpoints, 4 workers, 15 min", 2),
    *_boards("endpoints-500", "500 endpoints, 4 workers, 1 h", 2),
    *_boards("workers-50", "10 endpoints, 50 workers, 1 h", 2),
    *_boards("workers-200", "200 workers, 15 min, *Generators* and *Overlay*", 2),
    Row("workers-200", STEPS, "200 workers, 15 min, a table of 30 load steps", "s", 2),
    Row("runs", "slowest_panel_s", "1,000 runs: board *Runs*", "s", 1),
    Row("runs", "slowest_panel_cpu_s", "influxd's CPU for it", "s"),
    Row("runs", "slowest_variable_s", "1,000 runs: slowest list to pick from", "s", 1),
    Row("runs", "listed_s", "1,000 runs: `swarmscope runs --limit 100`", "s", 1),
    Row("runs", "listed_cpu_s", "influxd's CPU for it", "s"),
    Row(
        *("capacity", "workers_a_core", "workers with 20 endpoints that one core of influxd takes"),
        *("", capacity.CLAIMED, True),
    ),
    Row("capacity", "cpu_ms_of_a_worker_second", "influxd's CPU for a second of one", "ms"),
    Row(
        "capacity",
        "megabytes_written_a_worker_hour",
        "its writes to disk, for an hour of one",
        "MB",
    ),
    Row("capacity", "megabytes_a_worker_hour", "what grows there meanwhile", "MB", 25),
    Row("lateness", "worst_s", "20 workers: a second is there after its end, at worst", "s", 3),
    Row("lateness", "median_s", "and half of them after", "s"),
    *(
        row
        for page, of, budget in (
            ("live_page_curve", "live page, from a request to the curve", 5),
            ("live_page_table", "live page, from a request to the table of endpoints", 5),
            ("board_3m_curve", "board of 3 min, from a request to the curve", 5),
            ("board_3m_percentiles", "board of 3 min, from a request to the percentiles", 5),
            ("board_3m_six_numbers", "board of 3 min, from a request to the six numbers", 5),
            ("board_15m_curve", "board of 15 min (windows of 5 s), to the curve", 5),
            ("board_15m_percentiles", "board of 15 min, to the percentiles", 5),
            ("board_15m_six_numbers", "board of 15 min, to the six numbers", 5),
            ("board_1h_six_numbers", "board of an hour (windows of 20 s), to the six numbers", 5),
        )
        for row in (
            Row("pixel", f"{page}_median_s", f"{of}: half of them within", "s", budget),
            Row("pixel", f"{page}_worst_s", f"{of}: at worst", "s"),
        )
    ),
    Row("disk", "megabytes_a_worker_hour", "disk for an hour of one, written in a minute", "MB"),
    Row("disk", "megabytes_a_worker_hour_compacted", "the same, put together for good", "MB"),
    Row("disk", "series_of_500_workers", "series of 500 workers with 20 endpoints", ""),
    Row("disk", "keys_of_a_worker", "keys (fields of a series) of one", ""),
    Row("series", "few_lines_a_second", "embedded store: lines a second of few series", ""),
    Row("series", "many_lines_a_second", "the same, past 32,768 series", ""),
    Row("series", "slower", "how many times slower that is", "", 1.2),
    *(
        Row(
            *("merging", f"percent_{size}"),
            *(f"a master that merges 200 workers with {size} endpoints: share of a core", "%"),
            budget,
        )
        for size, budget in ((20, None), (100, None), (500, 15.0))
    ),
    Row("merging", "longest_ms_500", "its longest stretch for one message", "ms"),
    *(
        row
        for size, budget in ((20, None), (100, 2.0), (500, 5.0))
        for row in (
            Row(
                *("ticks", f"longest_ms_{size}"),
                *(f"longest stretch of a worker with {size} endpoints", "ms", budget),
            ),
            Row("ticks", f"p99_ms_{size}", "of each second's longest the p99", "ms"),
            Row("ticks", f"p50_ms_{size}", "and the p50", "ms"),
        )
    ),
    Row("bytes", "a_request", "bytes a request, of its own points", "", 10),
    Row("bytes", "all_of_a_request", "bytes a request, of all that a worker writes", ""),
)
"""Of docs/scale.md, in their order."""
