import "array"
import "influxdata/influxdb/schema"

// The first is what is picked before somebody picks.
union(
    tables: [
        array.from(rows: [{_value: "(nothing)"}]),
        schema.measurements(bucket: v.defaultBucket, start: v.timeRangeStart, stop: v.timeRangeStop)
            |> filter(
                fn: (r) => r._value !~ /^(locust_.*|cpu|mem|disk|diskio|net|system|event|app_log)$/,
            )
            // Control characters have no place in the expression that it is written out in.
            |> filter(fn: (r) => r._value !~ /[[:cntrl:]]/)
            |> keep(columns: ["_value"]),
    ],
)
    |> sort()
