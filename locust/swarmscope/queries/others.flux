import "date"
import "types"

// Grafana puts what was picked in the place of these; here it is everything.
other_measurement = /.*/
other_field = /.*/

// include: windows_of_seconds
seconds = float(v: int(v: every)) / 1000000000.0

// What a run or a machine has panels of its own for isn't asked for here.
data = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement =~ other_measurement and r._field =~ other_field)
        |> filter(
            fn: (r) =>
                r._measurement !~ /^(locust_.*|cpu|mem|disk|diskio|net|system|event|app_log)$/,
        )

// Of each series once, not of each of its points: texts can't be added up.
numeric =
    data()
        |> last()
        |> filter(fn: (r) => types.isNumeric(v: r._value))
        |> map(fn: (r) => ({_value: r._measurement + " " + r._field}))
        |> group()
        |> distinct()
        |> findColumn(fn: (key) => true, column: "_value")

numbers = (tables=<-) =>
    tables
        |> filter(fn: (r) => contains(set: numeric, value: r._measurement + " " + r._field))
        |> toFloat()
        |> group(columns: ["_measurement", "_field", "metric_type"])

// Counts of seconds in which something came: over a longer window they are added up and divided.
counted =
    data()
        |> filter(fn: (r) => r.metric_type == "counter")
        |> numbers()
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
        |> map(fn: (r) => ({r with _value: r._value / seconds}))

measured =
    data()
        |> filter(fn: (r) => not exists r.metric_type or r.metric_type != "counter")
        |> numbers()
        |> aggregateWindow(every: every, fn: mean, createEmpty: false, timeSrc: "_start")

union(tables: [counted, measured])
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                measurement: r._measurement,
                field: r._field,
                value: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["time", "measurement", "field"])
