// An audit stands where its run began, which may be before the range that a board shows, or behind it.
earliest = v.timeRangeStart
latest = v.timeRangeStop

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: earliest, stop: latest)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> last()
        |> group(columns: ["run", "_field"])
        |> sort(columns: ["_time"])
        |> last()

// Where it stands, for who puts another in its place.
stands =
    data(measurement: "locust_audit")
        |> filter(fn: (r) => r._field == "verdict")
        |> map(fn: (r) => ({run: r.run, _field: "stands", stands: int(v: r._time)}))
        // Under that name only now: in one script's map a column has one type.
        |> rename(columns: {stands: "_value"})
        |> group(columns: ["run", "_field"])

// Both have some of the same names.
summary =
    data(measurement: "locust_run_summary")
        |> filter(fn: (r) => r._field =~ /^(p50|p95|p99|final)$/)

union(tables: [data(measurement: "locust_audit"), stands, summary])
    // Texts and numbers become columns of one row: they need one time.
    |> map(fn: (r) => ({r with _time: v.timeRangeStop}))
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> group()
    |> filter(fn: (r) => exists r.verdict)
    |> map(
        fn: (r) =>
            ({
                verdict: r.verdict,
                said: r.said,
                line: r.line,
                seen: r.requests_seen,
                stored: r.requests_stored,
                missing: r.requests_missing,
                delivered: r.requests_delivered,
                rejected: r.requests_rejected,
                lost: r.requests_lost,
                pending: r.requests_pending,
                workers: r.workers,
                findings: r.findings,
                user_errors: r.user_errors,
                generators: r.generators,
                generators_line: r.generators_line,
                judged_at: r.judged_at,
                p50: r.p50,
                p95: r.p95,
                p99: r.p99,
                final: r.final,
                time: time(v: r.stands),
            }),
    )
