// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r.worker != "master" and r._field == field)

// The limits of schema/limits.py, above which response times are the generator's own. Few seconds are.
above = (field, limit) =>
    data(field: field)
        |> filter(fn: (r) => r._value > limit)
        |> map(fn: (r) => ({worker: r.worker, second: int(v: r._time)}))

// A second is counted once, whichever limit it broke.
over =
    union(
        tables: [
            above(field: "cpu_percent", limit: 90.0),
            above(field: "loop_lag_ms", limit: 100.0),
        ],
    )
        |> group(columns: ["worker"])
        |> distinct(column: "second")
        |> count()

named = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({worker: r.worker, key: key, _value: float(v: r._value)}))

union(
    tables: [
        over |> named(key: "over"),
        data(field: "cpu_percent")
            |> group(columns: ["worker"])
            |> count()
            |> named(key: "seconds"),
        data(field: "cpu_percent")
            |> group(columns: ["worker"])
            |> max()
            |> named(key: "cpu_percent"),
        data(field: "loop_lag_ms")
            |> group(columns: ["worker"])
            |> max()
            |> named(key: "loop_lag_ms"),
    ],
)
    |> group()
    |> pivot(rowKey: ["worker"], columnKey: ["key"], valueColumn: "_value")
    |> filter(fn: (r) => exists r.seconds)
    |> map(
        fn: (r) =>
            ({
                worker: r.worker,
                seconds: int(v: r.seconds),
                over: if exists r.over then int(v: r.over) else 0,
                cpu_percent: r.cpu_percent,
                loop_lag_ms: r.loop_lag_ms,
            }),
    )
    |> sort(columns: ["worker"])
