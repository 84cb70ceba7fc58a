import "date"
import "regexp"
import "strings"

// Grafana puts what was picked, and the length of the windows of which an endpoint has a histogram, in
// the place of these; here it is everything, and a second.
worker = /.*/
endpoint_resolution = 1s

// Those that may be among the busiest. A board knows them before it asks: what is written out like
// this, the storage engine looks up by itself; of what is computed below, it hands out everything.
candidates = /.*/

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"
stats_points = "locust_stats"

// Where the points are: boards read by minutes what has windows of minutes.
bucket = v.defaultBucket

// Whole multiples of these windows.
step = int(v: endpoint_resolution)
every = duration(v: (int(v: v.windowPeriod) + step - 1) / step * step)

// The windows that are drawn: boards put whole ones in the place of these.
drawn_from = v.timeRangeStart
drawn_to = v.timeRangeStop

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: bucket)
        |> range(start: drawn_from, stop: drawn_to)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.name != "Aggregated" and r.worker =~ worker)
        |> filter(fn: (r) => r.name =~ candidates)

// The busiest ten: with a hundred this would take a minute, and nobody could tell the lines apart.
busiest =
    data(measurement: stats_points)
        |> filter(fn: (r) => r._field == "count")
        |> group(columns: ["name"])
        |> sum()
        |> group()
        |> map(fn: (r) => ({name: r.name, fewer: -r._value}))
        |> sort(columns: ["fewer", "name"])
        |> limit(n: 10)
        |> map(fn: (r) => ({r with name: regexp.quoteMeta(v: r.name)}))
        |> findColumn(fn: (key) => true, column: "name")

// One expression for all of them.
chosen = regexp.compile(v: "^(" + strings.joinStr(arr: busiest, v: "|") + ")$")

// include: hair

// The storage engine adds up the points of each series; adding up the workers there as well would
// make it hand out every point. Where a series has few of them, it hands them out in less time than
// it takes to make windows of them.
few = (int(v: v.timeRangeStop) - int(v: v.timeRangeStart)) / step <= 120
windowed = (tables=<-) =>
    if few then
        tables
    else
        tables
            |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")

p95 =
    data(measurement: latency_points)
        |> windowed()
        |> group(columns: ["name", "method", "_field"])
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
        |> map(
            fn: (r) =>
                ({
                    _time: r._time,
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    le: float(v: r._field),
                    _value: float(v: r._value),
                }),
        )
        // To group rows by their time takes ten times as long as to cut a table into windows.
        |> group(columns: ["name", "method"])
        |> sort(columns: ["le"])
        // Only here: before the sums, the storage engine would have to hand over every second's
        // rows, and before they are in one table for each endpoint, it would be asked of each bucket.
        |> filter(fn: (r) => r.name =~ chosen)
        |> window(every: every)
        |> cumulativeSum()
        |> histogramQuantile(quantile: 0.95 - hair)
        |> duplicate(column: "_start", as: "_time")

// Of the whole range, not of each window: that is nearly for nothing, and pivoting windows a third.
outermost = (field, fn) =>
    data(measurement: stats_points)
        |> filter(fn: (r) => r._field == field)
        |> group(columns: ["name", "method"])
        |> fn()
        |> filter(fn: (r) => r.name =~ chosen)
        |> map(
            fn: (r) =>
                ({
                    _time: time(v: 0),
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: field,
                    _value: r._value,
                }),
        )

// include: known

extremes =
    union(
        tables: [
            outermost(field: "min_response_time", fn: min),
            outermost(field: "max_response_time", fn: max),
        ],
    )
        |> group()
        |> pivot(
            rowKey: ["_time", "name", "method"],
            columnKey: ["statistic"],
            valueColumn: "_value",
        )

union(tables: [extremes, p95 |> keep(columns: ["_time", "name", "method", "_value"])])
    // An endpoint's extremes stand before its windows, which take them over.
    |> group(columns: ["name", "method"])
    |> sort(columns: ["_time"])
    |> fill(column: "min_response_time", usePrevious: true)
    |> fill(column: "max_response_time", usePrevious: true)
    |> filter(fn: (r) => exists r._value)
    |> group()
    |> sort(columns: ["_time", "name", "method"])
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                name: r.name,
                method: r.method,
                p95: known(r: r, ms: r._value),
            }),
    )
