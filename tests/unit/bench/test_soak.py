"""What `make soak` says of what it found."""

import sys
import tracemalloc
from typing import Any

import pytest
from locust.stats import RequestStats, StatsError
from tests.bench.soak import document, memory
from tests.bench.soak.memory import LIMIT_MB_AN_HOUR, MB, Growth
from tests.bench.soak.sizes import size_of, size_of_statistics

MACHINE: dict[str, Any] = {
    **{"cpu": "Z80", "cores": 2, "memory_gib": 1.5, "system": "CP/M 3", "python": "3.11.7"},
    **{"packages": {"locust": "2.47.0"}, "load_average_at_start": 0.25},
}
COUNTS = dict.fromkeys(("users", "locust", "stored", "raw", "lines"), 1_000)


def _result(
    mb_an_hour: float = 0.0, *, locusts: float = 0.0, start: float = 0.0, **counts: int
) -> dict[str, Any]:
    """Return an hour's result; memory rises by *start* in the first third, too."""

    def grown(at: int, by: float) -> int:
        return round((100 + by * at / 3_600 + min(start, start * at / 1_200)) * MB)

    moments = range(0, 3_600, 10)
    return {
        **{"commit": "abc", "seconds": 3_600, "users": 35, "workers": 2, "machine": MACHINE},
        "samples": [
            {
                "at": at,
                "rss": {"target": 10 * MB + MB * at, "store": grown(at, mb_an_hour)},
                "bytes": {"store": MB * at, "spool": 0},
            }
            for at in moments
        ],
        "locust": {
            "store": [{"at": at, "locust_bytes": locusts * MB * at / 3_600} for at in moments[::6]]
        },
        "counts": {**COUNTS, **counts},
        "audit": "complete: all of them",
    }


def test_growth_is_the_slope_of_an_hour_after_the_first_third() -> None:
    (store,) = document.judged(_result(30, start=500)).growths
    assert store.process == "store"
    assert store.an_hour == pytest.approx(30, abs=0.01)
    assert (store.first, store.last) == pytest.approx((610, 629.9), abs=0.1)


def test_what_locust_gathers_itself_is_taken_off() -> None:
    (store,) = document.judged(_result(LIMIT_MB_AN_HOUR + 20, locusts=25)).growths
    assert store.others == pytest.approx(LIMIT_MB_AN_HOUR - 5, abs=0.01)
    assert store.flat


def test_growth_is_seen_where_the_system_takes_away_what_is_of_files() -> None:
    result = _result(30)
    assert "Memory is what was resident.\n" in document.text(result)
    for sample in result["samples"]:
        sample["own"] = dict(sample["rss"])
        sample["rss"]["store"] -= round(50 * MB * sample["at"] / 3_600)
    (store,) = document.judged(result).growths
    assert store.an_hour == pytest.approx(30, abs=0.01)
    assert "Memory is what was resident, without what is of files.\n" in document.text(result)


@pytest.mark.parametrize(
    ("an_hour", "flat"), [(LIMIT_MB_AN_HOUR, True), (LIMIT_MB_AN_HOUR + 0.1, False), (-50.0, True)]
)
def test_memory_is_flat_up_to_the_limit(an_hour: float, *, flat: bool) -> None:
    assert Growth("store", 100, 200, an_hour, 0).flat is flat


def test_one_sample_tells_nothing() -> None:
    assert memory.an_hour([(5.0, 1.0)]) == 0
    assert memory.an_hour([(5.0, 1.0), (5.0, 2.0)]) == 0


def test_every_request_is_everywhere_or_something_is_missing() -> None:
    assert document.judged(_result()).complete
    assert not document.judged(_result(raw=999)).complete
    nothing = dict.fromkeys(COUNTS, 0)
    assert not document.judged(_result(**nothing)).complete


def test_the_document_says_what_is_missing_and_what_grows() -> None:
    good = document.text(_result())
    assert "Each of them is stored. The audit: complete: all of them." in good
    assert "| store | 100.0 MB | 100.0 MB | +0.0 MB | +0.0 MB | +0.0 MB | flat |" in good
    assert "2 processors (Z80), 1.5 GiB, CP/M 3, Python 3.11.7, locust 2.47.0" in good
    assert "\nSomebody pulled the plug.\n" in document.text(
        {**_result(), "remark": "Somebody pulled the plug."}
    )
    bad = document.text(_result(60, lines=998))
    assert (
        "| store | 104.9 MB | 114.9 MB | 124.9 MB | 134.9 MB | 144.9 MB | 154.9 MB | 159.8 MB |"
        in bad
    )
    assert "**Some of them are missing.**" in bad
    assert "| lines of single requests in the collector's file | 998 |" in bad
    assert "| +60.0 MB | +0.0 MB | +60.0 MB | **grows** |" in bad


def test_the_size_of_an_object_is_that_of_all_it_holds_once() -> None:
    class Entry:
        def __init__(self, text: str) -> None:
            self.text = text
            self.again = [text, text]

    class Slim:
        __slots__ = ("text",)

    long = "x" * 10_000
    entry = Entry(long)
    slim = Slim()
    slim.text = long
    assert 10_000 < size_of({"a": entry, "b": (slim, Entry)}) < 12_000
    assert size_of([entry, slim]) - size_of([entry]) == sys.getsizeof(slim) + 8


def _statistics(seconds: int) -> RequestStats:
    """Return what Locust's master has after so many of 60 endpoints, one failure each second."""
    stats = RequestStats()
    entries = [stats.total, *(stats.get(f"/{i}", "GET") for i in range(60))]
    for at in range(1_000_000_000, 1_000_000_000 + seconds):
        for entry in entries:
            # Each has a number of its own, as of workers' reports.
            entry.num_reqs_per_sec[at + 0] += 1
            entry.response_times[at % 256] += 1
        stats.errors[f"failure {at}"] = StatsError("GET", "/", f"wrong total in order {at}", 1, at)
        stats.history.append({"current_rps": [f"{at}", at]})
    return stats


def test_statistics_are_measured_whole_and_without_taking_what_they_take() -> None:
    stats = _statistics(500)
    size = size_of(stats)
    tracemalloc.start()
    try:
        assert size_of_statistics(stats) == pytest.approx(size, rel=0.05)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < size / 10
