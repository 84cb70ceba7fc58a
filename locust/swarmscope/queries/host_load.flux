import "date"

// Grafana puts what was picked in the place of this; here it is everything.
host = /.*/

// include: windows_of_seconds

windowed = (field, fn) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "system" and r._field == field)
        |> filter(fn: (r) => r.host =~ host)
        |> aggregateWindow(every: every, fn: fn, createEmpty: false, timeSrc: "_start")
        |> map(
            fn: (r) =>
                ({
                    time: date.truncate(t: r._time, unit: every),
                    host: r.host,
                    role: if exists r.role then r.role else "",
                    field: field,
                    _value: float(v: r._value),
                }),
        )

union(tables: [windowed(field: "load1", fn: mean), windowed(field: "n_cpus", fn: last)])
    |> group()
    |> pivot(rowKey: ["time", "host", "role"], columnKey: ["field"], valueColumn: "_value")
    |> filter(fn: (r) => exists r.load1 and exists r.n_cpus)
    |> map(
        fn: (r) =>
            ({
                time: r.time,
                host: r.host,
                role: r.role,
                load1: r.load1,
                per_processor: float(v: r.load1) / float(v: r.n_cpus),
            }),
    )
    |> sort(columns: ["time", "host"])
