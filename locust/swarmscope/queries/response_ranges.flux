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

// The response time that satisfies, ms.
apdex_t = 500.0

// include: busiest_endpoints

// In which range a bucket lies: docs/decisions/025-response-ranges.md says where between two of them
// the limits are.
times = (measurement, of) =>
    data(measurement: measurement)
        |> added_up()
        |> map(
            fn: (r) => {
                bound = float(v: r._field)

                return {
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    what:
                        of + (if bound <= 1.01 * apdex_t then
                                "fast"
                            else if bound <= 4.04 * apdex_t then
                                "bearable"
                            else
                                "slow"),
                    n: r._value,
                }
            },
        )
counts =
    data(measurement: stats_points)
        |> filter(fn: (r) => r._field == "count" or r._field == "num_failures")
        |> added_up()
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    what: r._field,
                    n: r._value,
                }),
        )
most = (a, b) => if a > b then a else b
many = (r, of) => if r.what == of then r.n else 0

union(
    tables: [
        counts,
        times(measurement: latency_points, of: ""),
        // What the master merged doesn't tell them apart.
        times(measurement: "locust_failed_latency", of: "failed_"),
    ],
)
    |> group(columns: ["name", "method"])
    |> reduce(
        identity: {
            requests: 0,
            failures: 0,
            fast: 0,
            bearable: 0,
            slow: 0,
            failed_fast: 0,
            failed_bearable: 0,
            failed_slow: 0,
        },
        fn: (r, accumulator) =>
            ({
                requests: accumulator.requests + many(r: r, of: "count"),
                failures: accumulator.failures + many(r: r, of: "num_failures"),
                fast: accumulator.fast + many(r: r, of: "fast"),
                bearable: accumulator.bearable + many(r: r, of: "bearable"),
                slow: accumulator.slow + many(r: r, of: "slow"),
                failed_fast: accumulator.failed_fast + many(r: r, of: "failed_fast"),
                failed_bearable: accumulator.failed_bearable + many(r: r, of: "failed_bearable"),
                failed_slow: accumulator.failed_slow + many(r: r, of: "failed_slow"),
            }),
    )
    |> group()
    |> filter(fn: (r) => r.fast + r.bearable + r.slow > 0)
    // Failures whose time nobody told: as many as can be are among the requests that have none.
    |> map(
        fn: (r) => {
            timed = r.fast + r.bearable + r.slow
            failed_timed = r.failed_fast + r.failed_bearable + r.failed_slow
            untimed = most(a: 0, b: r.requests - timed)
            quick = most(a: 0, b: r.failures - failed_timed - untimed)
            to_t = most(a: 0, b: r.fast - r.failed_fast - quick)
            to_4t =
                most(a: to_t, b: r.fast + r.bearable - r.failed_fast - r.failed_bearable - quick)
            together = most(a: to_4t, b: timed - failed_timed - quick)

            return {
                name: r.name,
                method: r.method,
                satisfied: to_t,
                tolerating: to_4t - to_t,
                slow: together - to_4t,
                failed: r.failures,
                apdex: float(v: to_t + to_4t) / 2.0 / float(v: together + r.failures),
            }
        },
    )
    |> filter(fn: (r) => r.satisfied + r.tolerating + r.slow + r.failed > 0)
    |> sort(columns: ["name", "method"])
