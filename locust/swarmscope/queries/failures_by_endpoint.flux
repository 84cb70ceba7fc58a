import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded: a shorter one would multiply a rate.
// include: recorded_windows

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_exception_stats" and r.run == "${run}")
        |> filter(fn: (r) => r._field == "count" and r.worker =~ worker)

// The ten with the most failures.
most =
    data()
        |> group(columns: ["name", "method"])
        |> sum()
        |> group()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    fewer: -r._value,
                }),
        )
        |> sort(columns: ["fewer", "name", "method"])
        |> limit(n: 10)
        |> map(fn: (r) => ({_value: r.name + " " + r.method}))
listed = most |> findColumn(fn: (key) => true, column: "_value")

// Of each series by the storage engine, then added up in windows once more: to group rows by their
// time costs ten times as much.
windows = data() |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
added = (tables=<-) =>
    tables
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")

each =
    windows
        |> group(columns: ["name", "method"])
        |> added()
        |> map(
            fn: (r) =>
                ({
                    _start: r._start,
                    _stop: r._stop,
                    _time: r._time,
                    _value: r._value,
                    name: r.name,
                    method: if exists r.method then r.method else "",
                }),
        )
        |> filter(fn: (r) => contains(set: listed, value: r.name + " " + r.method))

// Of all what is left without those: to look at each of the others again takes longer.
others =
    union(
        tables: [
            windows
                |> keep(columns: ["_start", "_stop", "_time", "_value"]),
            each
                |> map(fn: (r) => ({r with _value: -r._value}))
                |> drop(columns: ["name", "method"]),
        ],
    )
        |> group()
        |> added()
        |> filter(fn: (r) => r._value > 0)
        |> map(fn: (r) => ({r with name: "(others)", method: ""}))

union(tables: [each, others])
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                name: r.name,
                method: r.method,
                value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
            }),
    )
    |> group()
    |> sort(columns: ["time", "name", "method"])
