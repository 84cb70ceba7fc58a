import "json"
import "types"

// What was asked for stands in the place of these; here it is something that is there.
asked_measurement = "cpu"
asked_field = "usage_idle"

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == asked_measurement and r._field == asked_field)
    |> filter(fn: (r) => r.run == "${run}" or not exists r.run)
    // tags
    |> filter(fn: (r) => types.isNumeric(v: r._value))
    |> map(
        fn: (r) => ({time: r._time, tags: string(v: json.encode(v: r)), value: float(v: r._value)}),
    )
    |> group()
    |> sort(columns: ["time", "tags"])
