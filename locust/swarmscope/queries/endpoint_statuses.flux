// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_status" and r.run == "${run}")
    |> filter(fn: (r) => r._field == "count" and r.worker =~ worker)
    // The storage engine adds up the workers and seconds.
    |> group(columns: ["name", "method", "status"])
    |> sum()
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: if exists r.method then r.method else "",
                status: r.status,
                requests: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["name", "method", "status"])
