// Runs that lists count from their points: nobody audited them since they ended, something newer has
// come, or the range doesn't hold all of them. Of all others their summaries tell the same.
newest = (tables=<-, key) =>
    tables
        |> group(columns: ["run"])
        |> last()
        |> group()
        |> map(fn: (r) => ({run: r.run, _field: key, _value: int(v: r._time) / 1000000}))

signs = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement)

counted_runs =
    union(
        tables: [
            known_runs |> map(fn: (r) => ({run: r._value, _field: "known", _value: 1})),
            // A verdict may come later, and changes no number.
            signs(measurement: "locust_run")
                |> filter(fn: (r) => r._field == "message" and r.event != "verdict")
                |> newest(key: "event"),
            signs(measurement: "locust_stats")
                |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
                |> newest(key: "requests"),
            signs(measurement: "locust_worker")
                |> filter(fn: (r) => r.worker != "master" and r._field == "requests_seen")
                |> newest(key: "worker"),
            signs(measurement: "locust_run_summary")
                |> filter(fn: (r) => r._field == "final")
                |> group(columns: ["run"])
                |> last()
                |> group()
                |> map(
                    fn: (r) => ({run: r.run, _field: "final", _value: if r._value then 1 else 0}),
                ),
            signs(measurement: "locust_run_summary")
                |> filter(fn: (r) => r._field == "first" or r._field == "until")
                |> group()
                |> keep(columns: ["run", "_field", "_value"]),
        ],
    )
        |> group()
        |> pivot(rowKey: ["run"], columnKey: ["_field"], valueColumn: "_value")
        |> filter(
            fn: (r) =>
                // A column that no run has isn't there.
                not (exists r.final and exists r.first and exists r.until and r.final == 1
                    and
                    r.first * 1000000 >= int(v: v.timeRangeStart) and (r.until + 1) * 1000000
                    <=
                    int(v: v.timeRangeStop) and (not exists r.event or r.event <= r.until)
                    and
                    (not exists r.requests or r.requests <= r.until) and (not exists r.worker
                        or
                        r.worker <= r.until)),
        )
        |> keep(columns: ["run"])
