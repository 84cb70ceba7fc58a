import "date"

// The length of the windows that were recorded; here it is a second.
resolution = 1s

// Whole multiples of the windows that were recorded.
// include: recorded_windows

data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.name == "Aggregated")
        // tags
        // Of all workers at once: first of each series it takes twice as long.
        |> group(columns: ["_field"])
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
        // The lower neighbours of buckets are written although they are empty.
        |> filter(fn: (r) => r._value > 0)
        |> map(
            fn: (r) =>
                ({
                    time: date.truncate(t: r._time, unit: every),
                    bound: float(v: r._field),
                    requests: if measurement == "locust_latency" then int(v: r._value) else 0,
                    failed: if measurement == "locust_latency" then 0 else int(v: r._value),
                }),
        )
        |> group()

// What failed in rows of its own: to put both into one takes longer than all else.
union(tables: [data(measurement: "locust_latency"), data(measurement: "locust_failed_latency")])
    |> group()
