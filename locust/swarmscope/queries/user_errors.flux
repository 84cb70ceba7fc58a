// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_user_error" and r.run == "${run}")
        |> filter(fn: (r) => r._field == field)

kind = ["user_class", "exception", "place", "_field"]

counts =
    data(field: "count")
        |> group(columns: kind)
        |> sum()

// One traceback of many: the newest, and of several workers' in the same moment the last worker's.
messages =
    data(field: "message")
        |> last()
        |> group(columns: kind)
        |> sort(columns: ["_time", "worker"])
        |> last()

union(tables: [counts, messages])
    // A number and a text can't be rows of one table, but columns of one: they need one time, and
    // one order of what they are grouped by.
    |> map(fn: (r) => ({r with _time: v.timeRangeStop}))
    |> group(columns: kind)
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> group()
    |> map(
        fn: (r) =>
            ({
                user_class: r.user_class,
                exception: r.exception,
                place: r.place,
                count: r.count,
                message: r.message,
            }),
    )
    |> sort(columns: ["count", "user_class", "exception", "place"], desc: true)
