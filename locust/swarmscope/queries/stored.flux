import "influxdata/influxdb"

series =
    influxdb.cardinality(
        bucket: v.defaultBucket,
        start: v.timeRangeStart,
        stop: v.timeRangeStop,
        predicate: (r) => r.run == "${run}",
    )
        |> map(fn: (r) => ({series: r._value, field_values: 0}))

// By field, because numbers and texts can't be in one table; the storage engine counts them.
values =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r.run == "${run}")
        |> group(columns: ["_measurement", "_field"])
        |> count()
        |> group()
        |> sum()
        |> map(fn: (r) => ({series: 0, field_values: r._value}))

union(tables: [series, values])
    |> group()
    |> reduce(
        fn: (r, accumulator) =>
            ({
                series: accumulator.series + r.series,
                field_values: accumulator.field_values + r.field_values,
            }),
        identity: {series: 0, field_values: 0},
    )
    |> filter(fn: (r) => r.field_values > 0)
