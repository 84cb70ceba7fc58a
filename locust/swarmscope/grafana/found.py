"""What the boards of a Grafana find in its store: asked of Grafana itself, as they ask.

A publisher often can't reach the store, and what its own token may read says nothing of Grafana's.
"""

import time
from collections.abc import Iterator
from typing import Any

from grafana_client import GrafanaApi
from grafana_client.client import GrafanaException

from swarmscope.grafana import content
from swarmscope.grafana.connection import Place, absent, connect, explained
from swarmscope.grafana.content import Json
from swarmscope.terminal import one_line
from swarmscope.transport.causes import said

_REMEMBERED_S = 6.0
"""Grafana remembers a data source for five seconds."""
_RANGE = ("now-30d", "now")
_NEWEST = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r._field == "message")
    |> filter(fn: (r) => r.event == "start")
    |> last()
    |> group()
    |> sort(columns: ["_time"], desc: true)
    |> limit(n: 1)
    |> map(fn: (r) => ({_value: r.run}))
"""
_HOSTS = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_idle")
    |> filter(fn: (r) => r.cpu == "cpu-total")
    |> last()
    |> group()
    |> distinct(column: "host")
    |> sort()
"""


def found(place: Place, bucket_long: str, *, source_changed: bool = False) -> list[str]:
    """Return what the boards at *place* find, a line each; they look for minutes in *bucket_long*.

    Where the data source was changed just now, Grafana still asks the former one for some seconds.

    Raises:
        GrafanaError: Grafana doesn't answer, or refuses us.

    """
    if source_changed:
        time.sleep(_REMEMBERED_S)
    with explained(place, "The boards are published."):
        return [one_line(line) for line in _lines(connect(place), bucket_long)]


def _lines(api: GrafanaApi, bucket_long: str) -> Iterator[str]:
    try:
        source = api.datasource.get_datasource_by_uid(content.DATA_SOURCE)
    except GrafanaException as error:
        if not absent(error):
            yield f"What they find isn't known: we may not look at the data source ({error})."
            return
        yield (
            f"They ask the data source {content.DATA_SOURCE}, which is not there: without "
            "--no-data-source it is made, or give that UID to yours."
        )
        return
    bucket = str(source.get("jsonData", {}).get("defaultBucket", ""))
    try:
        newest, hosts = _column(api, _NEWEST), _column(api, _HOSTS)
        minutes = _column(api, content.minutes_of_all(bucket_long))
    except _RefusedError as error:
        yield (
            f"Its data source can't be asked for the bucket {bucket} ({error}): the boards stay "
            "empty. Is the bucket there, may its token read it, and does Grafana reach "
            f"{source.get('url')}?"
        )
        return
    runs = f"its newest run is {newest[0]}" if newest else "no run in the last 30 days"
    yield f"Bucket {bucket}: {runs}."
    yield _long_ranges(bucket, bucket_long, minutes)
    yield (
        f"Host metrics: of {', '.join(hosts)}."
        if hosts
        else f"Host metrics: none in {bucket}; a Telegraf that writes there brings them."
    )


def _long_ranges(bucket: str, bucket_long: str, minutes: list[str]) -> str:
    if minutes and minutes[0] != bucket:
        return f"Long ranges: read from the minutes in {minutes[0]}."
    why = (
        f"{bucket_long} has none, is not there, or is not this token's to read"
        if bucket_long
        else "SWARMSCOPE_BUCKET_LONG is empty"
    )
    return (
        f"Long ranges: read from the seconds in {bucket}, for want of minutes ({why}); beyond some "
        "hours that takes longer."
    )


class _RefusedError(Exception):
    """Why there is no answer, in the store's or Grafana's own words."""


def _column(api: GrafanaApi, flux: str) -> list[str]:
    asked = {
        "refId": "A",
        "datasource": {"type": "influxdb", "uid": content.DATA_SOURCE},
        "query": flux,
        "intervalMs": 60_000,
        "maxDataPoints": 1_000,
    }
    body = {"from": _RANGE[0], "to": _RANGE[1], "queries": [asked]}
    try:
        answer: Any = api.client.POST("/ds/query", json=body)
    except GrafanaException as error:
        # Grafana passes the store's refusal on as its own, with the answer that says why.
        answer = error.response if isinstance(error.response, dict) else {}
        if "results" not in answer:
            raise _RefusedError(said(str(answer.get("message", error)))) from error
    results: Json = answer["results"]["A"]
    if results.get("error"):
        raise _RefusedError(said(str(results["error"])))
    return [
        str(value)
        for frame in results.get("frames", [])
        for value in (frame["data"]["values"] or [[]])[-1]
    ]
