import "influxdata/influxdb/schema"

// Endpoints of which a summary is kept. From the index, and so of a few days more than the range.
kept_in = v.defaultBucket
names = (bucket) =>
    schema.tagValues(
        bucket: bucket,
        tag: "name",
        predicate: (r) => r._measurement == "locust_summary",
        start: v.timeRangeStart,
        stop: v.timeRangeStop,
    )

union(tables: [names(bucket: v.defaultBucket), names(bucket: kept_in)])
    |> group()
    |> unique(column: "_value")
    // Control characters have no place in the expression that it is written out in.
    |> filter(fn: (r) => r._value != "Aggregated" and r._value !~ /[[:cntrl:]]/)
    |> sort()
