// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: bucket)
        |> range(start: since, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.worker =~ worker)
        |> filter(fn: (r) => r.name == "Aggregated" or r.name =~ endpoint or r.name =~ candidates)

// The busiest ten: a picture of a hundred bars tells nothing.
busiest =
    data(measurement: stats_points)
        |> filter(fn: (r) => r.name != "Aggregated" and r._field == "count")
        |> group(columns: ["name"])
        |> sum()
        |> group()
        |> map(fn: (r) => ({name: r.name, fewer: -r._value}))
        |> sort(columns: ["fewer", "name"])
        |> limit(n: 10)
        |> map(fn: (r) => ({r with name: regexp.quoteMeta(v: r.name)}))
        |> findColumn(fn: (key) => true, column: "name")

// One expression for all of them.
chosen = regexp.compile(v: "^(Aggregated|" + strings.joinStr(arr: busiest, v: "|") + ")$")

// The storage engine adds up the workers and seconds.
added_up = (tables=<-) =>
    tables
        |> group(columns: ["name", "method", "_field"])
        |> sum()
        |> filter(fn: (r) => r.name =~ chosen or r.name =~ endpoint)
