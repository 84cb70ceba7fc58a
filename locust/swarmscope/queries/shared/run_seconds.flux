seconds = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count" and r.worker =~ worker)
        |> group()

// The run's own seconds within the range, so that a wider range doesn't thin the rate.
span = () => {
    oldest = seconds() |> first() |> findColumn(fn: (key) => true, column: "_time")
    newest = seconds() |> last() |> findColumn(fn: (key) => true, column: "_time")

    return
        if length(arr: oldest) == 0 then
            1.0
        else
            float(v: int(v: newest[0]) - int(v: oldest[0])) / 1000000000.0 + 1.0
}
