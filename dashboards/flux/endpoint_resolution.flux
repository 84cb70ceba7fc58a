import "array"
import "types"

// The run's start may lie before the range. A run that says nothing of its endpoints has them in each of
// its windows, which are never longer; one that says nothing at all was recorded each second.
recorded =
    from(bucket: v.defaultBucket)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
        |> filter(fn: (r) => r._field == "latency_resolution" or r._field == "resolution")
        |> last()
        // It is written out in queries as it is: a text would be code in them.
        |> filter(fn: (r) => types.isType(v: r._value, type: "int"))
        |> group()
        |> keep(columns: ["_value"])

union(tables: [recorded, array.from(rows: [{_value: 1}])])
    |> max()
