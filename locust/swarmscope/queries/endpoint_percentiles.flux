// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

// Where the points are, and from when on: boards read by minutes what has windows of minutes.
bucket = v.defaultBucket
since = v.timeRangeStart

latency =
    from(bucket: bucket)
        |> range(start: since, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_latency" and r.run == "${run}")
        |> filter(fn: (r) => r.worker =~ worker)
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

// Where a rank falls exactly on the border of two buckets, histogramQuantile takes the upper one,
// however far away; a hair below the border it takes the one in which the request was.
hair = 0.0000000001

quantile = (q, name) =>
    latency
        |> histogramQuantile(quantile: q - hair)
        |> set(key: "statistic", value: name)

union(
    tables: [
        quantile(q: 0.5, name: "p50"),
        quantile(q: 0.95, name: "p95"),
        quantile(q: 0.99, name: "p99"),
    ],
)
    |> group()
    |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
    |> sort(columns: ["name", "method"])
