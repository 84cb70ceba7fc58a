import "regexp"
import "strings"

worker = /.*/
bucket_of_sums = v.defaultBucket
since_of_sums = v.timeRangeStart
stats_points = "locust_stats"

// include: literal

// One expression for the ten busiest endpoints, as endpoint_p95.flux picks them.
from(bucket: bucket_of_sums)
    |> range(start: since_of_sums, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == stats_points and r.run == "${run}")
    |> filter(fn: (r) => r.name != "Aggregated" and r.worker =~ worker)
    // Control characters have no place in the expression that it is written out in.
    |> filter(fn: (r) => r.name !~ /[[:cntrl:]]/)
    |> filter(fn: (r) => r._field == "count")
    |> group(columns: ["name"])
    |> sum()
    |> group()
    |> map(fn: (r) => ({name: r.name, fewer: -r._value}))
    |> sort(columns: ["fewer", "name"])
    |> limit(n: 10)
    |> reduce(
        fn: (r, accumulator) => ({_value: accumulator._value + "|" + literal(text: r.name)}),
        identity: {_value: ""},
    )
    |> map(fn: (r) => ({_value: strings.trimPrefix(v: r._value, prefix: "|")}))
