// Where the histograms are, and from when on: boards read by minutes what has windows of minutes.
bucket = v.defaultBucket
since = v.timeRangeStart

// An audit stands where its run began, which may be before the range.
earliest = v.timeRangeStart

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement)

judged = (measurement, field) =>
    from(bucket: v.defaultBucket)
        |> range(start: earliest, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r._field == field)
        |> last()
        |> keep(columns: ["run", "_time", "_value"])
        |> group(columns: ["run"])
        |> last()

text = (event, field) =>
    data(measurement: "locust_run")
        |> filter(fn: (r) => r.event == event and r._field == field)
        |> last()
        |> keep(columns: ["run", "_time", "_value"])
        |> group(columns: ["run"])
        |> last()

// All in floats, times too: whole milliseconds, which a float holds exactly.
number = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({run: r.run, key: key, _value: float(v: r._value)}))

moment = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({run: r.run, key: key, _value: float(v: int(v: r._time) / 1000000)}))

// include: hair
p95 =
    from(bucket: bucket)
        |> range(start: since, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_latency" and r.name == "Aggregated")
        |> group(columns: ["run", "_field"])
        |> sum()
        |> map(fn: (r) => ({run: r.run, le: float(v: r._field), _value: float(v: r._value)}))
        |> group(columns: ["run"])
        |> sort(columns: ["le"])
        |> cumulativeSum()
        |> histogramQuantile(quantile: 0.95 - hair)

extremes = (field) =>
    from(bucket: bucket)
        |> range(start: since, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.name == "Aggregated")
        |> filter(fn: (r) => r._field == field)
        |> group(columns: ["run"])

// include: known

stored =
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
        |> group(columns: ["run"])

numbers =
    union(
        tables: [
            p95 |> number(key: "p95"),
            extremes(field: "min_response_time") |> min() |> number(key: "min_response_time"),
            extremes(field: "max_response_time") |> max() |> number(key: "max_response_time"),
            // A worker that was killed left no last minute: what was audited is from all seconds.
            judged(measurement: "locust_run_summary", field: "p95")
                |> number(key: "audited p95"),
            // The first and the last sign of life, of the master, the requests and the workers.
            data(measurement: "locust_run")
                |> filter(fn: (r) => r._field == "message")
                |> first()
                |> moment(key: "first"),
            data(measurement: "locust_run")
                |> filter(fn: (r) => r._field == "message")
                |> last()
                |> moment(key: "last"),
            stored |> first() |> moment(key: "first"),
            stored |> last() |> moment(key: "last"),
            data(measurement: "locust_worker")
                |> filter(fn: (r) => r.worker != "master" and r._field == "requests_seen")
                |> last()
                |> moment(key: "last"),
        ],
    )
        |> group(columns: ["run", "key"])

// Of several moments the outermost; of everything else there is one.
outermost =
    union(
        tables: [
            numbers |> filter(fn: (r) => r.key != "last") |> min(),
            numbers |> filter(fn: (r) => r.key == "last") |> max(),
        ],
    )
        |> group()
        |> pivot(rowKey: ["run"], columnKey: ["key"], valueColumn: "_value")
        |> set(key: "part", value: "3 numbers")

// A number and a text can't be rows of one column: texts are rows of their own.
commits =
    text(event: "start", field: "commit")
        |> rename(columns: {_value: "commit"})
        |> set(key: "part", value: "1 commit")
verdicts =
    text(event: "verdict", field: "message")
        |> rename(columns: {_value: "verdict"})
        |> set(key: "part", value: "2 verdict")

audits =
    judged(measurement: "locust_audit", field: "said")
        |> rename(columns: {_value: "audit"})
        |> set(key: "part", value: "2 audit")
reasons =
    judged(measurement: "locust_audit", field: "line")
        |> rename(columns: {_value: "why"})
        |> set(key: "part", value: "2 why")

union(
    tables: [
        outermost,
        commits,
        verdicts,
        audits,
        reasons,
    ],
)
    |> group(columns: ["run"])
    |> sort(columns: ["part"])
    |> fill(column: "commit", usePrevious: true)
    |> fill(column: "verdict", usePrevious: true)
    |> fill(column: "audit", usePrevious: true)
    |> fill(column: "why", usePrevious: true)
    |> filter(fn: (r) => r.part == "3 numbers")
    |> group()
    |> map(fn: (r) => ({r with last: if exists r.last then r.last else r.first}))
    |> map(
        fn: (r) =>
            ({
                run: r.run,
                commit: if exists r.commit then r.commit else "",
                seconds: (r.last - r.first) / 1000.0,
                p95: if exists r["audited p95"] then r["audited p95"] else known(r: r, ms: r.p95),
                audit: if exists r.audit then r.audit else "not audited yet",
                why: if exists r.why then r.why else "",
                verdict: if exists r.verdict then r.verdict else "not judged",
                from: time(v: int(v: r.first) * 1000000),
                until: time(v: int(v: r.last) * 1000000),
            }),
    )
    |> sort(columns: ["from", "run"], desc: true)
