import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Grafana puts the one field that a panel draws in the place of this; here it is every one.
drawn = /.*/

// Whole multiples of the windows that were recorded.
// include: recorded_windows

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r._field == field and r._field =~ drawn and r.worker =~ worker)

windowed = (field, fn) =>
    data(field: field)
        |> aggregateWindow(every: every, fn: fn, createEmpty: false, timeSrc: "_start")
        |> map(
            fn: (r) =>
                ({
                    time: date.truncate(t: r._time, unit: every),
                    worker: r.worker,
                    host: r.host,
                    field: field,
                    _value: float(v: r._value),
                }),
        )

union(
    tables: [
        windowed(field: "cpu_percent", fn: mean),
        windowed(field: "loop_lag_ms", fn: max),
        windowed(field: "clock_offset_ms", fn: last),
        windowed(field: "clock_corrected_ms", fn: last),
        windowed(field: "clock_error_ms", fn: last),
        windowed(field: "rss_bytes", fn: last),
    ],
)
    |> group()
    |> pivot(rowKey: ["time", "worker", "host"], columnKey: ["field"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({
                time: r.time,
                worker: r.worker,
                host: r.host,
                cpu_percent: r.cpu_percent,
                loop_lag_ms: r.loop_lag_ms,
                clock_offset_ms: r.clock_offset_ms,
                clock_corrected_ms: r.clock_corrected_ms,
                clock_error_ms: r.clock_error_ms,
                rss_bytes: int(v: r.rss_bytes),
            }),
    )
    |> sort(columns: ["time", "worker"])
