// Histories of the test, that of its newest run first.
kept_in = v.defaultBucket
test = /.*/

// include: made_alike
told = (bucket) =>
    from(bucket: bucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run_summary")
        |> filter(fn: (r) => r._field =~ /^(test|environment|machine|users)$/)
        |> last()
        |> group(columns: ["_field"])
        |> keep(columns: ["run", "_time", "_field", "_value"])
        |> pivot(rowKey: ["_time", "run"], columnKey: ["_field"], valueColumn: "_value")
        |> group()
        |> filter(fn: (r) => exists r.test and r.test =~ test)
        |> map(fn: (r) => ({_time: r._time, _value: made_alike(r: r)}))

union(tables: [told(bucket: v.defaultBucket), told(bucket: kept_in)])
    |> group()
    |> sort(columns: ["_time"], desc: true)
    |> unique(column: "_value")
    // Control characters have no place in the expression that it is written out in.
    |> filter(fn: (r) => r._value !~ /[[:cntrl:]]/)
    |> keep(columns: ["_value"])
