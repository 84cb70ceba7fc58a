import "array"
import "math"
import "strings"

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"
stats_points = "locust_stats"

// What the run came to in each of its load steps.
// include: steps

// Each read is of one step, and the storage engine adds it up. Two more, of which there is nothing: a
// union takes no fewer, and a table at least one row.
nowhere = {
    kind: "",
    users: 0,
    since: 0,
    until: 1,
    last: 1,
    calm_from: 0,
    calm_to: 0,
}
asked = steps |> array.concat(v: [nowhere, nowhere])
each = (fn) => union(tables: array.map(arr: asked, fn: (x) => fn(x: x)))
points = (x, measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: time(v: x.since), stop: time(v: x.last))
        |> filter(fn: (r) => r._measurement == measurement)
mine = (x, measurement) =>
    points(x: x, measurement: measurement)
        |> filter(fn: (r) => r.run == "${run}")
together = (x, measurement) =>
    mine(x: x, measurement: measurement)
        |> filter(fn: (r) => r.name == "Aggregated")
number = (tables=<-, x, key) =>
    tables
        |> map(fn: (r) => ({since: x.since, key: key, _value: float(v: r._value)}))
        |> group()

sums = (x) =>
    together(x: x, measurement: stats_points)
        |> filter(fn: (r) => r._field == "count" or r._field == "num_failures")
        |> group(columns: ["_field"])
        |> sum()
        |> map(fn: (r) => ({since: x.since, key: r._field, _value: float(v: r._value)}))
        |> group()
shortest = (x) =>
    together(x: x, measurement: stats_points)
        |> filter(fn: (r) => r._field == "min_response_time")
        |> group()
        |> min()
        |> number(x: x, key: "min_response_time")
longest = (x) =>
    together(x: x, measurement: stats_points)
        |> filter(fn: (r) => r._field == "max_response_time")
        |> group()
        |> max()
        |> number(x: x, key: "max_response_time")

// All that the workers said of their users, and how often the one did that said most: their mean. After
// the stop there is none.
users = (x) =>
    mine(x: {x with last: x.until}, measurement: "locust_users")
        |> filter(fn: (r) => r._field == "count")
users_added = (x) =>
    users(x: x)
        |> group()
        |> sum()
        |> number(x: x, key: "users")
users_told = (x) =>
    users(x: x)
        |> count()
        |> group()
        |> max()
        |> number(x: x, key: "told")
running =
    union(tables: [each(fn: users_added), each(fn: users_told)])
        |> group()
        |> pivot(rowKey: ["since"], columnKey: ["key"], valueColumn: "_value")
        |> map(fn: (r) => ({since: r.since, key: "running", _value: r.users / r.told}))

// include: hair
latency =
    each(
        fn: (x) =>
            together(x: x, measurement: latency_points)
                // Of each series: a sum of many takes the storage engine ten times as long.
                |> sum()
                |> group(columns: ["_field"])
                |> sum()
                |> map(
                    fn: (r) =>
                        ({since: x.since, le: float(v: r._field), _value: float(v: r._value)}),
                )
                |> group(),
    )
        |> group(columns: ["since"])
        |> sort(columns: ["le"])
        |> cumulativeSum()
quantile = (q, name) =>
    latency
        |> histogramQuantile(quantile: q - hair)
        |> map(fn: (r) => ({since: r.since, key: name, _value: r._value}))
        |> group()

// The limits of schema/limits.py, above which response times are the generator's own. Locust stalls a
// worker's loop while it takes an order to start or stop users.
health = (x, field) =>
    mine(x: x, measurement: "locust_worker")
        |> filter(fn: (r) => r.worker != "master" and r._field == field)
above = (x, field, limit, busy) =>
    health(x: x, field: field)
        |> filter(fn: (r) => r._value > limit)
        |> map(
            fn: (r) => {
                at = int(v: r._time)

                return {
                    since: x.since,
                    worker: r.worker,
                    at: at,
                    counts: if busy or at >= x.calm_from and at < x.calm_to then 1 else 0,
                }
            },
        )
        |> group()
watched = (x) =>
    health(x: x, field: "cpu_percent")
        |> group(columns: ["worker"])
        |> count()
        |> map(fn: (r) => ({since: x.since, worker: r.worker, seconds: r._value}))
        |> group()
over =
    union(
        tables: [
            each(fn: (x) => above(x: x, field: "cpu_percent", limit: 90.0, busy: true)),
            each(fn: (x) => above(x: x, field: "loop_lag_ms", limit: 100.0, busy: false)),
        ],
    )
        |> group(columns: ["since", "worker"])
        // A second is counted once, whichever limit it broke.
        |> sort(columns: ["counts"], desc: true)
        |> unique(column: "at")
        |> reduce(
            identity: {over: 0, calm: 0},
            fn: (r, accumulator) =>
                ({over: accumulator.over + 1, calm: accumulator.calm + r.counts}),
        )
        |> group()
        |> set(key: "part", value: "1 over")

// By the rule of runs/generators.py, as if the step were a run; the worst worker decides.
strain =
    union(tables: [over, each(fn: watched) |> set(key: "part", value: "2 seconds")])
        |> group(columns: ["since", "worker"])
        |> sort(columns: ["part"])
        |> fill(column: "over", usePrevious: true)
        |> fill(column: "calm", usePrevious: true)
        |> filter(fn: (r) => r.part == "2 seconds")
        |> map(
            fn: (r) => {
                over = if exists r.over then r.over else 0
                calm = if exists r.calm then r.calm else 0
                lasting = float(v: over) >= 0.25 * float(v: r.seconds)
                counted = if lasting then over else calm

                return {
                    since: r.since,
                    _value:
                        if counted >= 2 and float(v: counted) >= 0.05 * float(v: r.seconds) then
                            2.0
                        else if calm > 0 then
                            1.0
                        else
                            0.0,
                }
            },
        )
        |> group(columns: ["since"])
        |> max()
        |> map(fn: (r) => ({since: r.since, key: "worst", _value: r._value}))
        |> group()

// The busiest five machines by name.
idle =
    each(
        fn: (x) =>
            points(x: x, measurement: "cpu")
                |> filter(fn: (r) => r._field == "usage_idle" and r.cpu == "cpu-total")
                |> group(columns: ["host"])
                |> min()
                |> map(fn: (r) => ({since: x.since, host: r.host, _value: r._value}))
                |> group(),
    )
        |> group(columns: ["since"])
busiest =
    idle
        |> min()
        |> map(fn: (r) => ({since: r.since, key: "cpu", _value: 100.0 - r._value}))
        |> group()
hosts =
    idle
        |> sort(columns: ["_value", "host"])
        |> limit(n: 5)
        |> reduce(
            identity: {hosts: ""},
            fn: (r, accumulator) =>
                ({
                    hosts:
                        accumulator.hosts + (if accumulator.hosts == "" then "" else ", ") + r.host
                            +
                            " " + string(v: int(v: 100.0 - r._value + 0.5)) + " %",
                }),
        )
        |> group()
        |> set(key: "part", value: "1 hosts")

lasted =
    array.from(
        rows:
            asked
                |> array.map(
                    fn: (x) =>
                        ({
                            since: x.since,
                            key: if x.kind == "ramp" then "ramp" else "step",
                            _value: float(v: x.until - x.since) / 1000000000.0,
                        }),
                ),
    )
wanted =
    array.from(
        rows:
            asked
                |> array.map(
                    fn: (x) =>
                        ({
                            since: x.since,
                            key: if x.kind == "step" then "wanted" else "",
                            _value: float(v: x.users),
                        }),
                ),
    )
numbers =
    union(
        tables: [
            lasted,
            wanted,
            each(fn: sums),
            each(fn: shortest),
            each(fn: longest),
            running,
            quantile(q: 0.5, name: "p50"),
            quantile(q: 0.95, name: "p95"),
            quantile(q: 0.99, name: "p99"),
            strain,
            busiest,
        ],
    )
        |> group()
        |> filter(fn: (r) => r.since != 0 and r.key != "")
        |> pivot(rowKey: ["since"], columnKey: ["key"], valueColumn: "_value")
        |> set(key: "part", value: "2 numbers")

// include: known

// A number and a text can't be rows of one column: texts are rows of their own.
union(tables: [hosts, numbers])
    |> group(columns: ["since"])
    |> sort(columns: ["part"])
    |> fill(column: "hosts", usePrevious: true)
    |> filter(fn: (r) => r.part == "2 numbers")
    |> group()
    |> sort(columns: ["since"])
    |> map(
        fn: (r) => {
            requests = if exists r.count then r.count else 0.0
            seconds = if exists r.ramp then r.ramp else r.step

            return {
                start: time(v: r.since),
                seconds: seconds,
                kind: if exists r.ramp then "ramp" else "step",
                wanted: r.wanted,
                running: r.running,
                requests: int(v: requests),
                requests_per_second: requests / seconds,
                failures: if exists r.num_failures then int(v: r.num_failures) else 0,
                p50: known(r: r, ms: r.p50),
                p95: known(r: r, ms: r.p95),
                p99: known(r: r, ms: r.p99),
                max: r.max_response_time,
                cpu: r.cpu,
                hosts: if exists r.hosts then r.hosts else "",
                generators:
                    if not exists r.worst then
                        "unknown"
                    else if r.worst > 1.5 then
                        "saturated"
                    else if r.worst > 0.5 then
                        "stalled"
                    else
                        "kept up",
            }
        },
    )
