"""What all boards have in common: how they begin, their links to each other, their marks."""

from collections.abc import Iterable, Sequence

from grafana_foundation_sdk.builders.dashboard import (
    CustomVariable,
    Dashboard,
    DashboardLink,
    QueryVariable,
    TimePicker,
)
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableHide,
)

from dashboards import annotations, config, panels, target
from dashboards.variables import begin, carried, end, refresh, watermark


class _Link(DashboardLink):
    in_menu = False
    """Whether it is in the menu of rare things, which hides where a reader could go."""

    def build(self) -> dashboard.DashboardLink:
        made = super().build()
        if not self.in_menu:
            made.placement = None  # type: ignore[assignment]
        return made


def board(
    uid: str,
    description: str,
    variables: Iterable[QueryVariable | CustomVariable],
    made: Sequence[panels.Panel],
    *,
    of_a_run: bool = True,
    over_time: bool = True,
) -> Dashboard:
    """Return the board *uid* with the panels *made*, from left to right and down.

    One that is about no run in particular, or not *over_time*, has no marks.
    """
    shown = list(variables)
    board = (
        Dashboard(config.TITLES[uid])
        .uid(uid)
        .description(description)
        .tags([config.TAG, config.TAG_OF_A_RUN] if of_a_run else [config.TAG])
        .readonly()
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time(config.RANGE if of_a_run else config.RANGE_OF_RUNS, "now")
        .refresh(config.REFRESH if of_a_run else config.REFRESH_OF_RUNS)
        .timepicker(TimePicker().refresh_intervals(["5s", "10s", "30s", "1m", "5m"]))
    )
    there = [*shown, *(_of_a_run(shown, made) if of_a_run else ())]
    # Grafana has the menu where a variable is in it.
    rare = any(one.build().hide == VariableHide.IN_CONTROLS_MENU for one in there)
    for link in _links(uid, of_a_run=of_a_run, in_menu=rare):
        board = board.link(link)
    for variable in there:
        board = board.with_variable(variable)
    if over_time:
        for marks in annotations.all_of(in_menu=rare):
            board = board.annotation(marks)
    for i, panel in enumerate(made, start=1):
        board = board.with_panel(panel.id(i))
    return board


def _of_a_run(
    shown: Sequence[QueryVariable | CustomVariable], made: Sequence[panels.Panel]
) -> Iterable[QueryVariable]:
    names = {variable.build().name for variable in shown}
    yield from (one for one in (begin("run"), end(), refresh()) if one.build().name not in names)
    if any(target.asks(panel, "${watermark}") for panel in made):
        yield watermark()
    yield from carried(shown)


def _links(uid: str, *, of_a_run: bool, in_menu: bool) -> Iterable[_Link]:
    # Without a range: a run's few minutes are none for the list of runs, nor its week for a run.
    # And without variables: the list is of all runs.
    yield _Link("Runs").type(DashboardLinkType.LINK).icon("dashboard").url(f"/d/{config.RUNS}")
    if of_a_run:
        whole = _Link(config.TIME_OF_RUN)
        # Beside the others it would take a row of its own on a small screen.
        whole.in_menu = in_menu
        yield (
            whole.type(DashboardLinkType.LINK)
            .icon("bolt")
            .url(f"/d/{uid}?{config.WHOLE_RUN}")
            .tooltip("From the begin of the run to its end, or to now while it goes on")
            .include_vars(True)
        )
    yield (
        _Link("Other boards")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([config.TAG_OF_A_RUN if of_a_run else config.TAG])
        .as_dropdown(True)
        .tooltip("The same run, and the same time range" if of_a_run else "")
        .include_vars(of_a_run)
        .keep_time(of_a_run)
    )
