// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r.worker != "master" and r.worker =~ worker)
        |> filter(fn: (r) => r._field == "clock_error_ms")
        |> keep(columns: ["_time", "_value"])

union(
    tables: [
        data() |> max(),
        data()
            |> min()
            |> map(fn: (r) => ({r with _value: -r._value})),
    ],
)
    |> group()
    |> max()
    |> map(fn: (r) => ({clock_error_ms: r._value}))
