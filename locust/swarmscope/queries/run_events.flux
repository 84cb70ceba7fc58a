from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
    |> filter(fn: (r) => r._field == "message" or r._field == "user_count" or r._field == "subject")
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
            }),
    )
    |> sort(columns: ["time", "event"])
