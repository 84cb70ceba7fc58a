// Grafana puts what was picked in the place of these; here it is everything.
endpoint = /^Aggregated$/
worker = /.*/
host = /.*/

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"
stats_points = "locust_stats"

// Where the points are: boards read a range of many hours by minutes.
bucket_of_sums = v.defaultBucket

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: bucket_of_sums)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
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
