// Where the histograms are, and from when on: boards read by minutes what has windows of minutes.
bucket = v.defaultBucket
since = v.timeRangeStart

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement)

workers = (field) =>
    data(measurement: "locust_worker")
        |> filter(fn: (r) => r.worker != "master" and r._field == field)
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

// Where a rank falls exactly on the border of two buckets, histogramQuantile takes the upper one,
// however far away; a hair below the border it takes the one in which the request was.
hair = 0.0000000001
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

stored = () =>
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
        |> group(columns: ["run"])

numbers =
    union(
        tables: [
            p95 |> number(key: "p95"),
            stored() |> sum() |> number(key: "stored"),
            workers(field: "requests_seen")
                |> group(columns: ["run"])
                |> sum()
                |> number(key: "seen"),
            workers(field: "requests_seen")
                |> group(columns: ["run"])
                |> count()
                |> number(key: "workers"),
            workers(field: "final")
                |> map(fn: (r) => ({run: r.run, _value: if r._value then 1 else 0}))
                |> group(columns: ["run"])
                |> sum()
                |> number(key: "finished"),
            // The first and the last sign of life, of the master, the requests and the workers.
            data(measurement: "locust_run")
                |> filter(fn: (r) => r._field == "message")
                |> first()
                |> moment(key: "first"),
            data(measurement: "locust_run")
                |> filter(fn: (r) => r._field == "message")
                |> last()
                |> moment(key: "last"),
            stored() |> first() |> moment(key: "first"),
            stored() |> last() |> moment(key: "last"),
            workers(field: "requests_seen") |> moment(key: "last"),
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

union(tables: [outermost, commits, verdicts])
    |> group(columns: ["run"])
    |> sort(columns: ["part"])
    |> fill(column: "commit", usePrevious: true)
    |> fill(column: "verdict", usePrevious: true)
    |> filter(fn: (r) => r.part == "3 numbers")
    |> group()
    |> map(
        fn: (r) =>
            ({r with
                seen: if exists r.seen then r.seen else 0.0,
                stored: if exists r.stored then r.stored else 0.0,
                finished: if exists r.finished then r.finished else 0.0,
                workers: if exists r.workers then r.workers else 0.0,
                last: if exists r.last then r.last else r.first,
            }),
    )
    |> map(
        fn: (r) =>
            ({
                run: r.run,
                commit: if exists r.commit then r.commit else "",
                seconds: (r.last - r.first) / 1000.0,
                p95: r.p95,
                audit:
                    if r.workers == 0.0 then
                        "unknown"
                    else if r.stored < r.seen then
                        string(v: int(v: r.seen - r.stored)) + " missing"
                    else if r.finished < r.workers then
                        string(v: int(v: r.workers - r.finished)) + " unfinished"
                    else if r.stored > r.seen then
                        string(v: int(v: r.stored - r.seen)) + " too many"
                    else
                        "complete",
                verdict: if exists r.verdict then r.verdict else "not judged",
                from: time(v: int(v: r.first) * 1000000),
                until: time(v: int(v: r.last) * 1000000),
            }),
    )
    |> sort(columns: ["from", "run"], desc: true)
