events =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(
            fn: (r) =>
                r._measurement == "locust_run" and (r.event == "start" or r.event == "verdict"),
        )

// A text each, so that all of them can stand in one table.
begun =
    events
        |> filter(fn: (r) => r.event == "start" and r._field == "message")
        |> first()
        |> map(
            fn: (r) =>
                ({run: r.run, _field: "start", _value: string(v: int(v: r._time)), _time: r._time}),
        )

named =
    events
        |> filter(fn: (r) => r.event == "start" and r._field == "message")
        |> first()
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    _field: "test",
                    _value: if exists r.test then r.test else "",
                    _time: r._time,
                }),
        )

judged =
    events
        |> filter(fn: (r) => r.event == "verdict" and r._field == "message")
        |> last()
        |> map(fn: (r) => ({run: r.run, _field: "verdict", _value: r._value, _time: r._time}))

made =
    events
        |> filter(
            fn: (r) => r._field =~ /^(commit|environment|machine|locustfile|locustfile_hash|host)$/,
        )
        |> last()
        |> keep(columns: ["run", "_field", "_value", "_time"])

union(tables: [begun, named, judged, made])
    |> group(columns: ["run", "_field"])
    |> sort(columns: ["_time"])
    |> last()
    |> group()
    |> pivot(rowKey: ["run"], columnKey: ["_field"], valueColumn: "_value")
    |> filter(fn: (r) => exists r.start)
    |> map(
        fn: (r) =>
            ({
                run: r.run,
                test: r.test,
                start: time(v: int(v: r.start)),
                commit: if exists r.commit then r.commit else "",
                environment: if exists r.environment then r.environment else "",
                machine: if exists r.machine then r.machine else "",
                locustfile: if exists r.locustfile then r.locustfile else "",
                locustfile_hash: if exists r.locustfile_hash then r.locustfile_hash else "",
                target: r.host,
                verdict: if exists r.verdict then r.verdict else "",
            }),
    )
    |> sort(columns: ["start", "run"], desc: true)
