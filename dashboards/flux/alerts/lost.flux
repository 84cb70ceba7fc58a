// Points that a worker dropped, or that the store refused for good, since its run began.
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_worker")
    |> filter(fn: (r) => r._field == "points_lost" or r._field == "points_rejected")
    |> last()
    |> group(columns: ["run", "worker"])
    |> sum()
    |> map(fn: (r) => ({run: r.run, worker: r.worker, _time: v.timeRangeStop, _value: r._value}))
