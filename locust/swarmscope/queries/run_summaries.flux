// Runs that are counted from their points: who asks puts those in its place of which no summary
// tells (shared/counted_runs.flux). Here it is all of them.
unsummarised = /.*/

// How what is said of a run's data begins, where somebody picked that; of one that goes on this is
// "running" as well, whatever else is amiss. Here it is everything.
verdict = /.*/

// Where histograms are once the seconds are gone, and from when on: boards put the minutes' there.
bucket = v.defaultBucket
since = v.timeRangeStart

// An audit stands where its run began, which may be before the range.
earliest = v.timeRangeStart

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run =~ unsummarised)

judged = (measurement, field) =>
    from(bucket: v.defaultBucket)
        |> range(start: earliest, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r._field == field)
        |> filter(fn: (r) => r.run =~ unsummarised)
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
p95 = (bucket, since, stop) =>
    from(bucket: bucket)
        |> range(start: since, stop: stop)
        |> filter(fn: (r) => r._measurement == "locust_latency" and r.name == "Aggregated")
        |> filter(fn: (r) => r.run =~ unsummarised)
        |> group(columns: ["run", "_field"])
        |> sum()
        |> map(fn: (r) => ({run: r.run, le: float(v: r._field), _value: float(v: r._value)}))
        |> group(columns: ["run"])
        |> sort(columns: ["le"])
        |> cumulativeSum()
        |> histogramQuantile(quantile: 0.95 - hair)

extremes = (bucket, since, stop, field) =>
    from(bucket: bucket)
        |> range(start: since, stop: stop)
        |> filter(fn: (r) => r._measurement == "locust_stats" and r.name == "Aggregated")
        |> filter(fn: (r) => r._field == field and r.run =~ unsummarised)
        |> group(columns: ["run"])

// include: known

until_minutes =
    // Not read twice where there are no minutes.
    if bucket == v.defaultBucket then
        time(v: int(v: since) + 1)
    else
        v.timeRangeStop
least = "min_response_time"
most = "max_response_time"
by_seconds = (field) =>
    extremes(bucket: v.defaultBucket, since: v.timeRangeStart, stop: v.timeRangeStop, field: field)
by_minutes = (field) => extremes(bucket: bucket, since: since, stop: until_minutes, field: field)

stored =
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
        |> group(columns: ["run"])

said = (event) =>
    data(measurement: "locust_run")
        |> filter(fn: (r) => r._field == "message" and r.event == event)
        |> group(columns: ["run"])
        |> count()

numbers =
    union(
        tables: [
            p95(bucket: v.defaultBucket, since: v.timeRangeStart, stop: v.timeRangeStop)
                |> number(key: "p95"),
            by_seconds(field: least) |> min() |> number(key: least),
            by_seconds(field: most) |> max() |> number(key: most),
            p95(bucket: bucket, since: since, stop: until_minutes)
                |> number(key: "p95 of minutes"),
            by_minutes(field: least) |> min() |> number(key: "least of minutes"),
            by_minutes(field: most) |> max() |> number(key: "most of minutes"),
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
            // How long it was, as `runs` has it.
            data(measurement: "locust_run")
                |> filter(fn: (r) => r.event == "start" and r._field == "message")
                |> first()
                |> moment(key: "start"),
            data(measurement: "locust_run")
                |> filter(fn: (r) => r.event == "stop" and r._field == "message")
                |> last()
                |> moment(key: "last stop"),
            stored |> first() |> moment(key: "stored"),
            data(measurement: "locust_worker")
                |> filter(fn: (r) => r.worker != "master" and r._field == "requests_seen")
                |> first()
                |> moment(key: "met"),
            data(measurement: "locust_worker")
                |> filter(fn: (r) => r.worker != "master" and r._field == "requests_seen")
                |> last()
                |> moment(key: "last met"),
            stored |> first() |> moment(key: "first"),
            stored |> last() |> moment(key: "last"),
            data(measurement: "locust_worker")
                |> filter(fn: (r) => r.worker != "master" and r._field == "requests_seen")
                |> last()
                |> moment(key: "last"),
            said(event: "start") |> number(key: "starts"),
            said(event: "stop") |> number(key: "stops"),
        ],
    )
        |> group(columns: ["run", "key"])

// Of several moments the outermost; of everything else there is one.
outermost =
    union(
        tables: [
            numbers |> filter(fn: (r) => r.key !~ /^last/) |> min(),
            numbers |> filter(fn: (r) => r.key =~ /^last/) |> max(),
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

// From its start, which may be missing, to its stop, or to the last that was heard of a worker.
began = (r) =>
    if exists r.start then
        r.start
    else if exists r.stored then
        r.stored
    else if exists r.met then
        r.met
    else
        r.first
ended = (r) =>
    if exists r["last stop"] then
        r["last stop"]
    else if exists r["last met"] then
        r["last met"]
    else
        r.began

// Of the seconds where they are there: an audit may be from before the last ones came, and of a worker
// that was killed a minute is missing.
slow = (r) =>
    if exists r.p95 then
        known(r: r, ms: r.p95)
    else if exists r["audited p95"] then
        r["audited p95"]
    else
        known(
            r: {min_response_time: r["least of minutes"], max_response_time: r["most of minutes"]},
            ms: r["p95 of minutes"],
        )

// As the audit has it: nobody said that it is over, and somebody was heard of just now.
goes_on = (r) => {
    over = exists r.stops and (not exists r.starts or r.stops >= r.starts)
    ago = float(v: int(v: now()) / 1000000) - r.last

    return not over and ago < 60000.0 and ago > -31622400000.0
}

// What was said while it ran is no verdict on all of it: it was killed, or its end is being audited.
told = (audit, running) =>
    if audit == "" then
        if running then "running, not audited yet" else "not audited yet"
    else if running or audit !~ /\brunning\b/ then
        audit
    else
        "not audited to its end"

counted =
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
        // An audit stands where its run began: of one that isn't in the range, nothing else is known.
        |> filter(fn: (r) => exists r.first or exists r.last)
        |> map(fn: (r) => ({r with last: if exists r.last then r.last else r.first}))
        |> map(fn: (r) => ({r with began: began(r: r)}))
        |> map(fn: (r) => ({r with ended: ended(r: r)}))
        |> map(
            fn: (r) =>
                ({r with running: goes_on(r: r), audit: if exists r.audit then r.audit else ""}),
        )
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    commit: if exists r.commit then r.commit else "",
                    seconds: if r.ended > r.began then (r.ended - r.began) / 1000.0 else 0.0,
                    p95: slow(r: r),
                    audit: told(audit: r.audit, running: r.running),
                    why:
                        if exists r.why and (r.running or r.audit !~ /\brunning\b/) then
                            r.why
                        else
                            "",
                    verdict: if exists r.verdict then r.verdict else "not judged",
                    from: time(v: int(v: r.first) * 1000000),
                    until: time(v: int(v: r.last) * 1000000),
                    goes_on: r.running,
                }),
        )

of_summarised = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r.run !~ unsummarised)

// A verdict may come after the summary. A function: two parts of a union that share one stream wait
// for each other without an end.
late = () =>
    of_summarised()
        |> filter(fn: (r) => r._measurement == "locust_run" and r.event == "verdict")
        |> filter(fn: (r) => r._field == "message")
        |> group(columns: ["run"])
        |> last()
        |> group()

summarised =
    union(
        tables: [
            of_summarised()
                |> filter(
                    fn: (r) =>
                        r._measurement == "locust_run_summary" and r._field
                            =~
                            /^(commit|first|until|start|stop|last|p95)$/ or r._measurement
                                ==
                                "locust_audit" and r._field =~ /^(said|line)$/,
                )
                // One table for each field: numbers and texts can't be in one column.
                |> group(columns: ["_field"])
                |> keep(columns: ["run", "_field", "_value"]),
            late()
                |> map(fn: (r) => ({run: r.run, _field: "verdict", _value: r._value}))
                |> group(columns: ["_field"]),
            late()
                |> map(
                    fn: (r) => ({run: r.run, _field: "judged", judged: int(v: r._time) / 1000000}),
                )
                // Under that name only now: in one script's map a column has one type.
                |> rename(columns: {judged: "_value"})
                |> group(columns: ["_field"]),
        ],
    )
        |> pivot(rowKey: ["run"], columnKey: ["_field"], valueColumn: "_value")
        |> group()
        |> map(
            fn: (r) =>
                ({r with until:
                        if exists r.judged and r.judged > r.until then r.judged else r.until,
                    ended:
                        if exists r.stop then
                            r.stop
                        else if exists r.last then
                            r.last
                        else
                            r.start,
                }),
        )
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    commit: if exists r.commit then r.commit else "",
                    // Where no run is summarised, there is no such column to be compared.
                    seconds:
                        if exists r.start and int(v: r.ended) > int(v: r.start) then
                            float(v: int(v: r.ended) - int(v: r.start)) / 1000.0
                        else
                            0.0,
                    p95: r.p95,
                    audit: if exists r.said then r.said else "not audited yet",
                    why: if exists r.line then r.line else "",
                    verdict: if exists r.verdict then r.verdict else "not judged",
                    from: time(v: r.first * 1000000),
                    until: time(v: r.until * 1000000),
                    goes_on: false,
                }),
        )

union(tables: [counted, summarised])
    |> group()
    |> filter(fn: (r) => r.audit =~ verdict or r.goes_on and "running" =~ verdict)
    // Those that go on first.
    |> sort(columns: ["goes_on", "from", "run"], desc: true)
