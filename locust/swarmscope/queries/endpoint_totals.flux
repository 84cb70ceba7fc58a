// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.worker =~ worker)

named = (tables=<-, statistic) =>
    tables
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: if statistic == "" then r._field else statistic,
                    _value: float(v: r._value),
                }),
        )
        |> group()

// Means can't be merged, sums can.
sums =
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r.name != "Aggregated")
        |> filter(
            fn: (r) =>
                r._field == "count" or r._field == "num_failures" or r._field
                    ==
                    "total_response_time" or r._field == "total_content_length" or r._field
                    ==
                    "untimed",
        )
        |> group(columns: ["name", "method", "_field"])
        |> sum()
        |> named(statistic: "")

shortest =
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r.name != "Aggregated" and r._field == "min_response_time")
        |> group(columns: ["name", "method"])
        |> min()
        |> named(statistic: "shortest")

longest =
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r.name != "Aggregated" and r._field == "max_response_time")
        |> group(columns: ["name", "method"])
        |> max()
        |> named(statistic: "longest")

// Not each request has a response time: Locust lets it be None. A run of former times doesn't say how
// many these were; its histograms have the others, by the second. Those of spans may have more than
// the range, or not yet all of it.
recorded =
    from(bucket: v.defaultBucket)
        |> range(start: time(v: 0), stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
        |> filter(fn: (r) => r._field == "latency_resolution")
        |> last()
        |> findColumn(fn: (key) => true, column: "_value")
inSpans = length(arr: recorded) > 0

timed =
    data(measurement: "locust_latency")
        |> filter(fn: (r) => r.name != "Aggregated")
        |> group(columns: ["name", "method"])
        |> sum()
        |> named(statistic: "timed")

// include: run_seconds

length = span()

// float() of what is a float already: where no request had a response time, the columns are absent,
// and Flux divides a null but not an absence.
union(
    tables:
        if inSpans then
            [sums, shortest, longest]
        else
            [sums, shortest, longest, timed],
)
    |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                requests: int(v: r.count),
                failures: int(v: r.num_failures),
                avg_response_time:
                    float(v: r.total_response_time) / (if inSpans then
                            r.count - (if exists r.untimed then r.untimed else 0.0)
                        else
                            float(v: r.timed)),
                min_response_time: r.shortest,
                max_response_time: r.longest,
                requests_per_second: r.count / length,
                avg_content_length: float(v: r.total_content_length) / r.count,
            }),
    )
    |> sort(columns: ["name", "method"])
