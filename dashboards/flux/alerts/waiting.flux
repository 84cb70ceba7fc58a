// Requests that a worker had seen when the range began and that the store doesn't have yet.
data = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker")

seen =
    data()
        |> filter(fn: (r) => r._field == "requests_seen")
        |> first()

settled =
    data()
        |> filter(
            fn: (r) =>
                r._field == "requests_delivered" or r._field == "requests_rejected" or r._field
                    ==
                    "requests_lost",
        )
        |> last()
        |> map(fn: (r) => ({r with _value: -r._value}))

union(tables: [seen, settled])
    |> group(columns: ["run", "worker"])
    |> sum()
    |> map(fn: (r) => ({run: r.run, worker: r.worker, _time: v.timeRangeStop, _value: r._value}))
