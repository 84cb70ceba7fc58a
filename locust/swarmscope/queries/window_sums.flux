import "date"

// The length of the windows that were recorded; here it is a second.
resolution = 1s

// Whole multiples of the windows that were recorded.
// include: recorded_windows

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (field, fn) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
        |> filter(fn: (r) => r._field == field)
        // tags
        // Of all workers at once: first of each series it takes twice as long.
        |> group(columns: ["name", "method"])
        |> aggregateWindow(every: every, fn: fn, createEmpty: false, timeSrc: "_start")
        |> map(
            fn: (r) =>
                ({
                    _time: r._time,
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: field,
                    _value: float(v: r._value),
                }),
        )
        |> group()

union(
    tables: [
        data(field: "count", fn: sum),
        data(field: "num_failures", fn: sum),
        data(field: "untimed", fn: sum),
        data(field: "total_response_time", fn: sum),
        data(field: "min_response_time", fn: min),
        data(field: "max_response_time", fn: max),
    ],
)
    |> pivot(rowKey: ["_time", "name", "method"], columnKey: ["statistic"], valueColumn: "_value")
    |> filter(fn: (r) => exists r.count)
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                name: r.name,
                method: r.method,
                requests: int(v: r.count),
                failures: if exists r.num_failures then int(v: r.num_failures) else 0,
                untimed: if exists r.untimed then int(v: r.untimed) else 0,
                total_response_time: r.total_response_time,
                shortest: r.min_response_time,
                longest: r.max_response_time,
            }),
    )
    |> sort(columns: ["time", "name", "method"])
