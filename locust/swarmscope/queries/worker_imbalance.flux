import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded.
// include: recorded_windows

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement, field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.worker != "master" and r.worker =~ worker and r._field == field)

// Users are what the master deals out; a worker that has none yet, or has left, isn't counted.
data(measurement: "locust_users", field: "count")
    |> aggregateWindow(every: every, fn: last, createEmpty: false, timeSrc: "_start")
    |> group(columns: ["_time", "worker"])
    |> sum()
    |> group(columns: ["_time"])
    |> reduce(
        identity: {count: 0, sum: 0, most: -1, least: -1},
        fn: (r, accumulator) =>
            ({
                count: accumulator.count + 1,
                sum: accumulator.sum + r._value,
                most: if r._value > accumulator.most then r._value else accumulator.most,
                least:
                    if accumulator.least < 0 or r._value < accumulator.least then
                        r._value
                    else
                        accumulator.least,
            }),
    )
    |> filter(fn: (r) => r.sum > 0)
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                most: r.most,
                least: r.least,
                average: float(v: r.sum) / float(v: r.count),
            }),
    )
    |> group()
    |> sort(columns: ["time"])
