// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
        |> filter(fn: (r) => r._field == field)
        // tags
        |> group(columns: ["name", "method"])

number = (tables=<-, key) =>
    tables
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: key,
                    _value: float(v: r._value),
                }),
        )
        |> group()

// Whole milliseconds, which a float holds exactly.
moment = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({r with _value: int(v: r._time) / 1000000}))
        |> number(key: key)

union(
    tables: [
        data(field: "count") |> first() |> moment(key: "start"),
        data(field: "count") |> last() |> moment(key: "last"),
        data(field: "count") |> sum() |> number(key: "count"),
        data(field: "num_failures") |> sum() |> number(key: "num_failures"),
        data(field: "untimed") |> sum() |> number(key: "untimed"),
        data(field: "total_response_time") |> sum() |> number(key: "total_response_time"),
        data(field: "min_response_time") |> min() |> number(key: "shortest"),
        data(field: "max_response_time") |> max() |> number(key: "longest"),
        data(field: "total_content_length") |> sum() |> number(key: "total_content_length"),
    ],
)
    |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
    |> filter(fn: (r) => exists r.count)
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                start: time(v: int(v: r.start) * 1000000),
                last: time(v: int(v: r.last) * 1000000),
                requests: int(v: r.count),
                failures: int(v: r.num_failures),
                untimed: if exists r.untimed then int(v: r.untimed) else 0,
                total_response_time: r.total_response_time,
                shortest: r.shortest,
                longest: r.longest,
                total_content_length: r.total_content_length,
            }),
    )
    |> sort(columns: ["name", "method"])
