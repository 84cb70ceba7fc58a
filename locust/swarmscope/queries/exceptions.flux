// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_exception_stats" and r.run == "${run}")
        |> filter(fn: (r) => r._field == field)

kind = [
    "name",
    "method",
    "exception",
    "status",
    "reason",
    "_field",
]

// A failure without an answer has no status, and no tag for it.
told_apart = (tables=<-) =>
    tables
        |> map(
            fn: (r) =>
                ({r with method: if exists r.method then r.method else "",
                    status: if exists r.status then r.status else "",
                    reason: if exists r.reason then r.reason else "",
                }),
        )
        |> group(columns: kind)

counts =
    data(field: "count")
        |> group(columns: kind)
        |> sum()
        |> told_apart()

// One sample of many: the newest, and of several workers' in the same second the last worker's.
messages =
    data(field: "message")
        |> last()
        |> told_apart()
        |> sort(columns: ["_time", "worker"])
        |> last()

union(tables: [counts, messages])
    // A number and a text can't be rows of one table, but columns of one: they need one time.
    |> map(fn: (r) => ({r with _time: v.timeRangeStop}))
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> group()
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                exception: r.exception,
                status: r.status,
                reason: r.reason,
                failures: r.count,
                message: r.message,
            }),
    )
    |> sort(
        columns: [
            "failures",
            "name",
            "method",
            "exception",
            "status",
            "reason",
        ],
        desc: true,
    )
