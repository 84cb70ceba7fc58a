import "array"
import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded: a shorter one would multiply a rate.
// include: recorded_windows

// The windows that are drawn: boards put whole ones in the place of these.
drawn_from = v.timeRangeStart
drawn_to = v.timeRangeStop

// include: attended

counted =
    from(bucket: v.defaultBucket)
        |> range(start: drawn_from, stop: drawn_to)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count" and r.worker =~ worker)
        |> group(columns: ["worker"])
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")

union(tables: [counted, attended(columns: ["worker"])])
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                worker: r.worker,
                value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
            }),
    )
    |> group()
    |> sort(columns: ["time", "worker"])
