"""The percentiles of a summary."""

import random

import duckdb
import pytest
from tests.fixtures.merging_master import A
from tests.fixtures.reports import tallied

from swarmscope import schema
from swarmscope.embedded.macros import create_macros
from swarmscope.recording import histogram
from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.points import rounded

MACRO = """
WITH buckets AS (
    SELECT bound, count FROM (SELECT unnest({rows}) AS row), LATERAL
        (SELECT row.bound::DOUBLE AS bound, row.count::BIGINT AS count)
)
SELECT p50, p95, p99 FROM histogram_percentiles(buckets)
"""


@pytest.mark.long
def test_percentiles_are_those_that_questions_compute_from_buckets() -> None:
    """The macros of the embedded store are the witness, which agree with Flux."""
    rnd = random.Random(3)
    with duckdb.connect() as connection:
        create_macros(connection, MACRO)
        for _ in range(40):
            spread = rnd.uniform(0.1, 3)
            times = [rnd.lognormvariate(4, spread) for _ in range(rnd.randint(1, 400))]
            tally = tallied(times)
            written = histogram.encode(tally.histogram).split(",")
            rows = [pair.split("=") for pair in written]
            told = [{"bound": float(b), "count": int(n.rstrip("i"))} for b, n in rows]
            answers = connection.execute(MACRO.format(rows=told)).fetchone()
            assert answers
            clamped = [max(min(ms, rounded(tally.max)), rounded(tally.min)) for ms in answers]
            line = next(
                MergedEncoder({}).summaries([(A, tally)], 1, 0),
            )
            fields = dict(pair.split("=") for pair in line.split(" ")[1].split(","))
            ours = [float(fields[name]) for name in ("p50", "p95", "p99")]
            assert ours == pytest.approx(clamped, rel=1e-9)
            assert float(fields["p90"]) <= ours[1]
            assert ours[2] <= float(fields["p999"]) <= float(fields["max"])


def test_an_endpoint_whose_histogram_went_with_a_killed_worker_has_all_but_percentiles() -> None:
    tally = tallied([10.0, 30.0])
    tally.histogram.clear()
    line = next(MergedEncoder({}).summaries([(A, tally)], 1, 0))
    fields = dict(pair.split("=") for pair in line.split(" ")[1].split(","))
    assert (fields["count"], fields["avg"], fields["max"]) == ("2i", "20.0", "30.0")
    assert not fields.keys() & schema.SUMMARY_QUANTILES.keys()
