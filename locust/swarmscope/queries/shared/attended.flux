// Where workers were there and had no request, that is none a second, and no gap: a zero in each such
// window. Those that hold the run's begin or its end have none, nor has what comes after.
never = 9000000000000000000
moments =
    from(bucket: v.defaultBucket)
        |> range(start: 0, stop: time(v: never))
        |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
        |> filter(fn: (r) => r._field == "message" and (r.event == "start" or r.event == "stop"))
        |> group()
        |> map(
            fn: (r) =>
                ({
                    start: if r.event == "start" then int(v: r._time) else never,
                    stop: if r.event == "stop" then int(v: r._time) else 0,
                    open: if r.event == "start" then 1 else -1,
                }),
        )
lasted =
    union(tables: [moments, array.from(rows: [{start: never, stop: 0, open: 0}])])
        |> reduce(
            identity: {start: never, stop: 0, open: 0},
            fn: (r, accumulator) =>
                ({
                    start: if r.start < accumulator.start then r.start else accumulator.start,
                    stop: if r.stop > accumulator.stop then r.stop else accumulator.stop,
                    open: accumulator.open + r.open,
                }),
        )
        |> findRecord(fn: (key) => true, idx: 0)
starts = if lasted.start == never then 0 else lasted.start
stops = if lasted.open > 0 or lasted.stop == 0 then never else lasted.stop
attended = (columns) =>
    windows(
        fn: count,
        read: (start, stop) =>
            from(bucket: v.defaultBucket)
                |> range(start: start, stop: stop)
                |> filter(fn: (r) => r._measurement == "locust_users" and r.run == "${run}")
                |> filter(fn: (r) => r._field == "count" and r.worker =~ worker)
                |> group(columns: columns),
    )
        |> filter(
            fn: (r) => {
                begins = int(v: date.truncate(t: r._time, unit: every))

                return begins >= starts and begins + int(v: every) <= stops
            },
        )
        |> map(fn: (r) => ({r with _value: 0}))
