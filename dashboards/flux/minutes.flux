import "array"

// The bucket that holds the run by minutes. Where no minutes were written, or can be read, the points
// of each second have to do. A bucket that isn't there, or may not be read, is not in the list.
long = "loadtest_long"
readable =
    buckets()
        |> filter(fn: (r) => r.name == long)
        |> findColumn(fn: (key) => true, column: "name")
place = if length(arr: readable) > 0 then long else v.defaultBucket

written =
    from(bucket: place)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == "${run}")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
        |> first()
        |> group()
        |> map(fn: (r) => ({rank: 1, _value: place}))

union(tables: [written, array.from(rows: [{rank: 2, _value: v.defaultBucket}])])
    |> sort(columns: ["rank"])
    |> limit(n: 1)
    |> keep(columns: ["_value"])
