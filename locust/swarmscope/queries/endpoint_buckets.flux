from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_latency" and r.run == "${run}")
    // tags
    // The storage engine adds up the workers and spans.
    |> group(columns: ["name", "method", "_field"])
    |> sum()
    |> filter(fn: (r) => r._value > 0)
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: if exists r.method then r.method else "",
                bound: float(v: r._field),
                requests: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["name", "method", "bound"])
