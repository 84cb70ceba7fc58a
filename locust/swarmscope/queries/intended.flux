import "regexp"
import "strings"

// Grafana puts what was picked in the place of these; here it is everything.
endpoint = /^Aggregated$/
worker = /.*/

// Those that may be among the busiest. A board knows them before it asks: what is written out like
// this, the storage engine looks up by itself.
candidates = /.*/

// Whose points: the master merges none of when requests should have begun.
latency_points = "locust_latency"
stats_points = "locust_stats"

// Where the points are, and from when on: by minutes there are none of these.
bucket = v.defaultBucket
since = v.timeRangeStart

// include: busiest_endpoints

histograms = (measurement) =>
    data(measurement: measurement)
        |> added_up()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    le: float(v: r._field),
                    _value: float(v: r._value),
                }),
        )
        |> group(columns: ["name", "method"])
        |> sort(columns: ["le"])
        |> cumulativeSum()
intended = histograms(measurement: "locust_intended_latency")
service = histograms(measurement: latency_points)

// include: hair

quantile = (tables=<-, q, name) =>
    tables
        |> histogramQuantile(quantile: q - hair)
        |> map(fn: (r) => ({name: r.name, method: r.method, statistic: name, _value: r._value}))
number =
    intended
        |> max()
        |> map(
            fn: (r) => ({name: r.name, method: r.method, statistic: "requests", _value: r._value}),
        )

// include: told_of_endpoints

// include: known

union(
    tables: [
        number,
        intended |> quantile(q: 0.5, name: "p50"),
        intended |> quantile(q: 0.95, name: "p95"),
        intended |> quantile(q: 0.99, name: "p99"),
        service |> quantile(q: 0.5, name: "service_p50"),
        service |> quantile(q: 0.95, name: "service_p95"),
        service |> quantile(q: 0.99, name: "service_p99"),
        told(field: "min_response_time", fn: min),
        told(field: "max_response_time", fn: max),
    ],
)
    |> group()
    |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
    |> filter(fn: (r) => exists r.requests and r.requests > 0.0)
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                requests: int(v: r.requests),
                p50: r.p50,
                p95: r.p95,
                p99: r.p99,
                service_p50: known(r: r, ms: r.service_p50),
                service_p95: known(r: r, ms: r.service_p95),
                service_p99: known(r: r, ms: r.service_p99),
            }),
    )
    |> sort(columns: ["name", "method"])
