// The 95th percentile of each run, from the merged histograms of its workers.
requests_needed = 0

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.name == "Aggregated")

latency =
    data(measurement: "locust_latency")
        |> group(columns: ["run", "_field"])
        |> sum()
        |> map(fn: (r) => ({run: r.run, le: float(v: r._field), _value: float(v: r._value)}))
        |> group(columns: ["run"])
        |> sort(columns: ["le"])
        |> cumulativeSum()

// include: hair

outermost = (field, fn) =>
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r._field == field)
        |> group(columns: ["run"])
        |> fn()
        |> map(fn: (r) => ({run: r.run, statistic: field, _value: r._value}))

// include: known

union(
    tables: [
        latency |> histogramQuantile(quantile: 0.95 - hair) |> set(key: "statistic", value: "p95"),
        latency |> max() |> set(key: "statistic", value: "count"),
        outermost(field: "min_response_time", fn: min),
        outermost(field: "max_response_time", fn: max),
    ],
)
    |> group()
    |> pivot(rowKey: ["run"], columnKey: ["statistic"], valueColumn: "_value")
    |> filter(fn: (r) => r.count >= float(v: requests_needed))
    |> map(fn: (r) => ({_time: v.timeRangeStop, run: r.run, _value: known(r: r, ms: r.p95)}))
    |> group(columns: ["run"])
