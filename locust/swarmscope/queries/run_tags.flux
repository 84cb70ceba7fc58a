import "json"

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
    |> filter(fn: (r) => r.event == "start" and r._field == "message")
    |> first()
    |> map(fn: (r) => ({_time: r._time, tags: string(v: json.encode(v: r))}))
    |> group()
    |> sort(columns: ["_time", "tags"])
    |> limit(n: 1)
    |> keep(columns: ["tags"])
