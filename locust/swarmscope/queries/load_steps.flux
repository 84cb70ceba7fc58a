import "array"
import "math"
import "regexp"
import "strings"

// Whose points: boards read what the master merged of all workers, where it can be believed.
latency_points = "locust_latency"
stats_points = "locust_stats"

// What the run came to in each of its load steps.
// include: steps

// include: step_windows

each = (fn) => union(tables: array.map(arr: reads, fn: (x) => fn(x: x)))
points = (x, measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: time(v: x.from), stop: time(v: x.stop))
        |> filter(fn: (r) => r._measurement == measurement)
mine = (x, measurement) =>
    points(x: x, measurement: measurement)
        |> filter(fn: (r) => r.run == "${run}")
together = (x, measurement) =>
    mine(x: x, measurement: measurement)
        |> filter(fn: (r) => r.name == "Aggregated")

// What the storage engine makes of each series, and then of what is alike in the *columns*.
taken = (
    tables=<-,
    x,
    fn,
    of,
    columns,
) =>
    tables
        |> by_step(x: x, fn: fn)
        |> group(columns: columns)
        |> by_step(x: x, fn: of)

figures = (fields, fn) =>
    each(
        fn: (x) =>
            together(x: x, measurement: stats_points)
                |> filter(fn: (r) => r._field =~ fields)
                |> taken(x: x, fn: fn, of: fn, columns: ["_field"]),
    )
        |> map(fn: (r) => ({at: int(v: r._time), key: r._field, _value: float(v: r._value)}))
        |> group()

// How many users there were each second, by all workers together. Of a step those who are still to be
// started aren't missing. The stop is told of when the last user has left: of that second and the two
// before it workers say who is left.
leaving = ended / second * second - 2 * second
told_of =
    timed
        |> array.map(
            fn: (x) => {
                left = if leaving > x.from then leaving else leaving + 2 * second
                gone = least(a: whole(ns: x.until), b: left)
                step = x.kind == "step"

                return {
                    at: x.at,
                    from: if step then whole(ns: most(a: x.since, b: x.calm_from)) else x.from,
                    stop: if step then whole(ns: least(a: gone, b: x.calm_to)) else gone,
                }
            },
        )
        |> array.filter(fn: (x) => x.stop > x.from)
        // A union takes no fewer than two.
        |> array.concat(v: [{at: 0, from: 0, stop: 1}, {at: 0, from: 0, stop: 1}])
running =
    union(
        tables:
            array.map(
                arr: told_of,
                fn: (x) =>
                    mine(x: x, measurement: "locust_users")
                        |> filter(fn: (r) => r._field == "count")
                        |> group()
                        |> sum()
                        |> set(key: "at", value: string(v: x.at))
                        |> set(key: "over", value: string(v: x.stop - x.from)),
            ),
    )
        |> map(
            fn: (r) =>
                ({
                    at: int(v: r.at),
                    key: "running",
                    _value: float(v: r._value) / float(v: r.over) * 1000000000.0,
                }),
        )

// include: hair

// What the master merged is one series, and needs no group.
merged = latency_points == "locust_merged_latency"
counts = (x) => {
    all = together(x: x, measurement: latency_points)

    return
        if merged then
            all |> by_step(x: x, fn: sum)
        else
            all
                |> group(columns: ["_field"])
                |> by_step(x: x, fn: sum)
}

// To group rows by their time takes ten times as long as to cut a table into windows.
latency =
    each(
        fn: (x) =>
            counts(x: x)
                |> group(columns: ["_start", "_stop"])
                |> window(every: x.every, offset: x.offset),
    )
        |> map(
            fn: (r) =>
                ({
                    _start: r._start,
                    _stop: r._stop,
                    le: float(v: r._field),
                    _value: float(v: r._value),
                }),
        )
        |> sort(columns: ["le"])
        |> cumulativeSum()
quantile = (q, name) =>
    latency
        |> histogramQuantile(quantile: q - hair)
        |> map(fn: (r) => ({at: int(v: r._start), key: name, _value: r._value}))
        |> group()

// include: strain_of_steps

// The busiest five machines by name.
idle =
    each(
        fn: (x) =>
            points(x: x, measurement: "cpu")
                |> filter(fn: (r) => r._field == "usage_idle" and r.cpu == "cpu-total")
                |> taken(x: x, fn: min, of: min, columns: ["host"]),
    )
        |> map(fn: (r) => ({at: int(v: r._time), host: r.host, _value: r._value}))
        |> group(columns: ["at"])
busiest =
    idle
        |> min()
        |> map(fn: (r) => ({at: r.at, key: "cpu", _value: 100.0 - r._value}))
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

// What a step is, beside what was read of it: a time is too long for a float.
said_of = (key, value) =>
    array.from(
        rows:
            timed
                |> array.map(fn: (x) => ({at: x.at, key: key(x: x), _value: value(x: x)}))
                |> array.concat(v: [{at: 0, key: "", _value: 0.0}]),
    )
numbers =
    union(
        tables: [
            said_of(key: (x) => "ahead", value: (x) => float(v: x.at - x.since)),
            said_of(
                key: (x) => if x.kind == "ramp" then "ramp" else "step",
                value: (x) => float(v: x.until - x.since) / 1000000000.0,
            ),
            said_of(
                key: (x) => if x.kind == "step" then "wanted" else "",
                value: (x) => float(v: x.users),
            ),
            figures(fields: /^(count|num_failures)$/, fn: sum),
            figures(fields: /^min_response_time$/, fn: min),
            figures(fields: /^max_response_time$/, fn: max),
            running,
            quantile(q: 0.5, name: "p50"),
            quantile(q: 0.95, name: "p95"),
            quantile(q: 0.99, name: "p99"),
            strain,
            busiest,
        ],
    )
        |> group()
        |> filter(fn: (r) => r.at != 0 and r.key != "")
        |> pivot(rowKey: ["at"], columnKey: ["key"], valueColumn: "_value")
        |> set(key: "part", value: "2 numbers")

stages =
    array.from(
        rows:
            timed
                |> array.map(fn: (x) => ({at: x.at, ends: x.ends, part: "1 stage"}))
                |> array.concat(v: [{at: 0, ends: 0, part: ""}]),
    )
        |> with_stages()

// include: known

// A number and a text can't be rows of one column: texts are rows of their own.
union(tables: [hosts, stages, numbers])
    |> group(columns: ["at"])
    |> sort(columns: ["part"])
    |> fill(column: "hosts", usePrevious: true)
    |> fill(column: "stage", usePrevious: true)
    |> filter(fn: (r) => r.part == "2 numbers")
    |> group()
    |> sort(columns: ["at"])
    |> map(
        fn: (r) => {
            requests = if exists r.count then r.count else 0.0
            seconds = if exists r.ramp then r.ramp else r.step

            return {
                start: time(v: r.at - int(v: r.ahead)),
                seconds: seconds,
                kind: if exists r.ramp then "ramp" else "step",
                stage: r.stage,
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
                // Where nothing was measured no response time is the generator's own.
                generators:
                    if requests == 0.0 then
                        "no requests"
                    else if not exists r.worst then
                        "unknown"
                    else if r.worst > 2.5 then
                        "saturated"
                    else if r.worst > 1.5 then
                        "stalled"
                    else if r.worst > 0.5 then
                        "late at spawn"
                    else
                        "kept up",
            }
        },
    )
