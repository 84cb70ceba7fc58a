"""Where workers are there and complete no request, that is none a second; elsewhere is nothing."""

import secrets
import time
from collections.abc import Collection, Iterable, Iterator

import pytest
from tests.fixtures.accounts import master_line
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened
from tests.fixtures.stores import Store

from swarmscope.line_protocol import line, series
from swarmscope.settings import Settings
from swarmscope.store.question import Question
from swarmscope.store.write import post

EACH_S = 20
NS = 10**9
CURVES = ("requests_per_second", "failures_per_second", "worker_requests")
PANELS = (
    ("overlay", "Load, and the machines' CPU"),
    ("endpoints", "Requests"),
    ("generators", "Requests by worker"),
)


def there(
    run: str, worker: str, seconds: Iterable[int], still: Collection[int] = ()
) -> Iterator[str]:
    """Yield what *worker* writes in *seconds*; in those of *still* nobody answers it."""
    tags = {"run": run, "worker": worker}
    for second in seconds:
        users = series("locust_users", {**tags, "user_class": "Shopper"})
        yield line(users, {"count": 5}, second * NS)
        if second not in still:
            counts = {"count": EACH_S, "num_failures": EACH_S}
            together = series("locust_stats", {**tags, "name": "Aggregated"})
            yield line(together, counts, second * NS)
        told = {"requests_seen": 1, "final": False}
        yield line(series("locust_worker", {**tags, "host": "a"}), told, (second + 1) * NS)


def write(store: Store, lines: Iterable[str]) -> None:
    post(list(lines), Settings.from_env(store.env), what="", data="")


def drawn(
    store: Store, name: str, run: str, start: int, window: int = 1
) -> dict[tuple[str, int], float]:
    """Return what is drawn of *run*, by worker and seconds since *start*, in a range around it."""
    question = Question(name, run, (start - 60) * 1_000, (start + 300) * 1_000, window)
    rows = store.reader.ask(question).records()
    found = {(row.get("worker", ""), row["time"] // 1_000 - start): row["value"] for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.mark.parametrize("name", CURVES)
def test_a_run_that_goes_on_and_is_not_answered_makes_no_requests_a_second(
    any_store: Store, name: str, run: str
) -> None:
    """Twice, and the second time it goes on: up to what its worker has stored, and no further."""
    now = int(time.time())
    start = now - 60
    still = {*range(10, 30), *range(40, 60)}
    silent = {start + second for second in still}
    write(any_store, [master_line(run, "start", start)])
    write(any_store, there(run, "worker-0", range(start, now), silent))
    found = {t: value for (_, t), value in drawn(any_store, name, run, start).items()}
    right = {second: 0.0 if second in still else float(EACH_S) for second in range(60)}
    assert found == right


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("window", [1, 10])
def test_a_run_that_is_over_makes_requests_from_its_begin_to_its_end(
    any_store: Store, name: str, window: int, run: str
) -> None:
    """Its worker waits at both ends, and longer than the master does."""
    start = (int(time.time()) - 600) // 10 * 10
    silent = {*range(start, start + 20), *range(start + 40, start + 70)}
    lines = [
        line(series("locust_run", {"run": run, "event": event}), {"message": ""}, at)
        for event, at in (("start", start * NS + 1), ("stop", (start + 60) * NS - 1))
    ]
    write(any_store, [*lines, *there(run, "worker-0", range(start, start + 70), silent)])
    found = {t: value for (_, t), value in drawn(any_store, name, run, start, window).items()}
    # The windows that hold its begin and its end have none: they are no whole ones of the run.
    waited = dict.fromkeys(range(window, 60 - window, window), 0.0)
    assert found == {**waited, **dict.fromkeys(range(20, 40, window), float(EACH_S))}


def test_nothing_is_drawn_of_a_run_while_no_worker_is_there(any_store: Store, run: str) -> None:
    """One was killed, and another came in its place; that one is gone, too, and nobody said so."""
    start = int(time.time()) - 200
    first, second = range(start, start + 30), range(start + 50, start + 90)
    lines = [
        master_line(run, "start", start),
        *there(run, "worker-0", first, first[20:]),
        *there(run, "worker-1", second, second[10:]),
    ]
    write(any_store, lines)
    found = drawn(any_store, "requests_per_second", run, start)
    assert {t for (_, t), value in found.items() if value} == {*range(20), *range(50, 60)}
    assert {t for (_, t), value in found.items() if not value} == {*range(20, 30), *range(60, 90)}


def test_a_worker_that_waits_makes_none_beside_one_that_goes_on(any_store: Store, run: str) -> None:
    start = int(time.time()) - 200
    lines = [
        master_line(run, "start", start),
        *there(run, "worker-0", range(start, start + 30)),
        *there(run, "worker-1", range(start, start + 20), range(start + 10, start + 20)),
    ]
    write(any_store, lines)
    right = {("worker-0", t): float(EACH_S) for t in range(30)}
    right |= {("worker-1", t): float(EACH_S) if t < 10 else 0.0 for t in range(20)}
    assert drawn(any_store, "worker_requests", run, start) == right


def test_boards_draw_no_requests_a_second_where_nobody_is_answered(influx: Influx) -> None:
    now = int(time.time())
    start = now - 60
    bucket = influx.make_bucket(secrets.token_hex(4))
    lines = there("stood still", "worker-0", range(start, now), range(start + 20, start + 40))
    influx.write(bucket, [master_line("stood still", "start", start), *lines])
    boards = Opened(influx, bucket, "", ((start - 40) * 1_000, (now + 20) * 1_000), 1)
    right = {t: 0.0 if t in range(20, 40) else float(EACH_S) for t in range(60)}
    for board, title in PANELS:
        rows = [row for row in boards.panel(board, title) if row["_value"] is not None]
        seconds = {int(row["_time"].timestamp()) - start: row["_value"] for row in rows}
        assert seconds == right, title
