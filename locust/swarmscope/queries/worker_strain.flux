import "math"

// The limits of schema/limits.py, above which response times are the generator's own.
cpu_limit = 90.0
lag_limit = 100.0

// Functions, so that each use is a read of its own, which the storage engine can narrow down.
health = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r.worker != "master" and r._field == field)
told = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
        |> filter(fn: (r) => r._field == field)

// include: strained

named = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({worker: r.worker, key: key, _value: float(v: r._value)}))

// Where it runs, of whoever told that.
places =
    health(field: "cpu_percent")
        |> last()
        |> map(fn: (r) => ({worker: r.worker, host: if exists r.host then r.host else ""}))
        |> keep(columns: ["worker", "host"])
        |> group(columns: ["worker"])
        |> sort(columns: ["host"])
        |> last(column: "host")
        |> set(key: "part", value: "1 place")

numbers =
    union(
        tables: [
            strained |> map(fn: (r) => ({worker: r.worker, key: "over", _value: float(v: r.over)})),
            strained
                |> map(
                    fn: (r) => ({worker: r.worker, key: "spawning", _value: float(v: r.spawning)}),
                ),
            health(field: "cpu_percent")
                |> group(columns: ["worker"])
                |> count()
                |> named(key: "seconds"),
            health(field: "cpu_percent")
                |> group(columns: ["worker"])
                |> max()
                |> named(key: "cpu_percent"),
            health(field: "loop_lag_ms")
                |> group(columns: ["worker"])
                |> max()
                |> named(key: "loop_lag_ms"),
        ],
    )
        |> group()
        |> pivot(rowKey: ["worker"], columnKey: ["key"], valueColumn: "_value")
        |> filter(fn: (r) => exists r.seconds)
        |> set(key: "part", value: "2 numbers")

union(tables: [places, numbers])
    |> group(columns: ["worker"])
    |> sort(columns: ["part"])
    |> fill(column: "host", usePrevious: true)
    |> filter(fn: (r) => r.part == "2 numbers")
    |> group()
    |> map(
        fn: (r) =>
            ({
                worker: r.worker,
                host: if exists r.host then r.host else "",
                seconds: int(v: r.seconds),
                over: if exists r.over then int(v: r.over) else 0,
                spawning: if exists r.spawning then int(v: r.spawning) else 0,
                cpu_percent: r.cpu_percent,
                loop_lag_ms: r.loop_lag_ms,
            }),
    )
    |> sort(columns: ["worker"])
