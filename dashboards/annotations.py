"""Marks over every panel: what happened to the run."""

from grafana_foundation_sdk.builders.dashboard import AnnotationEventFieldMapping, AnnotationQuery
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models.dashboard import AnnotationEventFieldSource

from dashboards import flux, look

_FIELDS = {"time": "time", "text": "message", "tags": "event"}


class _Marks(AnnotationQuery):
    def build(self) -> dashboard.AnnotationQuery:
        made = super().build()
        # The SDK can only put the switch into a menu that a plain Grafana doesn't show.
        made.placement = None  # type: ignore[assignment]
        return made


def _marks(name: str, colour: str, *events: str) -> AnnotationQuery:
    condition = " or ".join(f'r.event == "{event}"' for event in events)
    field = AnnotationEventFieldSource.FIELD
    return (
        _Marks()
        .name(name)
        .datasource(flux.source())
        .enable(True)
        .icon_color(colour)
        .target(flux.Target(flux.only("run_events", condition), "Anno"))
        .mappings(
            {
                key: AnnotationEventFieldMapping().source(field).value(column)
                for key, column in _FIELDS.items()
            }
        )
    )


def of_the_run() -> list[AnnotationQuery]:
    """Return the marks of a run's events, each kind to be switched off by itself."""
    return [
        _marks("Start, stop", look.TEAL, "start", "stop"),
        _marks("Steps", look.BLUE, "step"),
        _marks("Workers", look.GREY, "worker_join", "worker_leave"),
        _marks("Verdict", look.ROSE, "verdict"),
    ]
