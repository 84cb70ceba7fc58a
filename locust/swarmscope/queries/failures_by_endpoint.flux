import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded: a shorter one would multiply a rate.
// include: recorded_windows

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_exception_stats" and r.run == "${run}")
    |> filter(fn: (r) => r._field == "count" and r.worker =~ worker)
    // The storage engine adds up the workers.
    |> group(columns: ["name", "method"])
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                name: r.name,
                method: if exists r.method then r.method else "",
                value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
            }),
    )
    |> group()
    |> sort(columns: ["time", "name", "method"])
