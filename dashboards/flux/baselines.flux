import "array"

// Every run that is kept but the one on the board: of the same test first, the newest first. Last,
// and of a first run at once: none.
starts =
    from(bucket: v.defaultBucket)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == "locust_run" and r._field == "message")
        |> filter(fn: (r) => r.event == "start")
        |> first()
        |> group()
        |> keep(columns: ["_time", "run", "test"])

tests =
    starts
        |> filter(fn: (r) => r.run == "${run}")
        |> findColumn(fn: (key) => true, column: "test")

others =
    starts
        |> filter(fn: (r) => r.run != "${run}")
        // No id of ours has one of these, and in a query they would end the text that they stand in.
        |> filter(fn: (r) => r.run !~ /["\\$[:cntrl:]]/)
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    other: if contains(set: tests, value: r.test) then 0 else 1,
                    age: -int(v: r._time),
                }),
        )

union(tables: [others, array.from(rows: [{run: "(none)", other: 2, age: 0}])])
    |> sort(columns: ["other", "age"])
    |> map(fn: (r) => ({_value: r.run}))
