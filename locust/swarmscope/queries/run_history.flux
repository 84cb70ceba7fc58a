import "internal/debug"

// Of one endpoint, or of all of them together.
endpoint = /^Aggregated$/

// What is drawn of its numbers, beside how many requests there were.
drawn = /.*/

// Where summaries are once the seconds are gone: boards put the bucket of minutes there.
kept_in = v.defaultBucket
until_kept =
    // Not read twice where there is none.
    if kept_in == v.defaultBucket then
        time(v: int(v: v.timeRangeStart) + 1)
    else
        v.timeRangeStop

// include: made_alike

ended = (r) => if exists r.stop then r.stop else if exists r.last then r.last else r.start

// How each run was made, and how far it can be believed. One table for each field: numbers and texts
// can't be in one column.
told = (bucket, stop, place) =>
    from(bucket: bucket)
        |> range(start: v.timeRangeStart, stop: stop)
        |> filter(
            fn: (r) =>
                r._measurement == "locust_run_summary" and r._field
                    !~
                    /^(count|num_.+|p\d+|workers|resolution|user_.+|label|description|first)$/
                    or
                    r._measurement == "locust_audit" and r._field =~ /^(said|generators)$/
                    or
                    r._measurement == "locust_run" and r.event == "verdict" and r._field
                        ==
                        "message",
        )
        |> group(columns: ["_field"])
        |> keep(columns: ["run", "_field", "_value"])
        |> pivot(rowKey: ["run"], columnKey: ["_field"], valueColumn: "_value")
        |> group()
        |> filter(fn: (r) => exists r.start)
        |> map(
            fn: (r) =>
                ({
                    place: place,
                    of: r.run,
                    test: if exists r.test then r.test else "",
                    start: r.start,
                    until: if exists r.until then r.until else r.start,
                    seconds:
                        if ended(r: r) > r.start then
                            float(v: ended(r: r) - r.start) / 1000.0
                        else
                            0.0,
                    commit: if exists r.commit then r.commit else "",
                    environment: if exists r.environment then r.environment else "",
                    machine: if exists r.machine then r.machine else "",
                    locustfile: if exists r.locustfile then r.locustfile else "",
                    locustfile_hash: if exists r.locustfile_hash then r.locustfile_hash else "",
                    target: if exists r.host then r.host else "",
                    users: if exists r.users then r.users else 0,
                    history: made_alike(r: r),
                    final: exists r.final and r.final,
                    audit: if exists r.said then r.said else "",
                    generators: if exists r.generators then r.generators else "",
                    doubts: if exists r.doubts then r.doubts else "",
                    verdict: if exists r.message then r.message else "",
                }),
        )

numbers = (bucket, stop, place, newest) =>
    from(bucket: bucket)
        |> range(start: v.timeRangeStart, stop: stop)
        |> filter(fn: (r) => r._measurement == "locust_summary" and r.name =~ endpoint)
        |> filter(fn: (r) => r._field =~ /^(count|num_failures|seconds|p50|p95|p99)$/)
        |> filter(fn: (r) => r._field == "count" or r._field =~ drawn)
        |> newest()
        |> group(columns: ["_field"])
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    ago: -int(v: r._time),
                    _field: r._field,
                    _value: float(v: r._value),
                }),
        )
        |> group()
        |> pivot(
            rowKey: ["run", "name", "method", "ago"],
            columnKey: ["_field"],
            valueColumn: "_value",
        )
        |> map(
            fn: (r) =>
                ({
                    place: place,
                    ago: r.ago,
                    run: r.run,
                    key: r.run + "\n" + r.method + "\n" + r.name,
                    name: r.name,
                    method: r.method,
                    requests: int(v: r.count),
                    failures: if exists r.num_failures then int(v: r.num_failures) else 0,
                    rate:
                        if exists r.seconds and r.seconds > 0.0 then
                            r.count / r.seconds
                        else
                            debug.null(type: "float"),
                    p50: r.p50,
                    p95: r.p95,
                    p99: r.p99,
                }),
        )

// Of a run that both buckets have, the seconds' tell: of the other it may be an older one.
runs =
    union(
        tables: [
            told(bucket: v.defaultBucket, stop: v.timeRangeStop, place: "1"),
            told(bucket: kept_in, stop: until_kept, place: "2"),
        ],
    )
        |> group()
        |> sort(columns: ["of", "place"])
        |> unique(column: "of")
        |> duplicate(column: "of", as: "run")
came_to =
    union(
        tables: [
            numbers(
                bucket: v.defaultBucket,
                stop: v.timeRangeStop,
                place: "3",
                newest: (tables=<-) => tables |> last(),
            ),
            // There is a point of each, or two: to look for the newest of each takes longer.
            numbers(bucket: kept_in, stop: until_kept, place: "4", newest: (tables=<-) => tables),
        ],
    )
        |> group()
        |> sort(columns: ["key", "place", "ago"])
        |> unique(column: "key")
        |> rename(columns: {rate: "requests_per_second"})

// A row of numbers has before it the row of its run, if there is one. To join them takes three times
// as long.
union(tables: [runs, came_to])
    |> group()
    |> sort(columns: ["run", "place"])
    |> fill(column: "of", usePrevious: true)
    |> fill(column: "test", usePrevious: true)
    |> fill(column: "start", usePrevious: true)
    |> fill(column: "until", usePrevious: true)
    |> fill(column: "seconds", usePrevious: true)
    |> fill(column: "commit", usePrevious: true)
    |> fill(column: "environment", usePrevious: true)
    |> fill(column: "machine", usePrevious: true)
    |> fill(column: "locustfile", usePrevious: true)
    |> fill(column: "locustfile_hash", usePrevious: true)
    |> fill(column: "target", usePrevious: true)
    |> fill(column: "users", usePrevious: true)
    |> fill(column: "history", usePrevious: true)
    |> fill(column: "final", usePrevious: true)
    |> fill(column: "audit", usePrevious: true)
    |> fill(column: "generators", usePrevious: true)
    |> fill(column: "doubts", usePrevious: true)
    |> fill(column: "verdict", usePrevious: true)
    |> filter(fn: (r) => exists r.key and exists r.of and r.of == r.run)
    |> map(
        fn: (r) => ({r with start: time(v: r.start * 1000000), until: time(v: r.until * 1000000)}),
    )
    |> drop(columns: ["place", "of", "key", "ago"])
    |> sort(columns: ["start", "run", "method"])
