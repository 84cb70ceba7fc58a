// The 95th percentile of each run, from the merged histograms of its workers.
requests_needed = 0

latency =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_latency" and r.name == "Aggregated")
        |> group(columns: ["run", "_field"])
        |> sum()
        |> map(fn: (r) => ({run: r.run, le: float(v: r._field), _value: float(v: r._value)}))
        |> group(columns: ["run"])
        |> sort(columns: ["le"])
        |> cumulativeSum()

union(
    tables: [
        latency |> histogramQuantile(quantile: 0.95) |> set(key: "statistic", value: "p95"),
        latency |> max() |> set(key: "statistic", value: "count"),
    ],
)
    |> group()
    |> pivot(rowKey: ["run"], columnKey: ["statistic"], valueColumn: "_value")
    |> filter(fn: (r) => r.count >= float(v: requests_needed))
    |> map(fn: (r) => ({_time: v.timeRangeStop, run: r.run, _value: r.p95}))
    |> group(columns: ["run"])
