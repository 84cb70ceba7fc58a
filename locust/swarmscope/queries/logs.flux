// The newest thousand lines: no panel shows more, and no browser wants them.
newest = 1000

// Grafana puts what was picked in the place of these: "errors", "warnings and errors", "everything";
// "locust", "application".
level = /^everything$/
origin = /.*/

// Services call their levels as they like: what is known to matter less is left out. A line without a
// level may matter. Each expression is written out, so that the storage engine looks it up.
of_level = (tables=<-) =>
    if "errors" =~ level then
        tables
            |> filter(
                fn: (r) =>
                    not exists r.level or r.level !~ /(?i)^(trace|debug|verbose|info|notice|warn)/,
            )
    else if "warnings and errors" =~ level then
        tables
            |> filter(
                fn: (r) =>
                    not exists r.level or r.level !~ /(?i)^(trace|debug|verbose|info|notice)/,
            )
    else
        tables

// Of Locust's own log, records from before a process's first run belong to no run: they may say why
// there is none.
locust =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_log" and r._field == "message")
        |> filter(fn: (r) => not exists r.run or r.run == "${run}")
        |> of_level()
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
        |> of_level()
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
    |> filter(fn: (r) => r.origin =~ origin)
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
