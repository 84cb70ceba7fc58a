// Runs with points in the range, that which was seen last first; then all others that are kept, the
// newest first: a board can go to their time.
seen =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r._field == "requests_seen")
        |> last()
        |> group(columns: ["run"])
        |> max(column: "_time")
        |> map(fn: (r) => ({run: r.run, elsewhere: 0, age: -int(v: r._time)}))

kept =
    from(bucket: v.defaultBucket)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == "locust_run" and r._field == "message")
        |> filter(fn: (r) => r.event == "start")
        |> first()
        |> map(fn: (r) => ({run: r.run, elsewhere: 1, age: -int(v: r._time)}))

union(tables: [seen, kept])
    |> group()
    |> sort(columns: ["elsewhere", "age"])
    |> unique(column: "run")
    |> map(fn: (r) => ({_value: r.run}))
    // No id of ours has one of these, and in a query they would end the text that they stand in.
    |> filter(fn: (r) => r._value !~ /["\\$[:cntrl:]]/)
