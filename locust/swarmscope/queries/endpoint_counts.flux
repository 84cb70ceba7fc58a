// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

// Where the points are, and from when on: boards read a range of many hours by minutes.
bucket_of_sums = v.defaultBucket
since_of_sums = v.timeRangeStart

// The bucket with a summary of the whole run, where boards found one.
summary = "(none)"

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = () =>
    from(bucket: bucket_of_sums)
        |> range(start: since_of_sums, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
        |> filter(fn: (r) => r.worker =~ worker)

named = (tables=<-) =>
    tables
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: r._field,
                    _value: float(v: r._value),
                }),
        )
        |> group()

sums = () =>
    data()
        |> filter(
            fn: (r) =>
                r._field == "count" or r._field == "num_failures" or r._field
                    ==
                    "total_content_length",
        )
        |> group(columns: ["name", "method", "_field"])
        |> sum()
        |> named()

// By seconds at any length: a minute says only when it began.
// include: run_seconds

added_up = () => {
    length = span()

    return
        sums()
            |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
            |> map(fn: (r) => ({r with seconds: length}))
}

// include: summed_up

told = () =>
    union(
        tables: [
            summed_up()
                |> filter(
                    fn: (r) =>
                        r._field == "count" or r._field == "num_failures" or r._field
                            ==
                            "total_content_length",
                )
                |> group()
                |> named(),
            summed_up()
                |> filter(fn: (r) => r._field == "seconds")
                |> group()
                |> named(),
        ],
    )
        |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
        // One of which nothing is stored, once the summary was put right.
        |> filter(fn: (r) => r.count > 0.0)

counted = if summary == "(none)" then added_up() else told()

counted
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                requests: int(v: r.count),
                failures: int(v: r.num_failures),
                requests_per_second: r.count / r.seconds,
                avg_content_length: float(v: r.total_content_length) / r.count,
            }),
    )
    |> sort(columns: ["name", "method"])
