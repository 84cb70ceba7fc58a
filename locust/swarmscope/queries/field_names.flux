import "influxdata/influxdb/schema"
import "json"

// What was asked for stands in the place of these; here it is something that is there.
asked_measurement = "cpu"
asked_field = "usage_idle"

start = v.timeRangeStart
stop = v.timeRangeStop

// Of the index, which is asked in a moment: it knows no more of a time than which days it is in.
measurements =
    schema.tagValues(
        bucket: v.defaultBucket,
        tag: "_measurement",
        predicate: (r) => true,
        start: start,
        stop: stop,
    )
        |> map(fn: (r) => ({kind: "measurement", name: r._value, tags: "{}"}))
fields =
    schema.tagValues(
        bucket: v.defaultBucket,
        tag: "_field",
        predicate: (r) => r._measurement == asked_measurement,
        start: start,
        stop: stop,
    )
        |> map(fn: (r) => ({kind: "field", name: r._value, tags: "{}"}))
series =
    from(bucket: v.defaultBucket)
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement == asked_measurement and r._field == asked_field)
        |> filter(fn: (r) => r.run == "${run}" or not exists r.run)
        |> last()
        |> map(fn: (r) => ({kind: "series", name: r._field, tags: string(v: json.encode(v: r))}))

union(tables: [measurements, fields, series])
    |> group()
    |> sort(columns: ["kind", "name", "tags"])
