// The newest thousand lines: no panel shows more, and no browser wants them.
newest = 1000

// Of Locust's own log, records from before a process's first run belong to no run: they may say why
// there is none.
locust =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_log" and r._field == "message")
        |> filter(fn: (r) => not exists r.run or r.run == "${run}")
        |> map(
            fn: (r) =>
                ({
                    time: r._time,
                    origin: "locust",
                    level: if exists r.level then r.level else "",
                    source: if exists r.source then r.source else "",
                    sender: if exists r.worker then r.worker else "",
                    message: r._value,
                }),
        )

application =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "app_log" and r._field == "message")
        |> map(
            fn: (r) =>
                ({
                    time: r._time,
                    origin: "application",
                    level: if exists r.level then r.level else "",
                    source: if exists r.service then r.service else "",
                    sender: if exists r.host then r.host else "",
                    message: r._value,
                }),
        )

union(tables: [locust, application])
    |> group()
    |> sort(
        columns: [
            "time",
            "origin",
            "source",
            "sender",
            "level",
        ],
        desc: true,
    )
    |> limit(n: newest)
