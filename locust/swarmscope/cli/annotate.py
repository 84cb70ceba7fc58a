"""``swarmscope annotate``: a deploy, a switch, a note, on the time axis of every chart.

Exit codes: 0 recorded, 2 wrong usage, 4 the store, or the Grafana that is named, can't be reached.
"""

import os
import time
from datetime import datetime
from typing import Annotated

import typer

from swarmscope.cli._store import Url, configured, keep_for_long
from swarmscope.errors import ConfigurationError, StoreUnreachableError
from swarmscope.grafana.connection import Place
from swarmscope.grafana.events import Event, line_of, mark, record
from swarmscope.settings.values import duration


def annotate(
    text: Annotated[str, typer.Argument(help="what happened: `shop 1.4.2`")],
    *,
    kind: Annotated[str, typer.Option(help="deploy, note, …: a few, each is a series")] = "note",
    at: Annotated[
        str, typer.Option("--time", help="2026-05-28T20:27:03Z, seconds since 1970, or 5m for ago")
    ] = "",
    run: Annotated[str, typer.Option(help="the run that it belongs to")] = "",
    url: Url = None,
    grafana: Annotated[
        str | None, typer.Option(help="where Grafana is", show_default="$GRAFANA_URL")
    ] = None,
) -> None:
    """Record an event, and mark it in Grafana where one is named."""
    if not text.strip() or not kind.strip():
        raise ConfigurationError(
            "An event needs a text and a kind.", remedy="Say what happened: 'shop 1.4.2'."
        )
    place = Place.of(os.environ, grafana)
    event = Event(text.strip(), kind.strip(), moment(at, time.time_ns()), run)
    settings = configured(url)
    record(event, settings)
    try:
        keep_for_long([line_of(event)], settings, what="the event")
    except StoreUnreachableError as error:
        # A token may be for the other bucket alone: boards of one run have it all the same.
        typer.echo(f"swarmscope: {error}", err=True)
    typer.echo(f"Recorded: {event.kind}, {event.text}.")
    if place:
        mark(event, place)
        typer.echo(f"Marked in Grafana at {place.shown}.")


def moment(text: str, now_ns: int) -> int:
    """Return the time that *text* means, in ns since 1970.

    Raises:
        ConfigurationError: it means none.

    """
    if not text:
        return now_ns
    if text.isdigit() and len(text) >= 9:
        return int(text) * 10**9
    try:
        return now_ns - int(duration(text) * 10**9)
    except ValueError:
        pass  # no duration: then a date
    try:
        return int(datetime.fromisoformat(text).astimezone().timestamp() * 1_000) * 1_000_000
    except ValueError:
        raise ConfigurationError(
            f"--time is {text!r}, which is no time.",
            remedy="Give it as 2026-05-28T20:27:03Z, as seconds since 1970, or as 5m for five "
            "minutes ago.",
        ) from None
