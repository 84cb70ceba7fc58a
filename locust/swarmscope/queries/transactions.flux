import "strings"

// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.worker =~ worker)
told = (fields, fn) =>
    data(measurement: "locust_transactions")
        |> filter(fn: (r) => r._field =~ fields)
        |> group(columns: ["name", "_field"])
        |> fn()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    statistic: strings.replaceAll(v: r._field, t: "_time", u: "_response_time"),
                    _value: float(v: r._value),
                }),
        )
        |> group()
latency =
    data(measurement: "locust_transaction_latency")
        // The storage engine adds up workers and moments.
        |> group(columns: ["name", "_field"])
        |> sum()
        |> map(fn: (r) => ({name: r.name, le: float(v: r._field), _value: float(v: r._value)}))
        |> group(columns: ["name"])
        |> sort(columns: ["le"])
        |> cumulativeSum()

// include: hair

quantile = (q, name) =>
    latency
        |> histogramQuantile(quantile: q - hair)
        |> map(fn: (r) => ({name: r.name, statistic: name, _value: r._value}))
        |> group()

// include: known

// Of those that were only abandoned there is no time.
each = (r, sum) => if exists sum then sum / r.count else sum

union(
    tables: [
        told(fields: /^(count|num_failures|abandoned)$/, fn: sum),
        told(fields: /^total_(time|wait)$/, fn: sum),
        told(fields: /^min_time$/, fn: min),
        told(fields: /^max_time$/, fn: max),
        quantile(q: 0.5, name: "p50"),
        quantile(q: 0.95, name: "p95"),
        quantile(q: 0.99, name: "p99"),
    ],
)
    |> group()
    |> pivot(rowKey: ["name"], columnKey: ["statistic"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                transactions: int(v: r.count),
                failures: int(v: r.num_failures),
                abandoned: int(v: r.abandoned),
                mean: each(r: r, sum: r.total_response_time),
                p50: known(r: r, ms: r.p50),
                p95: known(r: r, ms: r.p95),
                p99: known(r: r, ms: r.p99),
                max: r.max_response_time,
                pause: each(r: r, sum: r.total_wait),
            }),
    )
    |> sort(columns: ["name"])
