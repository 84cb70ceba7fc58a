// From when on; boards ask for it at any time, because the run may have begun before their range.
earliest = v.timeRangeStart

from(bucket: v.defaultBucket)
    |> range(start: earliest, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
    |> filter(fn: (r) => r._field == "label" or r._field == "description")
    |> group(columns: ["_field"])
    |> last()
    |> group()
    |> map(fn: (r) => ({row: 0, _field: r._field, _value: r._value}))
    |> pivot(rowKey: ["row"], columnKey: ["_field"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({
                label: if exists r.label then r.label else "",
                description: if exists r.description then r.description else "",
            }),
    )
