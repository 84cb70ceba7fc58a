import "regexp"
import "strings"

// Grafana puts what was picked in the place of these; here it is everything.
endpoint = /^Aggregated$/
worker = /.*/

sums = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_phases" and r.run == "${run}")
        |> filter(fn: (r) => r.worker =~ worker)
        |> filter(fn: (r) => r._field !~ /^longest/)
        // The storage engine adds up the workers and spans.
        |> group(columns: ["name", "method", "_field"])
        |> sum()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: r._field,
                    _value: float(v: r._value),
                }),
        )

// The busiest ten: a picture of a hundred bars tells nothing.
busiest =
    sums()
        |> filter(fn: (r) => r.statistic == "requests")
        |> group(columns: ["name"])
        |> sum()
        |> group()
        |> map(fn: (r) => ({name: r.name, fewer: -r._value}))
        |> sort(columns: ["fewer", "name"])
        |> limit(n: 10)
        |> map(fn: (r) => ({r with name: regexp.quoteMeta(v: r.name)}))
        |> findColumn(fn: (key) => true, column: "name")
chosen = regexp.compile(v: "^(" + strings.joinStr(arr: busiest, v: "|") + ")$")
together =
    sums()
        |> map(
            fn: (r) => ({name: "Aggregated", method: "", statistic: r.statistic, _value: r._value}),
        )
        |> group(columns: ["name", "method", "statistic"])
        |> sum()

union(
    tables: [
        sums() |> filter(fn: (r) => r.name =~ chosen or r.name =~ endpoint) |> group(),
        together |> group(),
    ],
)
    |> pivot(rowKey: ["name", "method"], columnKey: ["statistic"], valueColumn: "_value")
    |> filter(fn: (r) => r.requests > 0.0)
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                requests: int(v: r.requests),
                connections: int(v: r.connections),
                connect: r.connect_ms / r.requests,
                tls: r.tls_ms / r.requests,
                waiting: r.waiting_ms / r.requests,
                receiving: r.receiving_ms / r.requests,
            }),
    )
    |> sort(columns: ["name", "method"])
