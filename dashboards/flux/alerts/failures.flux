// The share of each run's requests that failed, once there are enough of them to speak of a share.
requests_needed = 0

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_stats" and r.name == "Aggregated")
    |> filter(fn: (r) => r._field == "count" or r._field == "num_failures")
    |> group(columns: ["run", "_field"])
    |> sum()
    |> group()
    |> pivot(rowKey: ["run"], columnKey: ["_field"], valueColumn: "_value")
    |> filter(fn: (r) => r.count > 0 and r.count >= requests_needed)
    |> map(
        fn: (r) =>
            ({
                _time: v.timeRangeStop,
                run: r.run,
                _value: float(v: r.num_failures) / float(v: r.count),
            }),
    )
    |> group(columns: ["run"])
