import "regexp"
import "strings"

// Grafana puts what was picked in the place of these; here it is everything.
endpoint = /^Aggregated$/
worker = /.*/

// Those that may be among the busiest. A board knows them before it asks: what is written out like
// this, the storage engine looks up by itself.
candidates = /.*/

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"
stats_points = "locust_stats"

// Where the points are, and from when on: boards read by minutes what has windows of minutes.
bucket = v.defaultBucket
since = v.timeRangeStart

// include: busiest_endpoints

buckets = (measurement, sign, outcome) =>
    data(measurement: measurement)
        |> added_up()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    outcome: outcome,
                    le: float(v: r._field),
                    _value: float(v: sign * r._value),
                }),
        )

// What the master merged doesn't tell them apart. Those that succeeded are all but these.
failed = buckets(measurement: "locust_failed_latency", sign: 1, outcome: "failed")
succeeded =
    union(
        tables: [
            buckets(measurement: latency_points, sign: 1, outcome: "succeeded"),
            buckets(measurement: "locust_failed_latency", sign: -1, outcome: "succeeded"),
        ],
    )
        |> group(columns: ["name", "method", "outcome", "le"])
        |> sum()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: r.method,
                    outcome: r.outcome,
                    le: r.le,
                    _value: if r._value > 0.0 then r._value else 0.0,
                }),
        )
histograms =
    union(tables: [failed, succeeded])
        |> group(columns: ["name", "method", "outcome"])
        |> sort(columns: ["le"])
        |> cumulativeSum()

// include: hair

quantile = (q, name) =>
    histograms
        |> histogramQuantile(quantile: q - hair)
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: r.method,
                    statistic: (if r.outcome == "failed" then "failed_" else "") + name,
                    _value: r._value,
                }),
        )
number =
    histograms
        |> max()
        |> map(
            fn: (r) => ({name: r.name, method: r.method, statistic: r.outcome, _value: r._value}),
        )

// include: told_of_endpoints

// include: known

union(
    tables: [
        number,
        quantile(q: 0.5, name: "p50"),
        quantile(q: 0.95, name: "p95"),
        quantile(q: 0.99, name: "p99"),
        told(field: "count", fn: sum),
        told(field: "num_failures", fn: sum),
        told(field: "min_response_time", fn: min),
        told(field: "max_response_time", fn: max),
    ],
)
    |> group()
    |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
    |> map(fn: (r) => ({r with failed: if exists r.failed then r.failed else 0.0}))
    |> filter(fn: (r) => exists r.succeeded and r.succeeded + r.failed > 0.0)
    // An endpoint of which some failures were not told apart is left out: in no histogram is what has
    // no response time.
    |> filter(
        fn: (r) => {
            untimed = (if exists r.count then r.count else 0.0) - r.succeeded - r.failed
            untold = (if exists r.num_failures then r.num_failures else 0.0) - r.failed

            return untold <= 0.0 or untold <= untimed
        },
    )
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                succeeded: int(v: r.succeeded),
                p50: known(r: r, ms: r.p50),
                p95: known(r: r, ms: r.p95),
                p99: known(r: r, ms: r.p99),
                failed: int(v: r.failed),
                failed_p50: known(r: r, ms: r.failed_p50),
                failed_p95: known(r: r, ms: r.failed_p95),
                failed_p99: known(r: r, ms: r.failed_p99),
            }),
    )
    |> sort(columns: ["name", "method"])
