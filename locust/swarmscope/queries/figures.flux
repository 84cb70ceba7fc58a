// Grafana puts what was picked in the place of these; here it is everything.
endpoint = /^Aggregated$/
worker = /.*/
host = /.*/

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"
stats_points = "locust_stats"

// Where the points are, and from when on: boards read a range of many hours by minutes.
bucket_of_sums = v.defaultBucket
since_of_sums = v.timeRangeStart

// The bucket with a summary of the whole run, where boards found one.
summary = "(none)"

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: bucket_of_sums)
        |> range(start: since_of_sums, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.name =~ endpoint and r.worker =~ worker)
idle = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_idle")
        |> filter(fn: (r) => r.cpu == "cpu-total" and r.host =~ host)
        |> min()
        |> group()
        |> sort(columns: ["_value", "host"])
        |> limit(n: 1)
called = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({row: 0, key: key, _value: float(v: r._value)}))
        |> group()

// include: hair
quantile = (q, key) =>
    data(measurement: latency_points)
        |> group(columns: ["_field"])
        |> sum()
        |> map(fn: (r) => ({le: float(v: r._field), _value: float(v: r._value)}))
        |> group()
        |> sort(columns: ["le"])
        |> cumulativeSum()
        |> histogramQuantile(quantile: q - hair)
        |> called(key: key)
sums = (field) =>
    data(measurement: stats_points)
        |> filter(fn: (r) => r._field == field)
        |> group()
        |> sum()
        |> called(key: field)

// include: run_seconds

busiest = idle() |> findColumn(fn: (key) => true, column: "host")
length_s = span()

// include: known

added_up = () =>
    union(
        tables: [
            sums(field: "count"),
            sums(field: "num_failures"),
            data(measurement: stats_points)
                |> filter(fn: (r) => r._field == "min_response_time")
                |> group()
                |> min()
                |> called(key: "min_response_time"),
            data(measurement: stats_points)
                |> filter(fn: (r) => r._field == "max_response_time")
                |> group()
                |> max()
                |> called(key: "max_response_time"),
            quantile(q: 0.5, key: "p50"),
            quantile(q: 0.95, key: "p95"),
            quantile(q: 0.99, key: "p99"),
        ],
    )

// include: summed_up

// As points of each second call them.
as_points = (field) =>
    if field == "min" then
        "min_response_time"
    else if field == "max" then
        "max_response_time"
    else
        field
said = (tables=<-) =>
    tables
        |> filter(fn: (r) => r.name == "Aggregated")
        |> map(fn: (r) => ({row: 0, key: as_points(field: r._field), _value: float(v: r._value)}))
        |> group()
told = () =>
    union(
        tables: [
            summed_up()
                |> filter(fn: (r) => r._field =~ /^(p50|p95|p99|min|max)$/)
                |> said(),
            summed_up()
                |> filter(fn: (r) => r._field =~ /^(count|num_failures)$/)
                |> said(),
        ],
    )

// Of minutes the one that runs is missing, and that in which a worker was killed; seconds are all
// there, and newer than a summary. It speaks of each endpoint and of all, not of some together.
by_seconds = bucket_of_sums == v.defaultBucket
counted =
    if summary == "(none)" or by_seconds or "Aggregated" !~ endpoint then added_up() else told()

union(
    tables: [
        counted,
        idle()
            |> map(fn: (r) => ({_value: 100.0 - r._value}))
            |> called(key: "cpu"),
    ],
)
    |> group()
    |> pivot(rowKey: ["row"], columnKey: ["key"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({
                requests: if exists r.count then int(v: r.count) else 0,
                requests_per_second: if exists r.count then r.count / length_s else 0.0,
                failures: if exists r.num_failures then int(v: r.num_failures) else 0,
                p50: known(r: r, ms: r.p50),
                p95: known(r: r, ms: r.p95),
                p99: known(r: r, ms: r.p99),
                max: r.max_response_time,
                cpu: r.cpu,
                host: if length(arr: busiest) > 0 then busiest[0] else "",
            }),
    )
