// The share of the seconds in which a worker was itself the bottleneck.
cpu_limit = 0.0
lag_limit = 0.0

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_worker")
    |> filter(fn: (r) => r._field == "cpu_percent" or r._field == "loop_lag_ms")
    |> map(
        fn: (r) =>
            ({
                _time: r._time,
                run: r.run,
                worker: r.worker,
                _value:
                    if r._value > (if r._field == "cpu_percent" then cpu_limit else lag_limit) then
                        1.0
                    else
                        0.0,
            }),
    )
    // A second is counted once, whichever limit it broke.
    |> group(columns: ["run", "worker", "_time"])
    |> max()
    |> group(columns: ["run", "worker"])
    |> mean()
    |> map(fn: (r) => ({r with _time: v.timeRangeStop}))
