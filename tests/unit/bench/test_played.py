"""Runs that nobody ran: what comes out of the sessions that play them."""

from collections import Counter

from tests.bench.large.filling import in_batches
from tests.bench.played import Load, Master, Taken, Told, Worker, around, play

from swarmscope import schema
from swarmscope.recording.points import requests_of

LOAD = Load(endpoints=30, workers=3, rate=40, seconds=25)


def _lines(load: Load) -> list[str]:
    return [line for step in play(load, [0, 1, 2], 10) for line in step.get(schema.BUCKET, [])]


def _merged(load: Load) -> dict[str, list[str]]:
    told: list[Told] = []
    for _ in play(load, [0, 1, 2], 10, told.append):
        pass
    return Master(load).merge(told)


def _counts(lines: list[str], measurement: str) -> list[int]:
    """Return the ``count`` of all endpoints together in each line of *measurement*."""
    return [
        int(line.partition(" count=")[2].partition("i")[0])
        for line in lines
        if line.startswith(f"{measurement},") and ",name=Aggregated," in line
    ]


def test_the_master_merges_every_request_once_and_sums_them_up_at_the_end() -> None:
    merged = _merged(LOAD)
    assert sum(_counts(merged[schema.BUCKET], "locust_merged_stats")) == LOAD.requests
    assert sum(_counts(merged[schema.BUCKET_LONG], "locust_merged_stats")) == LOAD.requests
    assert _counts(merged[schema.BUCKET], "locust_summary")[-1] == LOAD.requests
    assert _counts(merged[schema.BUCKET_LONG], "locust_summary") == [LOAD.requests]


def test_every_request_is_in_the_seconds_points_once() -> None:
    assert sum(map(requests_of, _lines(LOAD))) == LOAD.requests


def test_each_worker_ends_with_its_last_word_and_delivered_all() -> None:
    last = [
        line for line in _lines(LOAD) if line.startswith("locust_worker,") and "final=t" in line
    ]
    assert {tag for line in last for tag in line.split(" ")[0].split(",") if "worker=" in tag} == {
        "worker=worker-0",
        "worker=worker-1",
        "worker=worker-2",
    }
    each = LOAD.rate * LOAD.seconds
    assert all(f"requests_delivered={each}i" in line for line in last)
    assert all("requests_unheard=0i" in line for line in last)


def test_the_run_lies_where_it_should_in_time() -> None:
    times = [int(line.rpartition(" ")[2]) // 10**9 for line in _lines(LOAD)]
    assert min(times) == LOAD.start
    assert max(times) <= LOAD.stop


def test_the_first_endpoints_are_asked_most() -> None:
    counts: Counter[str] = Counter()
    for line in _lines(LOAD):
        name = next((tag for tag in line.split(",") if tag.startswith("name=")), "")
        counts[name] += requests_of(line)
    first, second, last = (counts[f"name=/endpoint/{i}"] for i in (0, 1, 29))
    assert first > second > last > 0


def test_what_a_run_leaves_has_every_measurement_that_boards_read_of_a_run() -> None:
    lines = [*_lines(LOAD), *_merged(LOAD)[schema.BUCKET], *around(LOAD)]
    written = {line.partition(",")[0] for line in lines}
    own = {one.name for one in schema.OWN}
    # Only where each request is wanted by itself, or its phases, of a client that has some, of
    # users that say when they should begin, or of a run that is judged.
    of_some = (
        *(schema.LOCUST_REQUEST, schema.LOCUST_PHASES),
        *(schema.LOCUST_ARRIVALS, schema.LOCUST_INTENDED_LATENCY),
        *(schema.LOCUST_TRANSACTIONS, schema.LOCUST_TRANSACTION_LATENCY),
        *(schema.LOCUST_THRESHOLD, schema.LOCUST_BASELINE),
    )
    assert own - written == {one.name for one in of_some}


def test_the_minutes_are_written_too() -> None:
    minutes = [line for step in play(LOAD, [0], 10) for line in step.get(schema.BUCKET_LONG, [])]
    assert sum(map(requests_of, minutes)) == LOAD.rate * LOAD.seconds


def test_the_same_run_is_played_twice_alike() -> None:
    assert _lines(LOAD) == _lines(LOAD)


def test_a_worker_is_told_of_so_many_requests_a_second() -> None:
    taken = Taken()
    worker = Worker(LOAD, 0, taken)
    worker.second()
    assert worker.session.account.requests_seen == LOAD.rate


def test_lines_are_written_so_many_at_a_time() -> None:
    written: list[int] = []
    in_batches(lambda _, lines: written.append(len(lines)), "b", ("x" for _ in range(25_000)))
    assert written == [10_000, 10_000, 5_000]
