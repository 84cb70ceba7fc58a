// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"
stats_points = "locust_stats"

// Where the points are, and from when on: boards read by minutes what has windows of minutes.
bucket = v.defaultBucket
since = v.timeRangeStart

// The bucket with a summary of the whole run, where boards found one.
summary = "(none)"

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: bucket)
        |> range(start: since, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.worker =~ worker)

latency = () =>
    data(measurement: latency_points)
        // The storage engine adds up the workers and seconds.
        |> group(columns: ["name", "method", "_field"])
        |> sum()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    le: float(v: r._field),
                    _value: float(v: r._value),
                }),
        )
        |> group(columns: ["name", "method"])
        |> sort(columns: ["le"])
        |> cumulativeSum()

// include: hair

quantile = (q, name) =>
    latency()
        |> histogramQuantile(quantile: q - hair)
        |> set(key: "statistic", value: name)

outermost = (field, fn) =>
    data(measurement: stats_points)
        |> filter(fn: (r) => r._field == field)
        |> group(columns: ["name", "method"])
        |> fn()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: field,
                    _value: r._value,
                }),
        )

// include: known

merged = () =>
    union(
        tables: [
            quantile(q: 0.5, name: "p50"),
            quantile(q: 0.95, name: "p95"),
            quantile(q: 0.99, name: "p99"),
            outermost(field: "min_response_time", fn: min),
            outermost(field: "max_response_time", fn: max),
        ],
    )

// include: summed_up

// As points of each second call them.
extremes = (field) =>
    if field == "min" then
        "min_response_time"
    else if field == "max" then
        "max_response_time"
    else
        field

said = (tables=<-) =>
    tables
        |> group()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: extremes(field: r._field),
                    _value: float(v: r._value),
                }),
        )

told = () =>
    union(
        tables: [
            summed_up()
                |> filter(fn: (r) => r._field =~ /^(p50|p95|p99|min|max)$/)
                |> said(),
            summed_up()
                |> filter(fn: (r) => r._field == "timed")
                |> said(),
        ],
    )

statistics = if summary == "(none)" then merged() else told()

statistics
    |> group()
    |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
    // A summary that was put right may have percentiles of requests that never were: nothing takes a
    // field away. Points themselves have no such number.
    |> filter(fn: (r) => exists r.p50 and (not exists r.timed or r.timed > 0.0))
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                p50: known(r: r, ms: r.p50),
                p95: known(r: r, ms: r.p95),
                p99: known(r: r, ms: r.p99),
                min_response_time: r.min_response_time,
                max_response_time: r.max_response_time,
            }),
    )
    |> sort(columns: ["name", "method"])
