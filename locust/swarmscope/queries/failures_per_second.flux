import "date"

// Whole seconds, never below the resolution: a shorter window would multiply a rate.
every = duration(v: (int(v: v.windowPeriod) + 999999999) / 1000000000 * 1000000000)

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
    |> filter(fn: (r) => r.name == "Aggregated" and r._field == "num_failures")
    // The storage engine adds up the workers; only one row a window leaves it.
    |> group(columns: ["_field"])
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
