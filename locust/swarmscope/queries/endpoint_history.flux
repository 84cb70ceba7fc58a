import "internal/debug"

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_summary" and r.name != "Aggregated")
    |> filter(fn: (r) => r._field =~ /^(count|num_failures|seconds|p50|p95)$/)
    |> last()
    |> map(
        fn: (r) =>
            ({
                run: r.run,
                name: r.name,
                method: if exists r.method then r.method else "",
                _field: r._field,
                _value: float(v: r._value),
            }),
    )
    |> group()
    |> pivot(rowKey: ["run", "name", "method"], columnKey: ["_field"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({
                run: r.run,
                name: r.name,
                method: r.method,
                requests: int(v: r.count),
                failures: if exists r.num_failures then int(v: r.num_failures) else 0,
                requests_per_second:
                    if exists r.seconds and r.seconds > 0.0 then
                        r.count / r.seconds
                    else
                        debug.null(type: "float"),
                p50: r.p50,
                p95: r.p95,
            }),
    )
    |> sort(columns: ["run", "name", "method"])
