// Seconds since the last point of each worker that hasn't said that it is done, of runs that go on.
worker_points =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r._field == "final")
        |> last()
        |> filter(fn: (r) => r._value == false)
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    worker: r.worker,
                    kind: "silence",
                    _value: (int(v: v.timeRangeStop) - int(v: r._time)) / 1000000000,
                }),
        )

stops =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run" and r.event == "stop")
        |> last()
        |> map(fn: (r) => ({run: r.run, worker: "", kind: "stop", _value: 0}))

union(tables: [worker_points, stops])
    |> group(columns: ["run"])
    // The stop comes first; behind it, workers inherit that their run is over.
    |> sort(columns: ["worker"])
    |> map(fn: (r) => ({r with over: if r.kind == "stop" then 1 else 0}))
    |> cumulativeSum(columns: ["over"])
    |> filter(fn: (r) => r.kind == "silence" and r.over == 0)
    |> map(fn: (r) => ({run: r.run, worker: r.worker, _time: v.timeRangeStop, _value: r._value}))
    |> group(columns: ["run", "worker"])
