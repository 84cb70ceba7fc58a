import "array"
import "types"

// "(none)" are runs of which nobody said anything.
said =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run" and r._field == "label")
        |> last()
        |> filter(fn: (r) => types.isType(v: r._value, type: "string"))
        |> group()
        |> distinct()

union(tables: [said, array.from(rows: [{_value: "(none)"}])])
    // Control characters have no place in the expression that it is written out in.
    |> filter(fn: (r) => r._value !~ /[[:cntrl:]]/)
    |> sort()
