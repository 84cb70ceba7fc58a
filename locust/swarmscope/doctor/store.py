"""Whether the store answers, takes data and shows it."""

import time
from collections.abc import Iterator

from swarmscope.doctor.buckets import check_buckets
from swarmscope.doctor.clock import check_clock
from swarmscope.doctor.finding import Finding, Level
from swarmscope.errors import StoreUnreachableError, SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.store.location import open_store
from swarmscope.store.question import Question
from swarmscope.store.servers import INFLUXDB, health
from swarmscope.words import count_of


def check_store(settings: Settings) -> Iterator[Finding]:
    """Look at the store: whether it answers, takes and shows data, and what time it has."""
    try:
        found = health(settings)
    except StoreUnreachableError as error:
        yield Finding("store", Level.UNREACHABLE, error.happened, error.remedy)
        return
    level = Level.FINE if found.ready else Level.WARNING
    state = "" if found.ready else ", and says that it isn't ready"
    what = "an InfluxDB" if found.kind == INFLUXDB else "an embedded store, swarmscope"
    yield Finding("store", level, f"{settings.where} is {what} {found.version}{state}.")
    if found.date is not None:
        yield check_clock(found.date)
    yield from check_buckets(settings, found.kind)
    yield _check_reading(settings)


def _check_reading(settings: Settings) -> Finding:
    now = time.time_ns() // 1_000_000
    try:
        with open_store(settings, {}, url=settings.url) as reader:
            runs = reader.ask(Question("runs", start=now - 3_600_000, stop=now + 1_000)).rows
    except SwarmscopeError as error:
        return Finding("reading", Level.WRONG, error.happened, error.remedy)
    return Finding(
        "reading", Level.FINE, f"It can be asked: {count_of(len(runs), 'run')} in the last hour."
    )
