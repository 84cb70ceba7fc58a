import "array"

// When the run began; of one whose start did not arrive, its workers' first word; of none at all, any
// time, so that what hangs on it is empty and not wrong.
begun = (tables=<-, rank) =>
    tables
        |> first()
        |> group()
        |> map(fn: (r) => ({rank: rank, _value: int(v: r._time) / 1000000}))

data = (measurement, field) =>
    from(bucket: v.defaultBucket)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${baseline}")
        |> filter(fn: (r) => r._field == field)

union(
    tables: [
        data(measurement: "locust_run", field: "message")
            |> filter(fn: (r) => r.event == "start")
            |> begun(rank: 1),
        data(measurement: "locust_worker", field: "requests_seen") |> begun(rank: 2),
        array.from(rows: [{rank: 3, _value: int(v: v.timeRangeStart) / 1000000}]),
    ],
)
    |> sort(columns: ["rank", "_value"])
    |> limit(n: 1)
    |> keep(columns: ["_value"])
