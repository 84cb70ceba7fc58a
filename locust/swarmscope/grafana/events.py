"""Events, such as deploys: a point in the store, and a mark in Grafana itself."""

from dataclasses import dataclass

from swarmscope import schema
from swarmscope.grafana.connection import Place, connect, explained
from swarmscope.line_protocol import line, series
from swarmscope.settings import Settings
from swarmscope.store.write import post

_NOT_RECORDED = "The event is not recorded."
_AGAIN = (
    "Look for it on a board. The same command again makes the same point where --time is a date or "
    "seconds since 1970, and else a second one."
)


@dataclass(frozen=True)
class Event:
    """What happened, and when."""

    text: str
    kind: str
    time_ns: int
    run: str = ""
    """The run that it belongs to; empty: whoever ran then."""


def line_of(event: Event) -> str:
    """Return the point of *event*."""
    tags = {"kind": event.kind} | ({"run": event.run} if event.run else {})
    return line(series(schema.EVENT.name, tags), {"text": event.text}, event.time_ns)


def record(event: Event, settings: Settings) -> None:
    """Write *event* to the store; the same event again is the same point.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses it.

    """
    post([line_of(event)], settings, what="the event", data=_NOT_RECORDED, again=_AGAIN)


def mark(event: Event, place: Place) -> None:
    """Make *event* an annotation of the Grafana at *place*.

    Raises:
        GrafanaError: Grafana doesn't answer, or refuses it.

    """
    tags = [event.kind, "swarmscope", *([f"run:{event.run}"] if event.run else [])]
    with explained(place, "The event is in the store, and not marked in Grafana."):
        connect(place).annotations.add_annotation(
            time_from=event.time_ns // 1_000_000, tags=tags, text=event.text
        )
