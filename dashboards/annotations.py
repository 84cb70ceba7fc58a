"""Marks over every panel: what happened to the run, and beside it."""

from collections.abc import Iterable, Iterator

from grafana_foundation_sdk.builders.dashboard import (
    AnnotationEventFieldMapping,
    AnnotationPanelFilter,
    AnnotationQuery,
)
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models.dashboard import AnnotationEventFieldSource

from dashboards import config, flux, history, target

_FIRST = 1
"""The panel that is marked where marks on all of them would be too many."""


class _Marks(AnnotationQuery):
    in_menu = False
    """Whether the switch is in the menu of rare things; alone, switches make Grafana show none."""

    def build(self) -> dashboard.AnnotationQuery:
        made = super().build()
        if not self.in_menu:
            made.placement = None  # type: ignore[assignment]
        return made


def _marks(name: str, colour: str, *events: str) -> _Marks:
    condition = " or ".join(f'r.event == "{event}"' for event in events)
    return _of(name, colour, flux.only("run_events", condition), "message", "event")


def _of(name: str, colour: str, asked: str, text: str, tags: str) -> _Marks:
    field = AnnotationEventFieldSource.FIELD
    return (
        _Marks()
        .name(name)
        .datasource(target.source())
        .enable(True)
        .icon_color(colour)
        .target(target.Target(_as_text(asked, text), "Anno"))
        .mappings(
            {
                key: AnnotationEventFieldMapping().source(field).value(column)
                for key, column in {"time": "time", "text": text, "tags": tags}.items()
            }
        )
    )


def _as_text(asked: str, column: str) -> str:
    """Return *asked* with what Grafana's page would take for HTML in *column* as plain text.

    It lets no script through there, but images of any address: who may write an event would have
    every browser that shows it ask for them.
    """
    escaped = f'strings.replaceAll(v: r.{column}, t: "&", u: "&amp;")'
    escaped = f'strings.replaceAll(v: {escaped}, t: "<", u: "&lt;")'
    told = f'if exists r.{column} then {escaped} else ""'
    body = asked.rstrip()
    return f'import "strings"\n\n{body}\n    |> map(fn: (r) => ({{r with {column}: {told}}}))\n'


def all_of(*, in_menu: bool) -> Iterator[AnnotationQuery]:
    """Yield all marks of a run; *in_menu*, their switches don't stand above the board."""
    return _switched((*_of_the_run(), _of_people(flux.catalogue("events"))), in_menu=in_menu)


def _switched(marks: Iterable[_Marks], *, in_menu: bool) -> Iterator[AnnotationQuery]:
    for one in marks:
        one.in_menu = in_menu
        yield one


def _of_the_run() -> list[_Marks]:
    """Return the marks of a run's events, each kind to be switched off by itself."""
    return [
        _marks("Start, stop", config.TEAL, "start", "stop", "cut_short"),
        _marks("Steps", config.BLUE, "step"),
        _marks("Workers", config.GREY, "worker_join", "worker_leave"),
        _marks("Statistics reset", config.AMBER, "reset"),
        _marks("Verdict", config.ROSE, "verdict", "abort", "duet_verdict"),
    ]


def _of_people(asked: str) -> _Marks:
    """Return the marks of deploys, notes and whatever else somebody wrote as `event`."""
    return _of("Deploys and notes", config.VIOLET, asked, "text", "kind")


def of_a_history() -> Iterator[AnnotationQuery]:
    """Yield the marks over the runs of a test: commits, and what people noted."""
    commits = _of("Commits", config.GREY, history.commits(), "text", "kind")
    commits = commits.filter(AnnotationPanelFilter().ids([_FIRST]))
    return _switched((commits, _of_people(flux.own("kept_events"))), in_menu=True)
