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
    |> group(columns: ["exception", "status", "reason"])
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                exception: r.exception,
                status: if exists r.status then r.status else "",
                reason: if exists r.reason then r.reason else "",
                value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
            }),
    )
    |> group()
    |> sort(columns: ["time", "exception", "status", "reason"])
