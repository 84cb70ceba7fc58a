import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded.
// include: recorded_windows

// Users are what the master deals out; a worker that has none yet, or has left, isn't counted.
users =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_users" and r.run == "${run}")
        |> filter(fn: (r) => r.worker != "master" and r.worker =~ worker and r._field == "count")
        |> aggregateWindow(every: every, fn: last, createEmpty: false, timeSrc: "_start")

// Windows of windows: to group rows by their time takes ten times as long.
again = (tables=<-, fn) =>
    tables
        |> aggregateWindow(every: every, fn: fn, createEmpty: false, timeSrc: "_start")

crews =
    users
        |> group(columns: ["worker"])
        |> again(fn: sum)
        |> group()

of_all = (fn, called) =>
    crews
        |> again(fn: fn)
        |> map(fn: (r) => ({_time: r._time, _value: float(v: r._value), _field: called}))

union(
    tables: [
        of_all(fn: max, called: "most"),
        of_all(fn: min, called: "least"),
        of_all(fn: mean, called: "average"),
    ],
)
    |> group()
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> filter(fn: (r) => r.most > 0.0)
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                most: int(v: r.most),
                least: int(v: r.least),
                average: r.average,
            }),
    )
    |> sort(columns: ["time"])
