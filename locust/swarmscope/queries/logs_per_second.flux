import "date"

// include: windows_of_seconds

// The windows that are drawn: boards put whole ones in the place of these.
drawn_from = v.timeRangeStart
drawn_to = v.timeRangeStop

data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: drawn_from, stop: drawn_to)
        |> filter(fn: (r) => r._measurement == measurement and r._field == "message")

counted = (tables=<-, origin) =>
    tables
        |> group(columns: ["level"])
        |> aggregateWindow(every: every, fn: count, createEmpty: false, timeSrc: "_start")
        |> map(
            fn: (r) =>
                ({
                    time: date.truncate(t: r._time, unit: every),
                    origin: origin,
                    level: if exists r.level then r.level else "",
                    value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
                }),
        )

union(
    tables: [
        data(measurement: "locust_log")
            |> filter(fn: (r) => not exists r.run or r.run == "${run}")
            |> counted(origin: "locust"),
        data(measurement: "app_log") |> counted(origin: "application"),
    ],
)
    |> group()
    |> sort(columns: ["time", "origin", "level"])
