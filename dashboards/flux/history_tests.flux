// Tests of which a run's summary is kept, that which was run last first.
kept_in = v.defaultBucket
named = (bucket) =>
    from(bucket: bucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run_summary" and r._field == "test")
        |> last()
        |> group()
        |> keep(columns: ["_time", "_value"])

union(tables: [named(bucket: v.defaultBucket), named(bucket: kept_in)])
    |> group()
    |> sort(columns: ["_time"], desc: true)
    |> unique(column: "_value")
    // Control characters have no place in the expression that it is written out in.
    |> filter(fn: (r) => r._value !~ /[[:cntrl:]]/)
    |> keep(columns: ["_value"])
