"""Made-up response times, of however many endpoints."""

import random
from itertools import pairwise
from statistics import median

import pytest
from tests.bench import recording

from swarmscope import schema
from swarmscope.recording import histogram
from swarmscope.recording.points import requests_of


@pytest.mark.parametrize("endpoint", [0, 9, 86, 499])
def test_an_endpoint_of_any_number_answers_in_times_that_fall_into_many_buckets(
    endpoint: int,
) -> None:
    rnd = random.Random(1)
    times = [recording.answer_ms(rnd, endpoint) for _ in range(1_000)]
    assert 40 < median(times) < 200
    assert len(set(histogram.buckets(times))) > 100


def test_the_first_ten_endpoints_answer_as_they_always_did() -> None:
    ours, before = random.Random(1), random.Random(1)
    assert [recording.answer_ms(ours, i) for i in range(10)] == [
        before.lognormvariate(4 + i / 10, 0.7) for i in range(10)
    ]


def test_the_master_names_the_run_its_workers_and_what_it_found() -> None:
    lines = list(recording.master_lines("r", 1_000, 1_060, 3, 600))
    assert sum("event=worker_join" in line for line in lines) == 3
    (left,) = (line for line in lines if "event=worker_leave" in line)
    assert left.endswith(f" {1_058 * 10**9}")
    (audit,) = (line for line in lines if line.startswith("locust_audit,"))
    assert "run=r " in audit
    assert "requests_stored=600i" in audit


def test_an_hour_has_as_many_load_steps_as_a_run_can_have_and_each_of_another_length() -> None:
    moments, users = zip(*recording.load_steps(0, 3_600), strict=True)
    lengths = [after - before for before, after in pairwise(moments)]
    assert len(moments) == schema.MAX_STEPS
    assert len({round(length) for length in lengths}) > schema.MAX_STEPS / 2
    assert min(lengths) > 10
    assert list(users) == sorted(set(users))
    assert users[-1] == recording.USERS_WANTED


def test_the_master_merges_what_the_workers_write_of_a_second_and_a_span() -> None:
    seeds = [20, 27, 34, 41]
    own = [
        line
        for worker, seed in enumerate(seeds)
        for line in recording.lines(recording.encoder(worker), seed, 20)
    ]
    merged = recording.merged_lines(seeds, 20)
    (together,) = (line for line in merged if line.startswith("locust_merged_stats,name=Agg"))
    assert f" count={sum(map(requests_of, own))}i," in together
    for measurement in ("locust_latency", "locust_merged_latency"):
        told = [line for line in (*own, *merged) if line.startswith(f"{measurement},")]
        assert len({line.partition("name=")[2].partition(",")[0] for line in told}) == 11


def test_the_last_summary_is_of_each_request_of_the_run() -> None:
    (together,) = (
        line
        for line in recording.summary_lines([0, 7, 14, 21], 120, 119)
        if ",name=Aggregated," in line
    )
    assert f"count={4 * recording.RATE * 120}i," in together
