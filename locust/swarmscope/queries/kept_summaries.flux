import "json"

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_summary" and r.run == "${run}")
    |> filter(fn: (r) => r._field == "count")
    |> last()
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: if exists r.method then r.method else "",
                tags: string(v: json.encode(v: r)),
                time: r._time,
                requests: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["name", "method", "time"])
