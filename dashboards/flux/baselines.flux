import "array"

// Every run that is kept but the one on the board. First those that say something of it: of the same
// test, begun before it, stopped, and with requests, the newest first. Where there are none: none.
// Nobody who doesn't pick one is shown another; behind them stand those of the same test, then the
// rest.
data = (measurement, field) =>
    from(bucket: v.defaultBucket)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == measurement and r._field == field)

starts = () =>
    data(measurement: "locust_run", field: "message")
        |> filter(fn: (r) => r.event == "start")

// Of one whose start did not arrive nobody knows what was earlier.
own =
    union(
        tables: [
            starts()
                |> filter(fn: (r) => r.run == "${run}")
                |> first()
                |> group()
                |> map(
                    fn: (r) =>
                        ({
                            rank: 1,
                            begun: int(v: r._time),
                            test: if exists r.test then r.test else "",
                        }),
                ),
            array.from(rows: [{rank: 2, begun: 0, test: ""}]),
        ],
    )
        |> sort(columns: ["rank", "begun"])
        |> findRecord(fn: (key) => true, idx: 0)

// All in whole numbers, so that they can stand in one table.
fact = (tables=<-, key, value) =>
    tables
        |> first()
        |> group()
        |> map(fn: (r) => ({run: r.run, key: key(r: r), _value: value(r: r)}))

others =
    union(
        tables: [
            starts()
                |> fact(
                    key: (r) => if r.test == own.test then "begun" else "begun elsewhere",
                    value: (r) => int(v: r._time),
                ),
            data(measurement: "locust_run", field: "message")
                |> filter(fn: (r) => r.event == "stop")
                |> fact(key: (r) => "stopped", value: (r) => 1),
            data(measurement: "locust_stats", field: "count")
                |> filter(fn: (r) => r.name == "Aggregated")
                |> group(columns: ["run"])
                |> fact(key: (r) => "requests", value: (r) => 1),
        ],
    )
        |> group()
        |> pivot(rowKey: ["run"], columnKey: ["key"], valueColumn: "_value")
        |> filter(fn: (r) => (exists r.begun or exists r["begun elsewhere"]) and r.run != "${run}")
        // No id of ours has one of these, and in a query they would end the text that they stand in.
        |> filter(fn: (r) => r.run !~ /["\\$[:cntrl:]]/)
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    other:
                        if not exists r.begun then
                            3
                        else if exists r.stopped and exists r.requests and r.begun < own.begun then
                            0
                        else
                            2,
                    age: if exists r.begun then -r.begun else -r["begun elsewhere"],
                }),
        )

union(tables: [others, array.from(rows: [{run: "(none)", other: 1, age: 0}])])
    |> sort(columns: ["other", "age"])
    |> map(fn: (r) => ({_value: r.run}))
