import "array"
import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
endpoint = /^Aggregated$/
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded: a shorter one would multiply a rate.
// include: recorded_windows

// The windows that are drawn: boards put whole ones in the place of these, and the newest second that is
// stored of a run that goes on.
drawn_from = v.timeRangeStart
drawn_to = v.timeRangeStop
stored_to = drawn_to

// include: newest_window

// include: attended

counted =
    windows(
        fn: sum,
        read: (start, stop) =>
            from(bucket: v.defaultBucket)
                |> range(start: start, stop: stop)
                |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
                |> filter(
                    fn: (r) =>
                        r._field == "num_failures" and r.name =~ endpoint and r.worker =~ worker,
                )
                // The storage engine adds up the workers; only one row a window leaves it.
                |> group(columns: ["_field"]),
    )

union(tables: [counted, attended(columns: ["_field"])])
    |> group()
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
            }),
    )
    |> group()
    |> sort(columns: ["time"])
