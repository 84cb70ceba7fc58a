import "array"

// Every run that is kept but the one on the board. First those that say something of it: of the same
// test, begun before it, stopped, and with requests, the newest first. Where there are none: none.
// Nobody who doesn't pick one is shown another; behind them stand those of the same test, then the
// rest.
said = (event) =>
    from(bucket: v.defaultBucket)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == "locust_run" and r._field == "message")
        |> filter(fn: (r) => r.event == event)
        |> first()
        |> group()
        |> keep(columns: ["_time", "run", "test"])

requested = () =>
    from(bucket: v.defaultBucket)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r._field == "count")
        |> filter(fn: (r) => r.name == "Aggregated")
        |> group(columns: ["run"])
        |> first()
        |> group()

own = said(event: "start") |> filter(fn: (r) => r.run == "${run}")
tests = own |> findColumn(fn: (key) => true, column: "test")
begins = own |> findColumn(fn: (key) => true, column: "_time")
begun = int(v: if length(arr: begins) > 0 then begins[0] else time(v: 0))
fact = (tables=<-, key, value) =>
    tables |> map(fn: (r) => ({run: r.run, key: key, _value: value(r: r)}))

others =
    union(
        tables: [
            said(event: "start") |> fact(key: "start", value: (r) => int(v: r._time)),
            said(event: "start")
                |> fact(
                    key: "same",
                    value: (r) =>
                        if exists r.test and contains(set: tests, value: r.test) then 1 else 0,
                ),
            said(event: "stop") |> fact(key: "stopped", value: (r) => 1),
            requested() |> fact(key: "requests", value: (r) => 1),
        ],
    )
        |> group()
        |> pivot(rowKey: ["run"], columnKey: ["key"], valueColumn: "_value")
        |> filter(fn: (r) => exists r.start and r.run != "${run}")
        // No id of ours has one of these, and in a query they would end the text that they stand in.
        |> filter(fn: (r) => r.run !~ /["\\$[:cntrl:]]/)
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    other:
                        if r.same == 0 then
                            3
                        else if exists r.stopped and exists r.requests and r.start < begun then
                            0
                        else
                            2,
                    age: -r.start,
                }),
        )

union(tables: [others, array.from(rows: [{run: "(none)", other: 1, age: 0}])])
    |> sort(columns: ["other", "age"])
    |> map(fn: (r) => ({_value: r.run}))
