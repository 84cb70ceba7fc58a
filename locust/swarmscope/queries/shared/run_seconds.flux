seconds = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count" and r.worker =~ worker)
        |> group()
first = seconds() |> first() |> findRecord(fn: (key) => true, idx: 0)
last = seconds() |> last() |> findRecord(fn: (key) => true, idx: 0)

// The run's own seconds within the range, so that a wider range doesn't thin the rate.
span = () => float(v: int(v: last._time) - int(v: first._time)) / 1000000000.0 + 1.0
