// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r.worker != "master" and r.worker =~ worker and r._field == field)

named = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({key: key, _value: float(v: r._value)}))
        |> group(columns: ["key"])

// The limits of schema.py, above which response times are the generator's own.
over = (field, limit) =>
    data(field: field)
        |> filter(fn: (r) => r._value > limit)
        |> count()
        |> named(key: field + " over")
        |> sum()

lasts = (field) =>
    data(field: field)
        |> last()
        |> named(key: field)
        |> sum()

union(
    tables: [
        data(field: "cpu_percent") |> count() |> named(key: "seconds") |> sum(),
        over(field: "cpu_percent", limit: 90.0),
        over(field: "loop_lag_ms", limit: 100.0),
        data(field: "cpu_percent") |> max() |> named(key: "cpu_percent") |> max(),
        data(field: "loop_lag_ms") |> max() |> named(key: "loop_lag_ms") |> max(),
        data(field: "clock_error_ms") |> max() |> named(key: "ahead") |> max(),
        data(field: "clock_error_ms") |> min() |> named(key: "behind") |> min(),
        lasts(field: "requests_lost"),
        lasts(field: "requests_rejected"),
        lasts(field: "requests_pending"),
    ],
)
    |> group()
    |> set(key: "all", value: "workers")
    |> pivot(rowKey: ["all"], columnKey: ["key"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({r with cpu_over: if exists r["cpu_percent over"] then r["cpu_percent over"] else 0.0,
                lag_over: if exists r["loop_lag_ms over"] then r["loop_lag_ms over"] else 0.0,
                ahead: if exists r.ahead then float(v: r.ahead) else 0.0,
                behind: if exists r.behind then float(v: r.behind) else 0.0,
            }),
    )
    |> map(
        fn: (r) =>
            ({
                worker_seconds: int(v: r.seconds),
                cpu_over: int(v: r.cpu_over),
                lag_over: int(v: r.lag_over),
                cpu_percent: r.cpu_percent,
                loop_lag_ms: r.loop_lag_ms,
                clock_error_ms: if r.ahead > -r.behind then r.ahead else -r.behind,
                lost: int(v: r.requests_lost),
                rejected: int(v: r.requests_rejected),
                pending: int(v: r.requests_pending),
            }),
    )
