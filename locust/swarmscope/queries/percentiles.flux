import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
endpoint = /^Aggregated$/
worker = /.*/
resolution = 1s

// Of an endpoint there is a histogram for longer ones than of all together.
endpoint_resolution = 1s

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"
stats_points = "locust_stats"

// Where the points are: boards read by minutes what has windows of minutes.
bucket = v.defaultBucket

// Whole multiples of the windows that were recorded.
// include: windows_of_histograms

// The windows that are drawn: boards put whole ones in the place of these, and the newest second that is
// stored of a run that goes on.
drawn_from = v.timeRangeStart
drawn_to = v.timeRangeStop
stored_to = drawn_to

// include: newest_window

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement, start, stop) =>
    from(bucket: bucket)
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.name =~ endpoint and r.worker =~ worker)

// The storage engine adds up the seconds of each series, and only windows leave it; adding up the
// workers there as well would make it hand out every point. Then all in one table: to group rows by
// their time takes ten times as long as to cut a table into windows.
latency =
    windows(
        fn: sum,
        read: (start, stop) => data(measurement: latency_points, start: start, stop: stop),
    )
        |> group(columns: ["_field"])
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
        |> map(fn: (r) => ({_time: r._time, le: float(v: r._field), _value: float(v: r._value)}))
        |> group()
        |> sort(columns: ["le"])
        |> window(every: every)
        |> cumulativeSum()

// include: hair

quantile = (q, name) =>
    latency
        |> histogramQuantile(quantile: q - hair)
        |> duplicate(column: "_start", as: "_time")
        |> set(key: "statistic", value: name)

outermost = (field, fn) =>
    windows(
        fn: fn,
        read: (start, stop) =>
            data(measurement: stats_points, start: start, stop: stop)
                |> filter(fn: (r) => r._field == field),
    )
        |> group(columns: ["_field"])
        |> aggregateWindow(every: every, fn: fn, createEmpty: false, timeSrc: "_start")
        |> keep(columns: ["_time", "_value"])
        |> set(key: "statistic", value: field)

// include: known

union(
    tables: [
        quantile(q: 0.5, name: "p50"),
        quantile(q: 0.95, name: "p95"),
        quantile(q: 0.99, name: "p99"),
        outermost(field: "min_response_time", fn: min),
        outermost(field: "max_response_time", fn: max),
    ],
)
    |> group()
    |> pivot(rowKey: ["_time"], columnKey: ["statistic"], valueColumn: "_value")
    // Only here: of each bucket of each window it would take seconds.
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                p50: known(r: r, ms: r.p50),
                p95: known(r: r, ms: r.p95),
                p99: known(r: r, ms: r.p99),
                max: r.max_response_time,
            }),
    )
    |> sort(columns: ["time"])
