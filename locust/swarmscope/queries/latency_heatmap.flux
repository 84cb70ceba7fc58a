import "date"
import "math"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
endpoint = /^Aggregated$/
worker = /.*/
resolution = 1s

// Of an endpoint there is a histogram for longer ones than of all together.
endpoint_resolution = 1s

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"

// Where the points are: boards read by minutes what has windows of minutes.
bucket = v.defaultBucket

// Whole multiples of the windows that were recorded.
// include: windows_of_histograms

// The windows that are drawn: boards put whole ones in the place of these.
drawn_from = v.timeRangeStart
drawn_to = v.timeRangeStop

// Twelve of the recorded buckets together: ten rows for a factor of ten. The recorded bounds are
// 1.02^i ms, and every twelfth is a bound of ours.
ratio = 1.02
together = 12.0

counts =
    from(bucket: bucket)
        |> range(start: drawn_from, stop: drawn_to)
        |> filter(fn: (r) => r._measurement == latency_points and r.run == "${run}")
        |> filter(fn: (r) => r.name =~ endpoint and r.worker =~ worker)
        // The storage engine adds up the seconds of each series; adding up the workers there as well
        // would make it hand out every point.
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
        |> group(columns: ["_field"])
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
        |> filter(fn: (r) => r._value > 0)
        |> map(fn: (r) => ({_time: r._time, le: float(v: r._field), _value: r._value}))
        |> group()

// Of each bucket once: a logarithm for each row would take longer than all the rest.
ranks =
    counts
        |> unique(column: "le")
        |> map(
            fn: (r) =>
                ({
                    _time: time(v: 0),
                    le: r.le,
                    rank:
                        math.ceil(
                            x: math.round(x: math.log(x: r.le) / math.log(x: ratio)) / together,
                        ),
                }),
        )
        |> keep(columns: ["_time", "le", "rank"])

union(tables: [counts |> keep(columns: ["_time", "le", "_value"]), ranks])
    // A bucket's rank stands before its counts, and they take it over.
    |> sort(columns: ["le", "_time"])
    |> fill(column: "rank", usePrevious: true)
    |> filter(fn: (r) => exists r._value)
    |> group(columns: ["rank"])
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> group()
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                bound: math.pow(x: ratio, y: r.rank * together),
                value: r._value,
            }),
    )
    |> sort(columns: ["time", "bound"])
