from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
    |> filter(fn: (r) => r._field =~ /^(message|user_count|subject|requests)$/)
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> group()
    |> map(
        fn: (r) =>
            ({
                time: r._time,
                event: r.event,
                message: r.message,
                user_count: r.user_count,
                subject: r.subject,
                requests: r.requests,
            }),
    )
    |> sort(columns: ["time", "event"])
