"""What the master says of all workers together, from what they report to it."""

from swarmscope.schema.limits import AGGREGATED, MASTER
from swarmscope.schema.load import ENDPOINT_TAGS, TOTALS
from swarmscope.schema.shape import FieldType, Measurement, decimal, integer

__all__ = ["LOCUST_MERGED_LATENCY", "LOCUST_MERGED_STATS", "LOCUST_SUMMARY", "SUMMARY_QUANTILES"]

SUMMARY_QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
"""The percentiles of a summary, by field."""

_WRITTEN = f"the master of several processes (`worker={MASTER}`)"
_NOTE = (
    "All workers together, and what the master's own setup code requested, from what they tell it "
    "over Locust's own channel: a panel of 50 workers costs what one of a single worker does. "
    f"`name={AGGREGATED}` has a point for each second, an endpoint one for each "
    "`SWARMSCOPE_LATENCY_RESOLUTION` (10 s): at the start of that span, or at the run's `start` "
    "event in the span in which it began. A point is written when all workers have reported "
    "beyond it, and again, larger, when more of it comes. Of a worker that was killed, a report "
    "that was lost, or a master that died, it ends there, while the workers' own points go on: "
    "see how far it reaches and compare the counts before you trust it, as our boards do. "
)

LOCUST_MERGED_STATS = Measurement(
    "locust_merged_stats",
    _WRITTEN,
    ENDPOINT_TAGS,
    TOTALS,
    note=_NOTE + "In `loadtest_long` the same, once a minute.",
)
LOCUST_MERGED_LATENCY = Measurement(
    "locust_merged_latency",
    _WRITTEN,
    ENDPOINT_TAGS,
    {},
    open_fields=FieldType.INTEGER,
    note=_NOTE + "The histogram is that of `locust_latency`, also in `loadtest_long`.",
)
LOCUST_SUMMARY = Measurement(
    "locust_summary",
    (
        f"the master, or the one process of a local run (`worker={MASTER}` there, too), each 10 s "
        "and at the end: all since the run began"
    ),
    ENDPOINT_TAGS,
    {
        **{
            field: decimal(f"{quantile * 100:.4g}th percentile of the response times, ms")
            for field, quantile in SUMMARY_QUANTILES.items()
        },
        "avg": decimal("mean response time, ms"),
        "min": decimal("shortest response time, ms"),
        "max": decimal("longest response time, ms"),
        "count": integer("requests that were answered"),
        "num_failures": integer("of these, failed"),
        "timed": integer("of these, with a response time"),
        "total_content_length": integer("sum of the lengths of the answers, bytes"),
        "seconds": decimal("from the run's first second with a request to the end of this one"),
    },
    note=(
        "What a table of a run shows, in plain numbers over all workers: its newest point is read "
        "in a moment, whatever the run's length. It stands at the start of the newest second that "
        "it covers, with all earlier ones: where the workers' own counts up to that moment are "
        "larger than its `count` of "
        f"`name={AGGREGATED}`, or go on beyond it when the run is over, something of it is "
        "missing, and the points themselves tell. "
        "Percentiles are those of the merged histograms, within the shortest and the longest time "
        "that was measured. Without a response time the fields in ms are absent. The last one is "
        "in `loadtest_long` as well, where there is one."
    ),
)

MEASUREMENTS = (LOCUST_MERGED_STATS, LOCUST_MERGED_LATENCY, LOCUST_SUMMARY)
