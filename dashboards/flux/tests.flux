import "influxdata/influxdb/schema"

// From the index, and so of a few days more than the range.
schema.tagValues(
    bucket: v.defaultBucket,
    tag: "test",
    predicate: (r) => r._measurement == "locust_run",
    start: v.timeRangeStart,
    stop: v.timeRangeStop,
)
    // Control characters have no place in the expression that it is written out in.
    |> filter(fn: (r) => r._value !~ /[[:cntrl:]]/)
    |> sort()
