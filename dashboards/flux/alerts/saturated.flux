import "math"

// The share of the last minute's seconds in which a worker was itself the bottleneck, where that spoils
// all of it: the same rule as an audit's, of a whole run.
cpu_limit = 0.0
lag_limit = 0.0
saturated_share = 0.0
saturated_windows = 0
lasting_share = 0.0

// Functions, so that each use is a read of its own, which the storage engine can narrow down.
health = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker")
        |> filter(fn: (r) => r.worker != "master" and r._field == field)

// The users that are being started may have been ordered before the last minute.
told = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: time(v: int(v: v.timeRangeStart) - 3600000000000), stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run")
        |> filter(fn: (r) => r._field == field)

// include: strained

seconds =
    health(field: "cpu_percent")
        |> group(columns: ["run", "worker"])
        |> count()
        |> map(
            fn: (r) =>
                ({run: r.run, worker: r.worker, _field: "seconds", _value: float(v: r._value)}),
        )
counted = (field, value) =>
    strained
        |> map(
            fn: (r) =>
                ({run: r.run, worker: r.worker, _field: field, _value: float(v: value(r: r))}),
        )

union(
    tables: [
        seconds,
        counted(field: "over", value: (r) => r.over),
        counted(field: "spawning", value: (r) => r.spawning),
    ],
)
    |> group()
    |> pivot(rowKey: ["run", "worker"], columnKey: ["_field"], valueColumn: "_value")
    |> filter(fn: (r) => exists r.over and exists r.seconds)
    |> map(
        fn: (r) =>
            ({r with counts:
                    if r.over >= lasting_share * r.seconds then
                        r.over
                    else
                        r.over - r.spawning,
            }),
    )
    |> filter(
        fn: (r) =>
            r.counts >= float(v: saturated_windows) and r.counts >= saturated_share * r.seconds,
    )
    |> map(
        fn: (r) =>
            ({run: r.run, worker: r.worker, _time: v.timeRangeStop, _value: r.counts / r.seconds}),
    )
    |> group(columns: ["run", "worker"])
